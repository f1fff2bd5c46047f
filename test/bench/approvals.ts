/**
 * 200 approvals by 200 people at the embedded provider: what one costs, on the API server, at the provider and in the controller, and
 * how long an answer takes, by poll or by ping.
 */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { freePort } from '../../tools/envtest/free-port.ts'
import { linesOf, startBundle } from '../../tools/local/processes.ts'
import type { Running } from '../../tools/local/processes.ts'
import { select, since } from './api-requests.ts'
import type { ApiRequests } from './api-requests.ts'
import { measureBare } from './bare.ts'
import { tokenStored, watchCourse } from './course.ts'
import type { Course } from './course.ts'
import { inParallel } from './in-parallel.ts'
import { inMs, megabytes, seconds, spreadOf } from './numbers.ts'
import type { Spread } from './numbers.ts'
import { startPhones } from './phones.ts'
import type { Phones } from './phones.ts'
import { lagOf } from './process-figures.ts'
import { figure, section } from './report.ts'
import { applyRules } from './rules.ts'
import { startScene } from './scene.ts'
import type { Controller, Scene } from './scene.ts'
import { clientID } from './stand-in.ts'

const people = 200
/** Asked by a program that does nothing else, to compare with. */
const barePeople = 40
const intervalSeconds = 1
const thinkSeconds = [1, 4] as const
const agents = 8
/** So that an answer waits for nobody: 16 questions a second. The burst is another bench. */
const agentPauseMs = 500
const bareClientID = 'bare'

const writes = ['PUT approvalrequests/status', 'POST secrets']
const apart = [
  ...['POST secrets (dry run)', 'GET approvalrequests', 'GET secrets', 'GET approvalpolicies'],
  ...['GET identityproviders', 'POST events', 'DELETE secrets', 'PUT leases'],
]

type Delivery = 'Poll' | 'Ping'

export async function benchApprovals(delivery: Delivery): Promise<void> {
  const how = delivery === 'Poll' ? `polled for every ${intervalSeconds} s` : 'told by ping'
  section(
    `approvals: ${people} by ${people} people, embedded provider, answered through its callback, ${how}`,
  )
  const scene = await startScene(agents)
  const phones = await startPhones(thinkSeconds)
  try {
    const names = Array.from({ length: people }, (_, index) => `person-${index}`)
    const clientSecret = randomBytes(24).toString('base64url')
    const pingPort = await freePort()
    const notificationEndpoint = delivery === 'Ping' ? `http://127.0.0.1:${pingPort}/v1/ping` : undefined
    const options = { names, clientSecret, channelUri: phones.channelUri, notificationEndpoint }
    const provider = await startProvider(scene, options)
    phones.issuer = String(linesOf(provider.logFile)[0]?.issuer)
    const rules = {
      issuer: phones.issuer,
      clientID,
      clientSecret,
      profile: 'OidcProvider',
      delivery,
    } as const
    await applyRules(scene, names, rules)
    const course = await watchCourse(scene.admin)
    const controller = await scene.startController([`--ping-bind-address=127.0.0.1:${pingPort}`])
    figure('controller start to ready', seconds(controller.readySeconds), '1 s')
    figure('RSS, idle', megabytes(controller.residentBytes('Now')), '110 MB')
    await controller.metrics()
    const before = { api: await scene.apiRequests(), cpu: controller.cpuSeconds() }
    const client = { clientID: bareClientID, clientSecret }
    const [bare] = await Promise.all([
      measureBare({ admin: scene.admin, phones, client, people: names.slice(0, barePeople) }),
      askAll(scene, names),
      Promise.race([course.until('Approved', people), controller.failed]),
    ])
    const cpu = controller.cpuSeconds() - before.cpu
    reportCosts(since(before.api, await scene.apiRequests()), delivery)
    await reportExchanges(controller, provider, delivery)
    reportLatency({ course, phones, provider, bare, delivery }, names)
    figure('CPU per approval', `${((1000 * cpu) / people).toFixed(0)} ms`)
    figure('event-loop lag', lagOf(await controller.metrics()))
    figure('RSS, peak', megabytes(controller.residentBytes('Peak')))
    await course.stop()
  } finally {
    await scene.stop()
    await phones.close()
  }
}

