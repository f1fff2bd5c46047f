import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitted } from '../../../../src/gate/argo-rollouts/fitted.ts'

const request = 'r'.repeat(63)

for (const [name, text] of [
  ['plain', 'a'],
  ['quoted', '"'],
  ['wide', '漢'],
  ['pairs', '😀'],
  ['lone surrogates', '\ud83d'],
] as const)
  test(`an answer of ${name} characters fits into one KB`, () => {
    const long = text.repeat(2000)
    const answer = { decision: 'failed', request, approver: long, reason: long, notBefore: 'then' } as const
    const body = JSON.stringify({ gate: fitted(answer) })
    assert.ok(Buffer.byteLength(body) <= 1024, `${Buffer.byteLength(body)} bytes`)
    assert.ok((JSON.parse(body) as { gate: { reason: string } }).gate.reason.length > 50)
  })

test('a short answer stays as it is', () => {
  const answer = { decision: 'denied', request, reason: 'AccessDenied: the prompt was refused' } as const
  assert.deepEqual(fitted(answer), answer)
})

test('an answer is one line', () => {
  assert.equal(fitted({ decision: 'pending', reason: 'a\r\nb\u2028c\u0000d' }).reason, 'a b c d')
})
