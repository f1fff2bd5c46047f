/**
 * Countersign as a newcomer installs it: by Helm, from the images of the Dockerfile, on a real node. Its Pods meet the Pod Security
 * Standard "restricted" and have the rights that the chart renders, and no other. Runs beside the node of `tools/node`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { parse } from 'yaml'
import { exampleManifest, isAsked, isFinal } from '../../../tools/local/agent.ts'
import { answerAs } from '../../../tools/local/person.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { promoted, releaseCanary, startArgoRollouts } from '../../support/clusters/node/canary.ts'
import { drain, prepareDrain, stateOfNode } from '../../support/clusters/node/drain.ts'
import { impersonated } from '../../support/clusters/identities.ts'
import { requestsIn } from '../../support/clusters/paths.ts'
import { processOf } from '../../support/clusters/node/processes.ts'
import { sought } from '../../support/assertions/sought.ts'
import { askSteadily } from '../../support/people/steady-gate.ts'
import { testKubeconfig } from '../../support/clusters/shared.ts'
import {
  alice,
  applyPinging,
  applyRules,
  gateUrl,
  inboxUrl,
  installationOn,
  issuer,
  leaseSeconds,
  prepare,
} from '../../support/clusters/node/installation.ts'
import type { ClusterObject, Pod } from '../../support/clusters/node/installation.ts'

const directory = mkdtempSync(join(tmpdir(), 'countersign-install-'))
const cluster = installationOn(testKubeconfig())
const agent = impersonated('system:serviceaccount:demo:agent-release-bot')
/** What is asked and not answered, across everything that is done to the installation. */
const pending = 200
const wave = 20
const example = parse(exampleManifest()) as ApprovalRequest

