import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  issueNotificationToken,
  readNotificationToken,
} from '../../../../src/core/prompt/notification-token.ts'
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import { sealerWith } from '../../../../src/sealing/seals.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { unchanging } from '../../../support/builders/key-ring.ts'

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const keys = new Map([
  ['k1', key(1)],
  ['k2', key(2)],
])
const sealer = sealerWith(unchanging({ newest: 'k2', keys }))
const request = anApprovalRequest().intended({ kid: 'k1', attempt: 3 })
const { uid } = request.metadata
const token = issueNotificationToken(request, onlyPromptOf(request), sealer) ?? ''

test('a notification token names its prompt, and is the same each time', () => {
  assert.deepEqual(readNotificationToken(token, sealer), {
    key: { namespace: 'demo', name: 'foo-v2' },
    binding: { purpose: 'notification', uid, prompt: 'approver-1', attempt: 3 },
  })
  assert.equal(issueNotificationToken(request, onlyPromptOf(request), sealer), token)
})

test('it may stand in a bearer token, and is not too long for a provider', () => {
  const longest = anApprovalRequest()
    .named('n'.repeat(63))
    .inNamespace('n'.repeat(63))
    .intended({ kid: 'k'.repeat(63), attempt: 1000 })
  const ring = { newest: 'k'.repeat(63), keys: new Map([['k'.repeat(63), key(1)]]) }
  const long = issueNotificationToken(longest, onlyPromptOf(longest), sealerWith(unchanging(ring))) ?? ''
  for (const each of [token, long]) assert.match(each, /^[\w.~+/-]{60,1024}$/)
})

test('none is made with a key that is gone', () => {
  const gone = request.intended({ kid: 'k9' })
  assert.equal(issueNotificationToken(gone, onlyPromptOf(gone), sealer), undefined)
})

const parts = token.split('~')
const changed = (place: number, value: string): string => parts.with(place, value).join('~')
const jti =
  sealer.derive({ purpose: 'assertion', uid: uid ?? '', prompt: 'approver-1', attempt: 3 }, 'k1') ?? ''

for (const [name, forged] of [
  ['nothing', ''],
  ['another key of ours', changed(0, 'k2')],
  ['a key that is gone', changed(0, 'k9')],
  ['another uid', changed(3, '80000000-0000-4000-8000-000000000002')],
  ['another prompt', changed(4, 'approver-2')],
  ['another attempt', changed(5, '4')],
  ['no attempt', changed(5, 'x')],
  ['another proof', changed(6, 'A'.repeat(43))],
  ['a shorter proof', token.slice(0, -1)],
  ['no proof', changed(6, '')],
  ['the proof of an assertion', changed(6, jti)],
  ['one part more', `${token}~`],
] as const)
  test(`a token with ${name} is not ours`, () => {
    assert.equal(readNotificationToken(forged, sealer), undefined)
  })

test('whatever someone makes up is not ours', () => {
  const made = fc.array(fc.oneof(fc.string(), fc.constantFrom(...parts.slice(0, 6))), { maxLength: 8 })
  fc.assert(
    fc.property(made, (texts) => {
      assert.equal(readNotificationToken(texts.join('~'), sealer), undefined)
    }),
  )
})
