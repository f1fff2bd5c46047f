/** Events are sent one after the other, and an API server that is slow gets fewer of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectEvent } from '../../../src/core/ports/events.ts'
import { createEventRecorder } from '../../../src/kubernetes/events.ts'
import type { ClosableEventRecorder } from '../../../src/kubernetes/events.ts'

const most = 1000

type Slow = { readonly recorder: ClosableEventRecorder; readonly reasons: string[]; readonly lost: unknown[] }

function aSlowServer(): Slow {
  const reasons: string[] = []
  const lost: unknown[] = []
  const silent = (): void => undefined
  const request = async ({ body }: { readonly body?: unknown }): Promise<unknown> => {
    reasons.push((body as { readonly reason: string }).reason)
    await new Promise((resolve) => setImmediate(resolve))
    return body
  }
  const transport = {
    request,
    stream: () => Promise.reject(new Error('nothing is watched')),
    close: () => Promise.resolve(),
  }
  const log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_: string, fields: unknown) => lost.push(fields),
  }
  return { recorder: createEventRecorder(transport, { log }), reasons, lost }
}

function about(uid: string, reason: string, condition?: string): ObjectEvent {
  const metadata = { namespace: 'demo', name: `foo-${uid}`, uid }
  return {
    ...{ type: 'Normal', action: 'Reconcile', note: 'a note', reason },
    regarding: { apiVersion: 'countersign.dev/v1alpha1', kind: 'ApprovalRequest', metadata },
    ...(condition !== undefined && { condition }),
  }
}

test('what a condition said before is left out if it changes before it is sent', async () => {
  const { recorder, reasons } = aSlowServer()
  for (const event of [
    about('a', 'Sent', 'Complete'),
    about('a', 'LeftOut', 'Complete'),
    about('b', 'OfAnother', 'Complete'),
    about('a', 'OfAnotherCondition', 'Ready'),
    about('a', 'OfNone'),
    about('a', 'OfNoneEither'),
    about('a', 'Last', 'Complete'),
  ])
    recorder.recordEvent(event)
  await recorder.close()
  const expected = ['Sent', 'Last', 'OfAnother', 'OfAnotherCondition', 'OfNone', 'OfNoneEither']
  assert.deepEqual(reasons, expected)
})

test('with all room taken, how each request ended is sent, and what is new is counted', async () => {
  const { recorder, reasons, lost } = aSlowServer()
  recorder.recordEvent(about('first', 'Sent', 'Complete'))
  for (let each = 0; each < most; each++) recorder.recordEvent(about(String(each), 'Pending', 'Complete'))
  recorder.recordEvent(about('one more', 'Pending', 'Complete'))
  for (let each = 0; each < most; each++) recorder.recordEvent(about(String(each), 'Approved', 'Complete'))
  await recorder.close()
  assert.equal(reasons.filter((reason) => reason === 'Approved').length, most)
  assert.equal(reasons.includes('Pending'), false)
  assert.deepEqual(lost, [{ dropped: 1 }])
})

test('one by one, each is sent', async () => {
  const { recorder, reasons } = aSlowServer()
  for (const reason of ['Pending', 'Approved']) {
    recorder.recordEvent(about('a', reason, 'Complete'))
    await recorder.close()
  }
  assert.deepEqual(reasons, ['Pending', 'Approved'])
})
