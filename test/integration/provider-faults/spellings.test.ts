/** How people are spelled: by a directory in their ID tokens, and by the API server as requesters. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { asked, play } from '../../support/fault-row.ts'
import { startFaultScene } from '../../support/fault-scene.ts'
import type { FaultScene } from '../../support/fault-scene.ts'
import type { Asking } from '../../support/question.ts'

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

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})
