/** What becomes of a request while somebody answers it. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { follow } from '../../../../tools/demo/follow.ts'
import type { ApprovalRequest, Outcome } from '../../../../src/api/objects.ts'
import { anApprovalRequest } from '../../../support/builders/manifests.ts'
import { bothOfTwo, statusOfSeveral } from '../../../support/builders/several.ts'

const { signal } = new AbortController()
const refused = new Error('the page is another one')

beforeEach(() => {
  mock.method(console, 'log', () => undefined)
})
afterEach(() => {
  mock.restoreAll()
})

test('an answer that comes too late is no failure: the request was answered by somebody else', async () => {
  let request = asked('one')
  const answer = (): Promise<void> => {
    request = final('one', 'Denied')
    return Promise.reject(refused)
  }
  const finished = await follow('one', { read: () => Promise.resolve(request), answer, signal })
  assert.equal(finished?.status?.outcome, 'Denied')
})

test('an answer that comes too late is no failure: the request was replaced', async () => {
  let request = asked('one')
  const answer = ({ metadata }: ApprovalRequest): Promise<void> => {
    const isFirst = metadata.uid === 'one'
    request = isFirst ? asked('two') : final('two', 'Approved')
    return isFirst ? Promise.reject(refused) : Promise.resolve()
  }
  const finished = await follow('one', { read: () => Promise.resolve(request), answer, signal })
  assert.deepEqual([finished?.metadata.uid, finished?.status?.outcome], ['two', 'Approved'])
})

test('what has another uid from the start is never taken for the request', async () => {
  const read = () => Promise.resolve(final('two', 'Approved'))
  const said: string[] = []
  mock.method(console, 'log', (line: string) => said.push(line))
  const answer = () => Promise.resolve()
  await follow('one', { read, answer, signal })
  assert.match(said.join('\n'), /✘ withdrawn .*\n✔ requested /)
})

test('nothing takes the place of a deleted request: it was withdrawn', async () => {
  const read = () => Promise.resolve(undefined)
  const answer = () => Promise.resolve()
  const finished = await follow('one', { read, answer, signal, replacedWithinSeconds: 0 })
  assert.equal(finished, undefined)
})

test('an answer that does not work while the request is open is a failure', async () => {
  const followed = {
    read: () => Promise.resolve(asked('one')),
    answer: () => Promise.reject(refused),
    signal,
  }
  await assert.rejects(follow('one', followed), refused)
})

test('somebody is asked once, and what keeps the request waiting is said once', async () => {
  const waiting = withCondition('one', 'Throttled', 'alice has an open prompt.')
  const story = [waiting, waiting, asked('one'), asked('one'), final('one', 'Approved')]
  const said: string[] = []
  mock.method(console, 'log', (line: string) => said.push(line))
  let answers = 0
  const answer = (): Promise<void> => {
    answers += 1
    return Promise.resolve()
  }
  await follow('one', { read: () => Promise.resolve(story.shift()), answer, signal })
  assert.deepEqual(said, ['… Throttled: alice has an open prompt.'])
  assert.equal(answers, 1)
})

test('of two people who are asked at the same time the second answers once the first is counted', async () => {
  const open = { expiresAt: '2026-11-23T09:10:00Z' }
  const half = ofTwo({ ...open, state: 'Approved' }, open)
  const story = [ofTwo(open, {}), ofTwo(open, open), ofTwo(open, open), half, half, final('one', 'Approved')]
  const said: string[] = []
  mock.method(console, 'log', (line: string) => said.push(line))
  const answer = ({ status }: ApprovalRequest): Promise<void> => {
    said.push(`answer ${(status?.prompts ?? []).map(({ state }) => state ?? 'open').join(', ')}`)
    return Promise.resolve()
  }
  await follow('one', { read: () => Promise.resolve(story.shift()), answer, signal })
  assert.deepEqual(said, [
    'answer open, open',
    '✔ approvals       1 of 2: alice@company.com',
    'answer Approved, open',
  ])
})

type Prompt = NonNullable<NonNullable<ApprovalRequest['status']>['prompts']>[number]

function ofTwo(alice: Partial<Prompt>, bob: Partial<Prompt>): ApprovalRequest {
  const { effective, prompts } = statusOfSeveral(bothOfTwo, {
    'approver-1': undefined,
    'approver-2': undefined,
  })
  const changed = prompts.map(({ id, attempt, approver }, index) => ({
    ...{ id, attempt, approver },
    ...(index === 0 ? alice : bob),
  }))
  const request = asked('one')
  return { ...request, status: { ...request.status, effective, prompts: changed } }
}

function asked(uid: string): ApprovalRequest {
  return withCondition(uid, 'AuthorizationPending', 'alice has been asked.')
}

function final(uid: string, outcome: Outcome): ApprovalRequest {
  const request = asked(uid)
  return { ...request, status: { ...request.status, outcome } }
}

function withCondition(uid: string, reason: string, message: string): ApprovalRequest {
  const lastTransitionTime = '2026-11-23T09:00:00Z'
  const condition = { type: 'Complete', status: 'False', reason, message, lastTransitionTime } as const
  const request = anApprovalRequest as unknown as ApprovalRequest
  return { ...request, metadata: { ...request.metadata, uid }, status: { conditions: [condition] } }
}
