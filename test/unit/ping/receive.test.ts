import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { issueNotificationToken } from '../../../src/core/prompt/notification-token.ts'
import { bindingOf } from '../../../src/core/answer/token-secret.ts'
import { onlyPromptOf } from '../../../src/core/prompt/prompt.ts'
import { readRates, receivePing } from '../../../src/ping/receive.ts'
import type { PingOutcome } from '../../../src/ping/receive.ts'
import { sharedRate } from '../../../src/core/shared-rate.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { anApprovalRequest, theTerms } from '../../support/builders/builders.ts'
import { at, manualClock } from '../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../support/fakes/cluster/in-memory-resource.ts'
import { unchanging } from '../../support/builders/key-ring.ts'
import { silentLog } from '../../support/fakes/silent-log.ts'

const ring = { newest: 'k1', keys: new Map([['k1', new Uint8Array(32).fill(1)]]) }
const sealer = sealerWith(unchanging(ring))
const authReqId = '1c266114-a1be-4252-8ad1-04986c5b9ac1'
const sent = anApprovalRequest()
  .intended({ kid: 'k1' })
  .having({ effective: theTerms({ delivery: 'Ping' }) })
const token = issueNotificationToken(sent, onlyPromptOf(sent), sealer) ?? ''
const handle = await sealer.seal(bindingOf(sent, onlyPromptOf(sent), 'handle'), authReqId)
const pending = anApprovalRequest()
  .pending({ kid: 'k1', handle })
  .having({ effective: theTerms({ delivery: 'Ping' }) })

let requests = inMemoryResource<ApprovalRequest>()
let clock = manualClock()
let reads = sharedRate(readRates, clock)
const ping = (change: Partial<Parameters<typeof receivePing>[1]> = {}): Promise<PingOutcome> =>
  receivePing(
    { requests, cache: requests.cache, sealer, reads, clock, log: silentLog },
    { token, authReqId, ...change },
  )
const verbs = (): readonly string[] => requests.calls.map(({ verb }) => verb)

beforeEach(() => {
  requests = inMemoryResource<ApprovalRequest>()
  clock = manualClock()
  reads = sharedRate(readRates, clock)
})

test('the first ping is written down, and nothing else is touched', async () => {
  const before = requests.put(pending)
  clock.advance(20)
  assert.equal(await ping(), 'Recorded')
  const { status } = requests.held('foo-v2') ?? {}
  assert.deepEqual(status, {
    ...before.status,
    prompts: [{ ...before.status?.prompts?.[0], pingedAt: at(20) }],
  })
  assert.deepEqual(verbs(), ['replaceStatus'])
})

test('a ping that comes again costs no call', async () => {
  requests.put(pending)
  await ping()
  assert.deepEqual([await ping(), await ping()], ['Known', 'Known'])
  assert.deepEqual(verbs(), ['replaceStatus'])
})

test('a ping before the answer to the prompt brings the id', async () => {
  requests.put(sent)
  assert.equal(await ping(), 'Recovered')
  const [prompt] = requests.held('foo-v2')?.status?.prompts ?? []
  const opened = await sealer.open(bindingOf(sent, onlyPromptOf(sent), 'handle'), prompt?.handle ?? '')
  assert.deepEqual(opened, { kind: 'Opened', payload: authReqId })
})

test('a ping by a key that this replica has not read yet is taken', async () => {
  requests.put(pending)
  const live = { ...unchanging({ newest: 'k0', keys: new Map() }) }
  const learning = sealerWith({
    ...live,
    get current() {
      return live.current
    },
    find: (kid) => {
      Object.assign(live, { current: ring })
      return Promise.resolve(ring.keys.get(kid))
    },
  })
  const receiver = { requests, cache: requests.cache, sealer: learning, reads, clock, log: silentLog }
  assert.equal(await receivePing(receiver, { token, authReqId }), 'Recorded')
})

test('a forged ping costs no call', async () => {
  requests.put(pending)
  assert.equal(await ping({ token: token.slice(0, -1) }), 'Foreign')
  assert.deepEqual(verbs(), [])
})

for (const [name, request] of [
  ['another prompt', pending],
  ['an attempt that was followed by another', pending.pending({ attempt: 2, handle })],
  ['an attempt that reached nobody', sent.refused()],
  ['no attempt at all', anApprovalRequest()],
] as const)
  test(`a ping about ${name} is foreign`, async () => {
    requests.put(request)
    assert.equal(await ping({ authReqId: 'another' }), 'Foreign')
    assert.ok(!verbs().includes('replaceStatus'))
  })

for (const [name, request] of [
  ['is final', pending.finished('RequestExpired')],
  ['is another of that name', pending.named('foo-v2', 'another-uid')],
] as const)
  test(`a ping for a request that ${name} changes nothing`, async () => {
    requests.put(request)
    assert.equal(await ping(), 'Known')
    assert.ok(!verbs().includes('replaceStatus'))
  })

test('a ping for a request that is gone changes nothing', async () => {
  assert.equal(await ping(), 'Known')
})

test('a watch that lags behind is not believed', async () => {
  requests.put(anApprovalRequest())
  requests.cache.freeze()
  requests.put(pending)
  assert.equal(await ping(), 'Recorded')
  assert.deepEqual(verbs(), ['get', 'replaceStatus'])
})

test('what others write at the same time is kept', async () => {
  requests.put(sent)
  let isWritten = false
  requests.interpose({
    before: ({ verb }) => {
      if (verb !== 'replaceStatus' || isWritten) return
      isWritten = true
      requests.put(pending)
    },
  })
  assert.equal(await ping(), 'Recorded')
  const [prompt] = requests.held('foo-v2')?.status?.prompts ?? []
  assert.equal(prompt?.handle, handle)
  assert.notEqual(prompt.pingedAt, undefined)
})

test('one that is written to all the time is given up', async () => {
  requests.put(pending)
  requests.interpose({ before: ({ verb }) => verb === 'replaceStatus' && requests.put(pending) })
  await assert.rejects(ping(), /is written to all the time/)
})

test('a write that fails costs time only, once the id is known', async () => {
  requests.interpose({
    before: ({ verb }) => {
      if (verb === 'replaceStatus') throw new Error('reset')
    },
  })
  requests.put(pending)
  assert.equal(await ping(), 'Unwritten')
  requests.put(sent)
  await assert.rejects(ping(), /reset/)
})

test('a hundred pings with another id cost five reads, and then one a second', async () => {
  requests.put(pending)
  const many = async (): Promise<readonly PingOutcome[]> =>
    Promise.all(Array.from({ length: 100 }, () => ping({ authReqId: 'another' })))
  assert.deepEqual(new Set(await many()), new Set(['Foreign', 'TooMany']))
  assert.deepEqual(
    verbs(),
    Array.from({ length: 5 }, () => 'get'),
  )
  clock.advance(1)
  await many()
  assert.equal(verbs().length, 6)
  assert.equal(await ping(), 'Recorded', 'the one with the right id needs no read')
})

test('pings about a request that is gone cost five reads, and another request is read all the same', async () => {
  for (let times = 0; times < 100; times++) await ping()
  assert.deepEqual(
    verbs(),
    Array.from({ length: 5 }, () => 'get'),
  )
  const other = sent.named('other', 'uid-of-other')
  requests.put(other)
  requests.cache.freeze()
  assert.equal(
    await ping({ token: issueNotificationToken(other, onlyPromptOf(other), sealer) ?? '' }),
    'Recovered',
  )
})
