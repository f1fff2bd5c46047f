/** What the turnstile knows of prompts, by what it is told, in whatever order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../../src/api/objects.ts'
import { createTurnstile } from '../../../../../src/controllers/approval-request/limits/turnstile.ts'
import type { Turnstile } from '../../../../../src/controllers/approval-request/limits/turnstile.ts'
import { approverKeyOf } from '../../../../../src/core/limits/sent-prompt.ts'
import { anApprovalRequest, theTerms } from '../../../../support/builders/builders.ts'
import { t } from '../../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()
const terms = { effective: theTerms(), deadline: t(600), prompts: ['approver-1'] }
const alice = approverKeyOf('https://sso.company.com', 'alice')

function aTurnstile(): { readonly turnstile: Turnstile; readonly abandoned: string[] } {
  const abandoned: string[] = []
  const turnstile = createTurnstile({
    wake: () => undefined,
    onAbandoned: ({ uid }) => abandoned.push(uid),
  })
  return { turnstile, abandoned }
}

/** Open prompts, and prompts within the hour. */
function countsAfter(turnstile: Turnstile, seconds = 0): readonly [number, number] {
  const counts = turnstile.counts(t(seconds))
  return [counts.openPrompts(alice).count, counts.promptsWithinHour(alice).count]
}

function told(...versions: readonly ApprovalRequest[]): Turnstile {
  const { turnstile } = aTurnstile()
  for (const version of versions) turnstile.seen(version)
  return turnstile
}

for (const [name, versions, want] of [
  ['nothing', [request], [0, 0]],
  ['an intent', [request.intended()], [1, 1]],
  ['an intent, and before it an older version', [request.intended(), request], [1, 1]],
  ['a prompt, and then its intent', [request.pending(), request.intended()], [1, 1]],
  ['an attempt that reached nobody', [request.intended(), request.refused()], [1, 0]],
  ['the same, and then its intent', [request.refused(), request.intended()], [1, 0]],
  ['the next attempt', [request.refused(), request.intended({ attempt: 2 })], [1, 1]],
  ['an answer', [request.pending(), request.finished('Approved')], [0, 1]],
  ['a withdrawal', [request.pending(), request.finished('Withdrawn')], [1, 1]],
] as const)
  test(`told of ${name}, it counts ${want.join(' and ')}`, () => {
    assert.deepEqual(countsAfter(told(...versions), 30), want)
  })

test('a prompt ends when it expires, and is forgotten when nothing of it counts', () => {
  const turnstile = told(request.finished('Withdrawn'))
  assert.deepEqual(countsAfter(turnstile, 599), [1, 1])
  assert.deepEqual(countsAfter(turnstile, 600), [0, 1])
  assert.deepEqual(countsAfter(turnstile, 3600), [0, 0])
  assert.equal(turnstile.prompts.all(t(4199).getTime()).length, 1)
  assert.equal(turnstile.prompts.all(t(4200).getTime()).length, 0)
})

test('a place is reserved at once, and given back unless something was written', () => {
  const { turnstile } = aTurnstile()
  turnstile.reserve(request, terms, t(0))
  // The watch shows what was there before.
  turnstile.seen(request)
  assert.deepEqual(countsAfter(turnstile), [1, 1])
  turnstile.release(request)
  assert.deepEqual(countsAfter(turnstile), [0, 0])
  turnstile.reserve(request, terms, t(0))
  turnstile.seen(request.intended())
  turnstile.release(request)
  assert.deepEqual(countsAfter(turnstile), [1, 1])
})

for (const [name, last, want, isAbandoned] of [
  ['nobody asked', request, [0, 0], false],
  ['an intent', request.intended(), [1, 1], true],
  ['an open prompt', request.pending(), [1, 1], true],
  ['a denial', request.finished('AccessDenied'), [0, 1], true],
  ['an attempt that reached nobody', request.refused(), [0, 0], false],
] as const)
  test(`a deleted request with ${name} counts ${want.join(' and ')}`, () => {
    const { turnstile, abandoned } = aTurnstile()
    turnstile.seen(last)
    turnstile.gone(last)
    assert.deepEqual(countsAfter(turnstile), want)
    assert.equal(abandoned.length, isAbandoned ? 1 : 0)
  })

test('a deletion that the watch shows with an older version is of the newer one', () => {
  const { turnstile } = aTurnstile()
  turnstile.seen(request.pending())
  turnstile.gone(request)
  assert.deepEqual(countsAfter(turnstile), [1, 1])
})

test('a reservation goes with its request', () => {
  const { turnstile, abandoned } = aTurnstile()
  turnstile.reserve(request, terms, t(0))
  turnstile.gone(request)
  assert.deepEqual([countsAfter(turnstile), abandoned], [[0, 0], []])
})
