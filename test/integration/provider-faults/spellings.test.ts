/** How people are spelled: by a directory in their ID tokens, and by the API server as requesters. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { apiVersion } from '../../../src/api/names.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { asked, play } from '../../support/scenes/fault-row.ts'
import { startFaultScene } from '../../support/scenes/fault-scene.ts'
import type { FaultScene } from '../../support/scenes/fault-scene.ts'
import { ask } from '../../support/clusters/question.ts'
import type { Asking } from '../../support/clusters/question.ts'

let scene: FaultScene
before(async () => {
  scene = await startFaultScene()
})
after(() => scene.close())

const byName: Asking = { provider: { token: { approverClaim: 'preferred_username' } } }

suite('spellings', { concurrency: true }, () => {
  test('an approver in the letters of the directory approves', async () => {
    const grant = { claims: { preferred_username: 'Alice' } }
    await play(scene, {
      grant,
      asking: byName,
      story: `${asked} Approved`,
      words: /approved at/,
      seen: [1, 1, 0],
    })
  })

  test('an approver in look-alike letters does not, and the message shows them', async () => {
    const grant = { claims: { preferred_username: '\u0430lice' } }
    const words =
      /ApproverMismatch: the ID token's preferred_username is "\\u\{430\}lice" and does not name alice@company\.com, who was asked; expected was "alice"/
    await play(scene, { grant, asking: byName, story: `${asked} ApproverMismatch`, words, seen: [1, 1, 1] })
  })

  test('a subject in other letters is another person', async () => {
    const words = /the ID token's sub is "Alice" and does not name alice@company\.com/
    const grant = { claims: { sub: 'Alice' } }
    await play(scene, { grant, story: `${asked} ApproverMismatch`, words, seen: [1, 1, 1] })
  })
})

for (const [username, usernames, want] of [
  ['oidc:alice@company.com', undefined, 'NotEnoughApprovers'],
  ['oidc:Alice@Company.com', undefined, 'NotEnoughApprovers'],
  ['Alice@company.com', undefined, 'NotEnoughApprovers'],
  ['corp-alice', { prefix: 'corp-', claim: 'sub' }, 'NotEnoughApprovers'],
  ['partner:alice', { prefix: 'oidc:', claim: 'sub' }, 'Approved'],
  ['oidc:a.smith', { prefix: 'oidc:', claim: 'email' }, 'ApproverMismatch'],
] as const)
  test(`${username} asks alice, by ${JSON.stringify(usernames)}: ${want}`, async () => {
    const provider = await scene.openProvider()
    // Only the ID token says that alice is A.Smith.
    provider.tokens(provider.grant({ claims: { email: 'A.Smith' } }))
    const spec = usernames === undefined ? {} : { kubernetesUsernames: usernames }
    const first = await ask(scene.operator, provider, { provider: spec, request: { action: 'unmatched' } })
    const request = {
      metadata: { namespace: first.name, name: `${first.name}-as` },
      spec: specOf(first.name),
    }
    await kubectl({
      kubeconfig: scene.operator.kubeconfig,
      args: ['create', `--as=${username}`, '--as-group=system:masters', '--filename=-'],
      input: JSON.stringify({ apiVersion, kind: 'ApprovalRequest', ...request }),
    })
    const said = await scene.operator.until(
      first.name,
      (each) => each.metadata.name === request.metadata.name && summaryOf(each)?.reason === want,
    )
    assert.equal(said.spec.requester.username, username)
    assert.equal(provider.visits('/backchannel').length, want === 'NotEnoughApprovers' ? 0 : 1)
  })

function specOf(action: string): object {
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' }
  return { action, target, environment: 'prod', summary: 'Drain node-1' }
}

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})
