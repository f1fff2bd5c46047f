/** What a person reads who opens a request that has ended, or that is somebody else's. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { headingOf } from '../../../tools/local/person.ts'
import { startInbox } from '../../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'
import { askAlice, pageOf, visit } from '../../support/people/inbox-visit.ts'

let world: InboxWorld

before(async () => {
  world = await startInbox()
})
after(() => world.close())

for (const [outcome, reason, says] of [
  ['Denied', 'AccessDenied', 'This request was denied at 2026-11-30 09:00:00 UTC.'],
  ['Approved', 'Approved', 'This request was approved at 2026-11-30 09:00:00 UTC, by somebody else.'],
  ['Expired', 'RequestExpired', 'This request expired at 2026-11-30 09:00:00 UTC: the operator received no'],
  ['Failed', 'TokenRejected', 'This request failed at 2026-11-30 09:00:00 UTC. The provider’s answer failed'],
  [
    'Withdrawn',
    'Superseded',
    'This request was withdrawn at 2026-11-30 09:00:00 UTC. The Rollout has moved on',
  ],
] as const)
  test(`the approver reads when and how a request ended: ${outcome}`, async () => {
    const request = await askAlice(world)
    const message = 'To ask again: kubectl replace --force'
    const complete = { type: 'Complete', status: 'True', observedGeneration: 1, reason, message } as const
    const conditions = [{ ...complete, lastTransitionTime: '2026-11-30T09:00:00Z' }]
    world.put({ ...request, status: { ...request.status, outcome, conditions } })
    const { page } = await visit(world, 'alice', request)
    assert.ok(page.text.includes(says), page.text)
    assert.doesNotMatch(page.text, /kubectl|Log in as somebody else/)
    assert.match(page.text, /<a class="link" href="\/">What else waits for you/)
    assert.equal((await visit(world, 'bob', request)).page.status, 404)
  })

test('the approver reads that a request was deleted, and cannot answer it', async () => {
  const request = await askAlice(world)
  const { browser, page } = await visit(world, 'alice', request)
  world.remove(request)
  const answered = await browser.send(page, { decision: 'approve' })
  assert.deepEqual([answered.status, headingOf(answered)], [410, 'This request was deleted'])
  const opened = await browser.open(pageOf(world, request))
  assert.match(opened.text, /You gave no answer here\. ApprovalRequest demo\/foo-v\d+ no longer exists/)
  assert.equal((await visit(world, 'bob', request)).page.status, 404)
  assert.ok(!world.logged.some(({ event }) => event === 'AnswerGiven'))
})

test('the approver reads her answer to a request that was deleted afterwards', async () => {
  const request = await askAlice(world)
  const { browser, page } = await visit(world, 'alice', request)
  await browser.send(page, { decision: 'deny' })
  world.remove(request)
  assert.match(
    (await browser.open(pageOf(world, request))).text,
    /You denied this request at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\. ApprovalRequest/,
  )
})

test('nobody can tell another person’s request from one that does not exist', async () => {
  const request = await askAlice(world)
  const { browser, page } = await visit(world, 'bob', request)
  const none = `${pageOf(world, request)}x`
  const missing = await browser.open(none)
  const path = (url: string): string => encodeURIComponent(new URL(url).pathname)
  assert.equal(page.status, missing.status)
  assert.equal(page.text, missing.text.replaceAll(path(none), path(pageOf(world, request))))
  assert.match(page.text, /What else waits for you[^]*Log in as somebody else/)
})
