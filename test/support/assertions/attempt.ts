/** A request that may be refused: the answer is a value, so that tests can look at it. */
import assert from 'node:assert/strict'
import { KubernetesApiError } from '../../../src/kubernetes/client/api-error.ts'
import type { ApiRequest } from '../../../src/kubernetes/client/connections.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'

export type Answer =
  | { readonly kind: 'Accepted'; readonly object: unknown }
  | { readonly kind: 'Refused'; readonly status: number; readonly message: string }

/** Faults of the network are thrown. */
export async function attempt(transport: Transport, request: ApiRequest): Promise<Answer> {
  try {
    return { kind: 'Accepted', object: await transport.request(request) }
  } catch (error) {
    if (!(error instanceof KubernetesApiError)) throw error
    return { kind: 'Refused', status: error.status, message: error.message }
  }
}

/** An attempt that changes nothing. */
export function tryOut(transport: Transport, request: ApiRequest): Promise<Answer> {
  return attempt(transport, { ...request, query: { ...request.query, dryRun: 'All' } })
}

export function assertAccepted(answer: Answer): void {
  assert.equal(answer.kind, 'Accepted', answer.kind === 'Refused' ? answer.message : '')
}

/** The refusal names the field and says what to do, each by these words. */
export function assertRefused(answer: Answer, ...words: readonly string[]): void {
  assert.ok(answer.kind === 'Refused', 'was accepted')
  assert.doesNotMatch(answer.message, /should match|\^\[|\]\+/, 'people read words, no regular expression')
  for (const word of words) {
    assert.ok(answer.message.includes(word), `${JSON.stringify(word)} is not in: ${answer.message}`)
  }
}
