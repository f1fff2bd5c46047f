/** What people and agents read of every state: condition, Event, audit line, gate and inbox, for what really happened. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasons } from '../../../../src/api/reasons.ts'
import { announceWith } from '../../../../src/controllers/approval-request/announce.ts'
import type { Parameters } from '../../../../src/core/action/adjustment.ts'
import { summaryOf } from '../../../../src/core/request/conditions.ts'
import { verdictOf } from '../../../../src/core/gate/verdict.ts'
import type { ObjectEvent } from '../../../../src/core/ports/events.ts'
import type { LogFields } from '../../../../src/core/ports/surroundings.ts'
import { hasEnded } from '../../../../src/inbox/prompts/answerable.ts'
import { endingInWords } from '../../../../src/inbox/views/ending.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import type { Sentence } from '../../../support/sentences/sentence.ts'
import { forRequesters, inboxTextOf } from '../../../support/sentences/inbox.ts'
import { sentences } from '../../../support/sentences/all.ts'

/** Who answers in the rows. */
const alice = { issuer: 'https://sso.company.com', subject: '750e' }

const outlook = /resumes? automatically|goes on by|Retried until|is asked/
const gateParameters = {
  gate: 'prod',
  analysisRun: 'foo-1',
  analysisRunUID: 'run-1',
  rolloutUID: 'rollout-1',
}

async function endOf({ act, request = (plain) => plain }: Sentence, parameters?: Parameters): Promise<World> {
  const own = request(anApprovalRequest())
  const all = parameters && { parameters: { ...own.spec.parameters, ...parameters } }
  const world = aWorld(own.saying({ ...all }))
  await act(world)
  return world
}

/** Of the last change. */
function told({ changes }: World): { readonly events: ObjectEvent[]; readonly audit: string } {
  const events: ObjectEvent[] = []
  const lines: LogFields[] = []
  const write = (message: string, fields: LogFields = {}): void => {
    if (message === 'audit') lines.push(fields)
  }
  const log = { debug: write, info: write, warn: write, error: write }
  const recordOnce = (): Promise<boolean> => Promise.resolve(true)
  announceWith({ events: { recordEvent: (event) => events.push(event), recordOnce }, log })(
    changes.at(-1) ?? assert.fail('nothing was reported'),
  )
  return { events, audit: JSON.stringify(lines[0]?.sentence ?? '') }
}

function assertInOrder(text: string, parts: readonly string[]): void {
  const from = parts.reduce((at, part) => {
    const found = text.indexOf(part, at)
    assert.ok(found >= 0, `"${part}" is not in (or not in this order): ${text}`)
    return found
  }, 0)
  assert.ok(from >= 0)
}

test('each reason of a condition is one that a row drives a request to', () => {
  const driven = new Set<string>(sentences.map(({ reason }) => reason))
  assert.deepEqual(
    Object.keys(reasons).filter((reason) => !driven.has(reason)),
    [],
  )
})

for (const sentence of sentences)
  test(`${sentence.reason}: the sentences when ${sentence.when}`, async () => {
    const world = await endOf(sentence)
    const request = world.request()
    const { reason, message = '' } = summaryOf(request) ?? {}
    assert.equal(reason, sentence.reason, message)
    assertInOrder(message, sentence.says)
    assert.ok(message.split('platform engineer').length <= 2, `advice is given twice: ${message}`)
    if (!sentence.asked)
      assert.doesNotMatch(message, /did not answer|denied the request|has been asked|may still see/)
    const { events, audit } = told(world)
    assert.deepEqual(
      events.map(({ note }) => note),
      sentence.isIntent === true ? [] : [message],
    )
    const verdict = verdictOf({ wanted: request, found: request, proof: { kind: 'Broken' }, now: t(30) })
    if (request.status?.outcome !== 'Approved') assert.ok(verdict.reason?.endsWith(message), verdict.reason)
    if (request.status?.outcome === undefined) return
    assert.doesNotMatch(message, outlook)
    if (!sentence.asked) assert.match(audit, /asked: nobody/)
    else assert.match(audit, /alice@company\.com/)
  })

for (const sentence of sentences)
  test(`${sentence.reason}: what the inbox says to the approver when ${sentence.when}`, async () => {
    const request = (await endOf(sentence)).request()
    assert.equal(hasEnded(request), request.status?.outcome !== undefined)
    if (!hasEnded(request)) return
    const { title, text, next } = endingInWords({
      request,
      person: alice,
      prompt: 'approver-1',
      given: undefined,
    })
    assert.ok(text.includes(inboxTextOf(sentence.reason) ?? 'a text of its own'), text)
    assert.match(text, / at \d{4}-\d{2}-\d{2} \d{2}:\d{2}/)
    assert.doesNotMatch(`${title} ${text}`, forRequesters)
    assert.match(next, request.status?.outcome === 'Approved' ? /is valid until/ : /^Nothing was approved\./)
  })

for (const sentence of sentences)
  test(`${sentence.reason}: a Rollout’s owner is not sent to kubectl when ${sentence.when}`, async () => {
    const request = (await endOf(sentence, gateParameters)).request()
    assert.equal(summaryOf(request)?.reason, sentence.reason)
    assert.doesNotMatch(summaryOf(request)?.message ?? '', /kubectl/)
  })