before(async () => {
  await prepare(cluster)
  const startedAt = performance.now()
  await cluster.installRecorded()
  console.log(`✔ installed, and ready after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  await applyRules(cluster)
})
after(() => {
  rmSync(directory, { recursive: true, force: true })
})

test('what a recorded release has asked is answered after the upgrade', async () => {
  await ask('foo-recorded', agent)
  const before = await reaches('foo-recorded', isAsked)
  await cluster.upgrade()
  await sought(async () => ((await pods()).length === 5 ? true : undefined))
  const after = await reaches('foo-recorded', isAsked)
  assert.deepEqual(after.status?.prompts, before.status?.prompts)
  await approved('foo-recorded')
  assert.equal(await cluster.promptsShown('foo-recorded'), 1)
})

test('every Pod is ready, and none had to be started twice', async (t) => {
  const all = await pods()
  assert.equal(all.length, 5)
  for (const { metadata, status } of all) {
    const { ready, restartCount } = status.containerStatuses[0]
    assert.deepEqual([ready, restartCount], [true, 0], metadata.name)
    const readyAt = status.conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? ''
    const seconds = (Date.parse(readyAt) - Date.parse(metadata.creationTimestamp)) / 1000
    t.diagnostic(`${metadata.name} was ready ${seconds} s after its creation`)
  }
})

test('alice approves through the Services, and the token is good for the action', async () => {
  await ask('foo-v2', agent)
  const asked = await reaches('foo-v2', isAsked)
  assert.equal(asked.spec.requester.username, 'system:serviceaccount:demo:agent-release-bot')
  await approved('foo-v2')
  const encoded = await cluster.kubectl(
    ...['get', 'secret', 'foo-v2.countersign', '--namespace=demo', '--output=jsonpath={.data.access_token}'],
  )
  const token = Buffer.from(encoded, 'base64').toString('utf8')
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))
  const { payload } = await jwtVerify(token, keys, { issuer, typ: 'at+jwt' })
  assert.deepEqual([payload.action, payload.target, payload.acr], ['promote-rollout', 'foo-v2', 'ciba'])
})

test('the provider says through the Service, by https, that alice has approved', async () => {
  await applyPinging(cluster)
  await ask('foo-pinged', agent, 'scale-out')
  await reaches('foo-pinged', isAsked)
  const { status } = await approved('foo-pinged')
  assert.ok(status?.prompts?.[0]?.pingedAt !== undefined)
})

test('an upgrade with the same values changes nothing', async () => {
  const before = await cluster.released()
  assert.ok(before.length > 20)
  await cluster.upgrade()
  assert.deepEqual((await cluster.released()).map(stateOf), before.map(stateOf))
})

test('the leader is killed: another takes over in time, and nobody is asked twice', async (t) => {
  await ask('foo-takeover', agent)
  await reaches('foo-takeover', isAsked)
  const leader = await sought(() => cluster.leader())
  process.kill(processOf(leader), 'SIGKILL')
  const killedAt = performance.now()
  await sought(async () => ((await cluster.leader()) === leader ? undefined : true))
  const seconds = (performance.now() - killedAt) / 1000
  t.diagnostic(`another leads after ${seconds.toFixed(1)} s; the lease is ${leaseSeconds} s long`)
  assert.ok(seconds < leaseSeconds + 5)
  await approved('foo-takeover')
  assert.equal(await cluster.promptsShown('foo-takeover'), 1)
})

test(`a rolling upgrade under ${pending} open questions loses none and asks nobody again`, async (t) => {
  const names = Array.from({ length: pending }, (_, index) => `foo-open-${index}`)
  // Wave by wave: how much the provider takes at once is not what is tested.
  for (let asked = 0; asked < pending; asked += wave) {
    await Promise.all(
      names.slice(asked, asked + wave).map((name) => ask(name, impersonated(`agent-of-${name}`))),
    )
    await untilAsked(asked + wave)
  }
  const leader = await sought(() => cluster.leader())
  const gate = (['Fresh', 'Kept'] as const).map((connections) => askSteadily(gateUrl, connections))
  await cluster.upgrade('controller.podAnnotations.rolled=again')
  await sought(async () => ((await cluster.leader()) === leader ? undefined : true))
  await sought(async () => ((await pods()).length === 5 ? true : undefined))
  for (const { connections, asked, faults } of await Promise.all(gate.map((caller) => caller.stop()))) {
    t.diagnostic(`the gate answered ${asked - faults.length} of ${asked} times, connections ${connections}`)
    assert.deepEqual(faults, [])
  }
  await approved('foo-open-7')
  const open = (await requests()).filter(isAsked)
  assert.equal(open.length, pending - 1)
  assert.ok(open.every(({ status }) => status?.prompts?.length === 1 && status.prompts[0]?.attempt === 1))
  assert.equal(await cluster.promptsShown(...names), pending)
})

test('a canary of the real Argo Rollouts goes on when alice approves', async (t) => {
  const argo = await startArgoRollouts(testKubeconfig(), directory)
  t.after(() => argo.stop())
  await cluster.upgrade('argoRollouts.templates.enabled=true', 'argoRollouts.enforcement.enabled=true')
  await releaseCanary(cluster)
  const asked = await sought(async () => (await requests('prod')).find(isAsked))
  assert.equal(asked.spec.requester.username, 'system:serviceaccount:prod:countersign-gate')
  await approve(asked.metadata.name, 'prod')
  await sought(() => promoted(cluster))
  await cluster.kubectl('delete', 'rollout/foo', '--namespace=prod', '--wait')
})

test('a Job drains its node when alice approves, and not when she denies', async (t) => {
  await prepareDrain(cluster)
  const before = await stateOfNode(cluster)
  const denied = await drain(cluster, 'deny')
  assert.deepEqual([denied.ended, denied.pods], ['Failed', 1], denied.log)
  assert.match(denied.log, /denied the request at/)
  assert.deepEqual(await stateOfNode(cluster), { ...before, isCordoned: false })
  const approved = await drain(cluster, 'approve')
  assert.deepEqual([approved.ended, approved.pods], ['Complete', 1], approved.log)
  const after = await stateOfNode(cluster)
  assert.deepEqual([after.isCordoned, after.pod === before.pod], [true, false])
  t.diagnostic(approved.log)
})

test('uninstalled, the kinds and the questions are still there', async () => {
  await cluster.uninstall()
  assert.equal((await requests()).length, pending + 4)
  assert.equal(await cluster.kubectl('get', 'deployments,networkpolicies', '--output=name'), '')
})

async function pods(): Promise<readonly Pod[]> {
  const { items } = JSON.parse(await cluster.kubectl('get', 'pods', '--output=json')) as {
    items: readonly Pod[]
  }
  return items
}

async function ask(name: string, as: typeof agent, action = example.spec.action): Promise<void> {
  const spec = { ...example.spec, action, target: { ...example.spec.target, name } }
  const body = { ...example, metadata: { name }, spec }
  await as.request({ method: 'POST', path: requestsIn('demo'), body })
}

async function approve(name: string, namespace = 'demo'): Promise<void> {
  await answerAs({ ...alice, inboxUrl, request: { namespace, name }, decision: 'approve' })
}

async function approved(name: string): Promise<ApprovalRequest> {
  await approve(name)
  const finished = await reaches(name, isFinal)
  assert.equal(finished.status?.outcome, 'Approved', JSON.stringify(finished.status?.conditions))
  return finished
}

async function requests(namespace = 'demo'): Promise<readonly ApprovalRequest[]> {
  const list = await cluster.kubectl('get', 'approvalrequests', `--namespace=${namespace}`, '--output=json')
  return (JSON.parse(list) as { readonly items: readonly ApprovalRequest[] }).items
}

function reaches(name: string, isReached: (request: ApprovalRequest) => boolean): Promise<ApprovalRequest> {
  let last = ''
  return sought(
    async () => {
      const object = await cluster.kubectl(
        'get',
        'approvalrequest',
        name,
        '--namespace=demo',
        '--output=json',
      )
      last = object
      const request = JSON.parse(object) as ApprovalRequest
      return isReached(request) ? request : undefined
    },
    () => last,
  )
}

async function untilAsked(count: number): Promise<void> {
  let reasons: readonly string[] = []
  await sought(
    async () => {
      const all = await requests()
      reasons = all.map(
        (request) => `${request.metadata.name} ${request.status?.conditions?.[0]?.reason ?? ''}`,
      )
      return all.filter(isAsked).length === count ? true : undefined
    },
    () =>
      `${count} open questions, not ${reasons.filter((reason) => !/Pending|Approved/.test(reason)).join()}`,
  )
}

/** What an upgrade could change. The status of what runs may change at any time, but it is not what counts here. */
function stateOf({ kind, metadata }: ClusterObject): readonly unknown[] {
  return [kind, metadata.name, metadata.uid, metadata.generation ?? metadata.resourceVersion]
}
