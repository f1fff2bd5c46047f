/** 200 approvals by 200 people at the embedded provider: what one costs, on the API server, at the provider and in the controller. */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { linesOf, startBundle } from '../../hack/demo/processes.ts'
import type { Running } from '../../hack/demo/processes.ts'
import { select, since } from './api-requests.ts'
import { watchCourse } from './course.ts'
import { inParallel } from './in-parallel.ts'
import { inMs, megabytes, seconds, spreadOf } from './numbers.ts'
import { startPhones } from './phones.ts'
import { lagOf } from './process-figures.ts'
import { figure, section } from './report.ts'
import { applyRules } from './rules.ts'
import { startScene } from './scene.ts'
import type { Scene } from './scene.ts'
import { clientID } from './stand-in.ts'

const people = 200
const intervalSeconds = 1
const thinkSeconds = [1, 4] as const
const agents = 8

const writes = ['PUT approvalrequests/status', 'POST secrets']
const apart = [
  ...['POST secrets (dry run)', 'GET approvalrequests', 'GET secrets', 'GET approvalpolicies'],
  ...['GET identityproviders', 'POST events', 'DELETE secrets', 'PUT leases'],
]

export async function benchApprovals(): Promise<void> {
  section(
    `approvals: ${people} by ${people} people, embedded provider, interval ${intervalSeconds} s, answered through its callback`,
  )
  const scene = await startScene(agents)
  const phones = await startPhones(thinkSeconds)
  try {
    const names = Array.from({ length: people }, (_, index) => `person-${index}`)
    const clientSecret = randomBytes(24).toString('base64url')
    const provider = await startProvider(scene, { names, clientSecret, channelUri: phones.channelUri })
    phones.issuer = String(linesOf(provider.logFile)[0]?.issuer)
    const rules = { issuer: phones.issuer, clientID, clientSecret, profile: 'OidcProvider' } as const
    await applyRules(scene, names, rules)
    const course = await watchCourse(scene.admin)
    const controller = await scene.startController()
    figure('controller start to ready', seconds(controller.readySeconds), '1 s')
    figure('RSS, idle', megabytes(controller.residentBytes('Now')), '110 MB')
    await controller.metrics()
    const before = { api: await scene.apiRequests(), cpu: controller.cpuSeconds() }
    await inParallel(
      [...names.entries()],
      agents,
      ([index, name]) => scene.agents[index % agents]?.ask(`${name}-asked`, name) ?? Promise.resolve(),
    )
    await Promise.race([course.until('Approved', people), controller.failed])
    const cpu = controller.cpuSeconds() - before.cpu
    const lag = lagOf(await controller.metrics())
    const api = since(before.api, await scene.apiRequests())
    await course.stop()

    const counted = select(api, writes)
    const total = counted.reduce((sum, [, count]) => sum + count, 0)
    figure('API writes per approval', perApproval(total), '4')
    for (const [name, count] of counted) figure(`  ${name}`, perApproval(count))
    for (const [name, count] of select(api, apart)) figure(`  apart: ${name}`, perApproval(count))
    const log = linesOf(provider.logFile)
    const told = (event: string) => log.filter((line) => line.event === event)
    figure('prompts per approval', perApproval(told('PromptShown').length), '1')
    figure('tokens per approval', perApproval(told('TokenMinted').length), '1')
    const times = names.map((name) => course.times(`${name}-asked`))
    const minted = new Map(
      told('TokenMinted').map((line) => [String(line.approvalRequest).split('/')[1], epoch(line.at)]),
    )
    const latency = (from: (name: string) => number | undefined): string =>
      inMs(
        spreadOf(
          names.map((name, index) => (times[index]?.get('Approved') ?? NaN) - (from(`${name}-asked`) ?? NaN)),
        ),
      )
    figure(
      'decision to answer',
      latency((name) => phones.answeredAt.get(name)),
      `poll: up to ${intervalSeconds} s more than ping`,
    )
    figure(
      'token minted to answer',
      latency((name) => minted.get(name)),
    )
    figure('CPU per approval', `${((1000 * cpu) / people).toFixed(0)} ms`)
    figure('event-loop lag', lag)
    figure('RSS, peak', megabytes(controller.residentBytes('Peak')))
  } finally {
    await scene.stop()
    await phones.close()
  }
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
}

async function startProvider(scene: Scene, options: ProviderOptions): Promise<Running> {
  const { names, clientSecret, channelUri } = options
  const config = join(scene.directory, 'people.yaml')
  const directory = {
    people: names.map((username) => ({
      ...{ username, name: username, email: `${username}@company.com` },
      password: randomBytes(12).toString('base64url'),
    })),
    clients: [
      { kind: 'Ciba', client_id: clientID, client_secret: clientSecret, scopes: ['rollouts:promote'] },
    ],
    audience: 'urn:countersign:bench',
    intervalSeconds,
    channel: { uri: channelUri },
  }
  writeFileSync(config, stringify(directory), { mode: 0o600 })
  const args = ['--development', '--config', config]
  return scene.startProvider(() =>
    startBundle({ bundle: 'identity-provider', args, directory: scene.directory }),
  )
}
