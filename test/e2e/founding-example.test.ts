/** The main job on real parts: API server, embedded provider, inbox and controller as bundles, a person's browser as HTTP. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { parse } from 'yaml'
import { agentWith, exampleManifest, isAsked, isFinal } from '../../tools/local/agent.ts'
import type { Agent } from '../../tools/local/agent.ts'
import { startCluster } from '../../tools/local/cluster.ts'
import type { Cluster } from '../../tools/local/cluster.ts'
import { kubectl, tryKubectl } from '../../tools/envtest/kubectl.ts'
import { answerAs } from '../../tools/local/person.ts'
import { kubeconfigFor, logged } from '../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { widenLimits } from '../support/clusters/widen-limits.ts'

const directory = mkdtempSync(join(tmpdir(), 'countersign-e2e-'))
const deadline = AbortSignal.timeout(120_000)
let cluster: Cluster
let agent: Agent

before(async () => {
  cluster = await startCluster(directory, () => undefined)
  await widenLimits(cluster.controlPlane.kubeconfig)
  agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
})

after(() => cluster.stop())

test('approval ends in a token that the provider signed for this action', async () => {
  const finished = await askAndAnswer('foo-v2', 'approve')
  assert.equal(finished.status?.outcome, 'Approved')
  assert.equal(finished.spec.requester.username, 'system:serviceaccount:demo:agent-release-bot')
  assert.deepEqual(conditionsOf(finished), ['Complete=True/Approved', 'Approved=True/Approved'])
  assert.equal(finished.status.decision?.approvers[0]?.name, 'alice@company.com')

  const token = await agent.readToken('foo-v2.countersign')
  const keys = createRemoteJWKSet(new URL(`${cluster.issuer}/jwks`))
  const { payload } = await jwtVerify(token, keys, { issuer: cluster.issuer, typ: 'at+jwt' })
  const { action, target, environment, digest, acr, approved_by } = payload
  assert.deepEqual(
    { action, target, environment, digest, acr, approved_by },
    {
      action: 'promote-rollout',
      target: 'foo-v2',
      environment: 'prod',
      digest: finished.status.digest,
      acr: 'ciba',
      approved_by: 'alice@company.com',
    },
  )
})

test('a finished request shows its state in columns', async () => {
  const { kubeconfig } = cluster.controlPlane
  const table = await kubectl({
    kubeconfig,
    args: ['get', 'apr', 'foo-v2', '--namespace=demo', '--no-headers'],
  })
  assert.match(
    table,
    /^foo-v2 +Approved +promote-rollout +foo-v2 +system:serviceaccount:demo:agent-release-bot +alice@company\.com +\d{4}-/,
  )
})

test('the audit line names who said yes to what', async () => {
  const { sentence } = await logged(
    cluster.controllerLog,
    ({ msg, request }) => msg === 'audit' && request === 'foo-v2',
  )
  assert.match(
    String(sentence),
    /\(agent-release-bot\) promote-rollout foo-v2 revision 7654b4484 in prod: approved by alice@company\.com \(sub alice, acr ciba\) at /,
  )
})

test('denial ends in Denied, without a Secret', async () => {
  const finished = await askAndAnswer('foo-denied', 'deny')
  assert.deepEqual(conditionsOf(finished), ['Complete=True/AccessDenied', 'Denied=True/AccessDenied'])
  assert.equal(await secretExists('foo-denied.countersign'), false)
})

test('silence ends in Expired, without a Secret', async () => {
  await agent.apply(manifest('foo-expired', { requestedExpiry: '10s' }))
  const finished = await agent.until('foo-expired', isFinal, deadline)
  assert.deepEqual(conditionsOf(finished), ['Complete=True/RequestExpired', 'Expired=True/RequestExpired'])
  assert.equal(await secretExists('foo-expired.countersign'), false)
})

test('a scope outside of the policy waits, and nobody is asked', async () => {
  await agent.apply(manifest('foo-scope', { token: { scopes: ['rollouts:abort'] } }))
  const waiting = await agent.until('foo-scope', ({ status }) => status?.conditions !== undefined, deadline)
  assert.deepEqual(conditionsOf(waiting), ['Complete=False/OutsidePolicyLimits'])
  assert.equal(waiting.status?.prompts, undefined)
})

test('a controller that is restarted goes on with the open question', async () => {
  await agent.apply(manifest('foo-restart'))
  const asked = await agent.until('foo-restart', isAsked, deadline)
  await cluster.restartController()
  await answer(asked, 'approve')
  const finished = await agent.until('foo-restart', isFinal, deadline)
  assert.equal(finished.status?.outcome, 'Approved')
  assert.equal(finished.status.prompts?.[0]?.attempt, 1)
  const secret = await tokenOf('foo-restart.countersign')
  assert.equal(decodeJwt(secret).target, 'foo-restart')
})

test('no secret is in a log', async () => {
  const token = await agent.readToken('foo-v2.countersign')
  for (const log of ['controller', 'inbox', 'identity-provider']) {
    assert.equal(readFileSync(join(directory, `${log}.log`), 'utf8').includes(token), false, log)
  }
})

async function askAndAnswer(name: string, decision: 'approve' | 'deny'): Promise<ApprovalRequest> {
  await agent.apply(manifest(name))
  await answer(await agent.until(name, isAsked, deadline), decision)
  return agent.until(name, isFinal, deadline)
}

function answer({ metadata }: ApprovalRequest, decision: 'approve' | 'deny'): Promise<unknown> {
  const [alice] = cluster.people
  assert.equal(alice?.username, 'alice')
  const request = { namespace: metadata.namespace ?? '', name: metadata.name }
  return answerAs({ ...alice, inboxUrl: cluster.inboxUrl, request, decision })
}

/** The founding example under another name and with another spec. */
function manifest(name: string, spec: object = {}): string {
  const example = parse(exampleManifest()) as ApprovalRequest
  const target = { ...example.spec.target, name }
  return JSON.stringify({
    ...example,
    metadata: { ...example.metadata, name },
    spec: { ...example.spec, target, ...spec },
  })
}

function conditionsOf({ status }: ApprovalRequest): string[] {
  return (
    status?.conditions?.map((condition) => `${condition.type}=${condition.status}/${condition.reason}`) ?? []
  )
}

async function secretExists(name: string): Promise<boolean> {
  const { kubeconfig } = cluster.controlPlane
  const { exitCode } = await tryKubectl({ kubeconfig, args: ['get', 'secret', name, '--namespace=demo'] })
  return exitCode === 0
}

async function tokenOf(secretName: string): Promise<string> {
  const { kubeconfig } = cluster.controlPlane
  const args = ['get', 'secret', secretName, '--namespace=demo', '--output=jsonpath={.data.access_token}']
  return Buffer.from(await kubectl({ kubeconfig, args }), 'base64').toString('utf8')
}