async function askAll({ agents: asking }: Scene, names: readonly string[]): Promise<void> {
  await inParallel([...names.entries()], agents, async ([index, name]) => {
    await asking[index % agents]?.ask(`${name}-asked`, name)
    await sleep(agentPauseMs)
  })
}

function reportCosts(api: ApiRequests, delivery: Delivery): void {
  const counted = select(api, writes)
  const total = counted.reduce((sum, [, count]) => sum + count, 0)
  figure('API writes per approval', perApproval(total), delivery === 'Ping' ? '5' : '4')
  for (const [name, count] of counted) figure(`  ${name}`, perApproval(count))
  for (const [name, count] of select(api, apart)) figure(`  apart: ${name}`, perApproval(count))
}

async function reportExchanges(controller: Controller, provider: Running, delivery: Delivery): Promise<void> {
  const metrics = await controller.metrics()
  const shown = linesOf(provider.logFile).filter(
    ({ event, client }) => event === 'PromptShown' && client === clientID,
  )
  const asked = metrics('countersign_provider_request_seconds_count', 'endpoint="token"')
  figure('prompts per approval', perApproval(shown.length), '1')
  figure('token requests per approval', perApproval(asked), delivery === 'Ping' ? '1' : undefined)
}

type Answers = {
  readonly course: Course
  readonly phones: Phones
  readonly provider: Running
  readonly bare: readonly number[]
  readonly delivery: Delivery
}

function reportLatency(
  { course, phones, provider, bare, delivery }: Answers,
  names: readonly string[],
): void {
  const latency = (from: ReadonlyMap<string, number>, to: string): Spread =>
    spreadOf(
      names.map((name) => {
        const request = `${name}-asked`
        return (course.times(request).get(to) ?? NaN) - (from.get(request) ?? NaN)
      }),
    )
  const stored = latency(phones.answeredAt, tokenStored)
  const least = spreadOf(bare)
  const bar = delivery === 'Ping' ? 'p99 ≤ 250 ms' : `up to ${intervalSeconds} s more than by ping`
  figure('decision to token Secret', inMs(stored), bar)
  figure('decision to answer', inMs(latency(phones.answeredAt, 'Approved')))
  figure('token minted to answer', inMs(latency(mintedAt(provider), 'Approved')))
  figure('a token request and two writes, bare', inMs(least))
  if (delivery === 'Ping')
    figure('p99 of decision to Secret, by that', (stored.p99 / least.p99).toFixed(2), '1.5')
}

/** Name of the request → when its token was minted, by `performance.now()`. */
function mintedAt({ logFile }: Running): ReadonlyMap<string, number> {
  const minted = linesOf(logFile).filter(({ event }) => event === 'TokenMinted')
  return new Map(
    minted.map(({ approvalRequest, at }) => [String(approvalRequest).split('/')[1] ?? '', epoch(at)]),
  )
}

function perApproval(count: number): string {
  return (count / people).toFixed(2)
}

/** A moment of the wall clock as `performance.now()` would have told it. */
function epoch(at: unknown): number {
  return Date.parse(String(at)) - performance.timeOrigin
}

type ProviderOptions = {
  readonly names: readonly string[]
  readonly clientSecret: string
  readonly channelUri: string
  readonly notificationEndpoint: string | undefined
}

async function startProvider(scene: Scene, options: ProviderOptions): Promise<Running> {
  const { names, clientSecret, channelUri, notificationEndpoint } = options
  const config = join(scene.directory, 'people.yaml')
  const client = { kind: 'Ciba', client_secret: clientSecret, scopes: ['rollouts:promote'] }
  const directory = {
    people: names.map((username) => ({
      ...{ username, name: username, email: `${username}@company.com` },
      password: randomBytes(12).toString('base64url'),
    })),
    clients: [
      { ...client, client_id: clientID, notification_endpoint: notificationEndpoint },
      { ...client, client_id: bareClientID },
    ],
    audience: 'urn:countersign:bench',
    intervalSeconds,
    channel: { uri: channelUri },
  }
  writeFileSync(config, stringify(directory, { aliasDuplicateObjects: false }), { mode: 0o600 })
  const args = ['--development', '--config', config]
  return scene.startProvider(() =>
    startBundle({ bundle: 'identity-provider', args, directory: scene.directory }),
  )
}
