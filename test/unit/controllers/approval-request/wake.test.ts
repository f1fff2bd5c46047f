import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, IdentityProvider } from '../../../../src/api/objects.ts'
import { createMemory } from '../../../../src/controllers/approval-request/memory.ts'
import { createWaker } from '../../../../src/controllers/approval-request/wake.ts'
import type { Waker } from '../../../../src/controllers/approval-request/wake.ts'
import { createTurnstile } from '../../../../src/controllers/approval-request/limits/turnstile.ts'
import { objectKeyOf, queueKeyOf } from '../../../../src/controllers/approval-request/queue-key.ts'
import type { IndexedCache } from '../../../../src/core/ports/cluster.ts'
import { anApprovalRequest, aNamespace, aPolicy, aProvider } from '../../../support/builders/builders.ts'
import { aGroup, alice, bob, fromCalendar, knownGroup } from '../../../support/builders/groups.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const blocked = anApprovalRequest().named('blocked', 'uid-1').waitingFor('NoMatchingPolicy')
const throttled = anApprovalRequest().named('throttled', 'uid-2').waitingFor('Throttled')
const fresh = anApprovalRequest().named('fresh', 'uid-3')
const asked = anApprovalRequest().named('asked', 'uid-6').pending()
const done = anApprovalRequest().named('done', 'uid-4').finished('Approved')
const elsewhere = anApprovalRequest().named('elsewhere', 'uid-5').inNamespace('dev')
const another = anApprovalRequest().named('another', 'uid-7').by('bob').waitingFor('Throttled')
const everything = [blocked, throttled, fresh, done, elsewhere, another, asked]
const backoff = { kind: 'Backoff', until: t(60), failures: 6 } as const

function indexOf(requests: readonly ApprovalRequest[]): IndexedCache<ApprovalRequest>['indexed'] {
  return (valuesOf) => (value) => requests.filter((request) => valuesOf(request).includes(value))
}

/** The names of the requests that get a pass. */
const prompt = { uid: 'uid-1', prompt: 'approver-1' } as const

function wokenBy(change: (waker: Waker) => void, memory = createMemory()): readonly string[] {
  const woken: string[] = []
  const put = (key: string): unknown => woken.push(key)
  const caches = { requests: { get: () => undefined, indexed: indexOf(everything) } }
  const turnstile = createTurnstile({ wake: put, onAbandoned: () => undefined })
  const waker = createWaker(
    { caches, memory, slots: turnstile },
    { soon: put, now: put, withRests: (run) => run },
  )
  for (const request of everything) waker.requestChanged(undefined, request)
  woken.length = 0
  change(waker)
  return woken.map((key) => objectKeyOf(key).name)
}

const open = ['blocked', 'throttled', 'fresh', 'elsewhere', 'another']

for (const [name, before, after, want] of [
  ['a new request', undefined, fresh, ['fresh']],
  ['a request that changed', fresh, fresh, ['fresh']],
  ['a request that was answered', fresh, done, ['done']],
  ['a request that was deleted', fresh, undefined, ['fresh']],
  ['a request that was replaced', fresh, fresh.named('fresh', 'uid-9'), ['fresh']],
  ['nothing', undefined, undefined, []],
] as const)
  test(`${name} wakes ${want.join(' and ') || 'nobody'}`, () => {
    const woken = wokenBy((waker) => {
      waker.requestChanged(before, after)
    })
    assert.deepEqual(woken, want)
  })

test('a policy wakes all that nobody was asked about', () => {
  assert.deepEqual(
    wokenBy((waker) => {
      waker.policyChanged(undefined, aPolicy())
    }),
    open,
  )
})

const sre = aGroup('sre', { calendar: fromCalendar })
const onCall = knownGroup(sre, [alice])

for (const [name, before, after, want] of [
  ['a group that is new wakes all that nobody was asked about', undefined, sre, open],
  ['a group that is deleted does', onCall, undefined, open],
  ['a group that has members does', sre, onCall, open],
  ['a group with other members does', onCall, knownGroup(sre, [bob]), open],
  ['a group of another spec does', onCall, knownGroup(aGroup('sre'), [alice], { generation: 2 }), open],
  ['a group whose source fails does', onCall, knownGroup(sre, [alice], { reason: 'FeedInvalid' }), open],
  ['a group whose members were too old does', onCall, knownGroup(sre, [alice], { asOfSeconds: 3601 }), open],
  [
    'a group whose members are the same wakes nobody',
    onCall,
    knownGroup(sre, [alice], { asOfSeconds: 900 }),
    [],
  ],
] as const)
  test(name, () => {
    const woken = wokenBy((waker) => {
      waker.groupChanged(before, after)
    })
    assert.deepEqual(woken, want)
  })

test('the status of a policy wakes nobody', () => {
  const woken = wokenBy((waker) => {
    waker.policyChanged(aPolicy(), { ...aPolicy(), status: { conditions: [] } })
  })
  assert.deepEqual(woken, [])
})

