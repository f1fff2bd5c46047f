import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { announceWith } from '../../../../src/controllers/approval-request/announce.ts'
import type { ObjectEvent } from '../../../../src/core/ports/events.ts'
import type { LogFields } from '../../../../src/core/ports/surroundings.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

type Line = { readonly message: string; readonly fields: LogFields }

function announced(
  after: ApprovalRequest,
  before = anApprovalRequest(),
): { events: ObjectEvent[]; lines: Line[] } {
  const events: ObjectEvent[] = []
  const lines: Line[] = []
  const write = (message: string, fields: LogFields = {}): void => void lines.push({ message, fields })
  const log = { debug: write, info: write, warn: write, error: write }
  const recordOnce = (): Promise<boolean> => Promise.reject(new Error('each change is told'))
  announceWith({ events: { recordEvent: (event) => events.push(event), recordOnce }, log })({
    before,
    after,
  })
  return { events, lines }
}

const request = anApprovalRequest()

for (const [after, type, reason] of [
  [request.pending(), 'Normal', 'AuthorizationPending'],
  [request.finished('Approved'), 'Normal', 'Approved'],
  [request.finished('ApprovedWithChanges'), 'Normal', 'ApprovedWithChanges'],
  [request.waitingFor('NoMatchingPolicy'), 'Warning', 'NoMatchingPolicy'],
  [request.finished('AccessDenied'), 'Warning', 'AccessDenied'],
  [request.finished('PromptLost'), 'Warning', 'PromptLost'],
] as const)
  test(`${reason} is told by an Event of type ${type} and a line`, () => {
    const { events, lines } = announced(after)
    assert.deepEqual(events, [
      { regarding: after, type, reason, action: 'Reconcile', note: 'because', condition: 'Complete' },
    ])
    assert.equal(lines[0]?.message, 'request changed')
    assert.equal(lines[0].fields.reason, reason)
  })

test('that a prompt is about to be sent is a line, and no Event: what comes of it follows at once', () => {
  const intended = announced(request.intended())
  assert.deepEqual(intended.events, [])
  assert.deepEqual(
    intended.lines.map(({ message, fields }) => [message, fields.reason]),
    [['request changed', 'Prompting']],
  )
})

test('what is said later of a prompt that is being sent is an Event', () => {
  const { events } = announced(request.intended(), request.intended())
  assert.deepEqual(
    events.map(({ type, reason }) => [type, reason]),
    [['Normal', 'Prompting']],
  )
})

for (const reason of ['NoMatchingPolicy', 'AmbiguousPolicy'] as const)
  test(`${reason} in another sentence, since policies have changed, is a line, and no Event`, () => {
    const waiting = request.waitingFor(reason)
    const { events, lines } = announced(waiting, waiting)
    assert.deepEqual(events, [])
    assert.equal(lines[0]?.fields.reason, reason)
  })

test('no policy any more, after too many, is an Event', () => {
  const { events } = announced(request.waitingFor('NoMatchingPolicy'), request.waitingFor('AmbiguousPolicy'))
  assert.equal(events.length, 1)
})

test('a request about which nothing is said yet is not told', () => {
  assert.deepEqual(announced(request), { events: [], lines: [] })
})

test('only an answer leaves an audit line', () => {
  assert.equal(announced(request.pending()).lines.length, 1)
  const { lines } = announced(request.finished('AccessDenied', 30))
  const [, audit] = lines
  assert.equal(audit?.message, 'audit')
  assert.equal(audit.fields.outcome, 'Denied')
  assert.equal(audit.fields.requester, 'system:serviceaccount:demo:release-bot')
  assert.equal(audit.fields.decidedAt, at(30))
  assert.match(String(audit.fields.sentence), /alice@company.com denied the request/)
  assert.equal(audit.fields.environment, 'prod, as claimed')
})

test('an audit line states the environment that the label of the Namespace says', () => {
  const labelled = request
    .finished('AccessDenied')
    .having({ computed: [{ name: 'environment', value: 'prod' }] })
  assert.equal(announced(labelled).lines[1]?.fields.environment, 'prod')
})
