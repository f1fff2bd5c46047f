/** What stands in the status of clients that their provider refuses, and what is said of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readyOf } from '../../../../src/core/condition.ts'
import type { Experience } from '../../../../src/core/ports/experience.ts'
import { aProvider } from '../../../support/builders/builders.ts'
import { after, aFinding, findings, refused } from '../../../support/builders/client-findings.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const accepted: Experience = { kind: 'Accepted' }

const known = after(aProvider(), findings({ clients: [aFinding({ experience: refused('7') })] }))

for (const [name, change, isStanding] of [
  ['while nothing is known better', {}, true],
  ['when it is repeated', { experience: refused('7') }, true],
  ['until the provider lets the client in', { experience: accepted }, false],
  ['until the Secret is another one', { credential: { kind: 'Usable', version: '8' } }, false],
  [
    'while the Secret is gone',
    { credential: { kind: 'NotFound', message: 'Secret countersign-system/bot does not exist' } },
    true,
  ],
  [
    'against news of an older Secret',
    { credential: { kind: 'Usable', version: '8' }, experience: refused('7') },
    false,
  ],
  [
    'when the new Secret is refused',
    { credential: { kind: 'Usable', version: '8' }, experience: refused('8') },
    true,
  ],
] as const)
  test(`a refusal ${isStanding ? 'stands' : 'does not stand'} ${name}`, () => {
    const { status } = after(known, findings({ clients: [aFinding(change)] }), 60)
    assert.equal(status?.refusedClients?.length, isStanding ? 1 : undefined)
  })

test('a refusal is not written again each time it is encountered, though its words may name the moment', () => {
  for (const description of [undefined, 'Client is disabled, trace 1', 'Client is disabled, trace 2']) {
    const experience = { ...refused('7'), description }
    const again = after(known, findings({ clients: [aFinding({ experience })] }), 60)
    assert.deepEqual(again.status, known.status)
  }
})

test('what the provider says of a refusal is said, also after a restart', () => {
  const experience = { ...refused('7'), description: 'Client is disabled' }
  const said = after(aProvider(), findings({ clients: [aFinding({ experience })] }))
  const message =
    /^The provider answered invalid_client \("Client is disabled"\) to client agent-release-bot\. Compare/
  assert.match(readyOf(said)?.message ?? '', message)
  const later = after(said, findings(), 60)
  assert.match(readyOf(later)?.message ?? '', message)
  assert.deepEqual(later.status, said.status)
})

test('another error to the same client is said', () => {
  const experience = { ...refused('7', 'unauthorized_client'), description: 'CIBA is not allowed' }
  const other = after(known, findings({ clients: [aFinding({ experience })] }), 60)
  assert.match(readyOf(other)?.message ?? '', /answered unauthorized_client \("CIBA is not allowed"\) to/)
  assert.equal(other.status?.refusedClients?.[0]?.refusedAt, at(60))
})

test('a refusal is forgotten with the spec that it was about', () => {
  const edited = { ...known, metadata: { ...known.metadata, generation: 2 } }
  assert.equal(after(edited, findings(), 60).status?.refusedClients, undefined)
})

test('a client that is gone from the spec leaves nothing behind', () => {
  const other = aFinding({ clientID: 'another' })
  assert.equal(after(known, findings({ clients: [other] }), 60).status?.refusedClients, undefined)
})