const company = aProvider()
const edited = { ...company, metadata: { ...company.metadata, generation: 2 } }
const told = (status: 'True' | 'False', reason = 'Any'): IdentityProvider => ({
  ...company,
  status: {
    conditions: [{ type: 'Ready', status, reason, message: '', lastTransitionTime: at(0) }],
  },
})

const supporting = (...acrValuesSupported: readonly string[]): IdentityProvider => ({
  ...company,
  status: { ...told('True').status, acrValuesSupported },
})

for (const [name, before, after, want] of [
  ['a new provider wakes those that were asked through it too', undefined, company, [...open, 'asked']],
  ['a provider that changed wakes them', company, edited, [...open, 'asked']],
  ['a provider that was deleted wakes them', company, undefined, [...open, 'asked']],
  ['a provider that has become ready wakes them', told('False'), told('True'), [...open, 'asked']],
  ['a provider of which is known that it is ready wakes them', company, told('True'), [...open, 'asked']],
  [
    'a provider through which all but some can be asked again wakes them',
    told('False'),
    told('False', 'AmbiguousClient'),
    [...open, 'asked'],
  ],
  [
    'a provider that has become ready for the last ones wakes nobody again',
    told('False', 'AmbiguousClient'),
    told('True'),
    [],
  ],
  ['a provider that is no longer ready wakes nobody', told('True'), told('False'), []],
  ['a provider that is ready still wakes nobody', told('True'), told('True'), []],
  [
    'a provider that supports another login wakes them',
    supporting('1'),
    supporting('1', 'phr'),
    [...open, 'asked'],
  ],
  ['a provider that supports the same logins wakes nobody', supporting('1'), supporting('1'), []],
  ['another provider wakes all that nobody was asked about', undefined, aProvider({ name: 'another' }), open],
] as const)
  test(name, () => {
    const woken = wokenBy((waker) => {
      waker.providerChanged(before, after)
    })
    assert.deepEqual(woken, want)
  })

for (const [name, before, after] of [
  ['new', undefined, aNamespace()],
  ['changed', aNamespace(), aNamespace({})],
  ['deleted', aNamespace(), undefined],
] as const)
  test(`a namespace that is ${name} wakes what is open in it`, () => {
    const woken = wokenBy((waker) => {
      waker.namespaceChanged(before, after)
    })
    assert.deepEqual(woken, ['blocked', 'throttled', 'fresh', 'another'])
  })

test('who is woken does not wait for a backoff to end', () => {
  const memory = createMemory()
  memory.remember(prompt, { progress: backoff })
  wokenBy((waker) => {
    waker.policyChanged(undefined, aPolicy())
  }, memory)
  assert.equal(memory.recall(prompt).progress, undefined)
})

for (const [name, before, after, forgotten] of [
  ['deleted', blocked, undefined, true],
  ['replaced by one of the same name', blocked, blocked.named('blocked', 'uid-9'), true],
  ['changed', blocked, blocked, false],
] as const)
  test(`a request that was ${name} is ${forgotten ? 'forgotten' : 'remembered'}`, () => {
    const memory = createMemory()
    memory.remember(prompt, { progress: backoff })
    wokenBy((waker) => {
      waker.requestChanged(before, after)
    }, memory)
    assert.deepEqual(memory.recall(prompt), forgotten ? {} : { progress: backoff })
  })

test('a key in the queue names namespace and name', () => {
  assert.equal(queueKeyOf(fresh), 'demo/fresh')
  assert.deepEqual(objectKeyOf('demo/fresh'), { namespace: 'demo', name: 'fresh' })
})

test('the first ping, and nothing else, wakes a request as due', () => {
  const due: string[] = []
  const caches = { requests: { get: () => undefined, indexed: indexOf(everything) } }
  const turnstile = createTurnstile({ wake: () => undefined, onAbandoned: () => undefined })
  const waker = createWaker(
    { caches, memory: createMemory(), slots: turnstile },
    { soon: () => undefined, now: (key) => due.push(key), withRests: (run) => run },
  )
  const pinged = asked.pending({ pingedAt: at(12) })
  waker.requestChanged(undefined, asked)
  waker.requestChanged(asked, asked)
  assert.deepEqual(due, [])
  waker.requestChanged(asked, pinged)
  waker.requestChanged(pinged, pinged)
  assert.deepEqual(due, [queueKeyOf(asked)])
})

test('a namespace whose labels stay wakes nobody, whatever else its owner writes', () => {
  const { metadata, ...rest } = aNamespace()
  const written = { ...rest, metadata: { ...metadata, annotations: { a: 'b' } } }
  const woken = wokenBy((waker) => {
    waker.namespaceChanged({ ...rest, metadata }, written)
  })
  assert.deepEqual(woken, [])
})
