/** However many providers answer nobody, workers are left for those that answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ProviderCall } from '../../../src/core/request/provider-call.ts'
import { Places } from '../../../src/runtime/places.ts'
import type { Place } from '../../../src/runtime/places.ts'

const workers = 256
const newPerNamespace = 32
/** Until a call that hangs is given up. */
const timeoutMs = 35_000

function of(request: string): Place {
  return { request, prompt: 'p' }
}

type Course = {
  readonly places: Places
  /** Keys that have a place, with the provider at which they have it. */
  readonly inside: Map<string, ProviderCall>
  take(call: ProviderCall, key: string): boolean
  /** Everybody inside at providers of such a name gives up, or is answered. */
  end(whose: RegExp, how: 'Answered' | 'GivenUp'): void
  pass(ms: number): void
}

function aCourse(): Course {
  let nowMs = 0
  const inside = new Map<string, ProviderCall>()
  const wanted = new Map<string, ProviderCall>()
  const take = (call: ProviderCall, key: string): boolean => {
    wanted.set(key, call)
    const isIn = places.take(call, of(key))
    if (isIn) inside.set(key, call)
    return isIn
  }
  const clock = { monotonicMs: () => nowMs }
  const places = new Places({
    ...{ workers, newPerNamespace, clock },
    call: (key) => {
      const call = wanted.get(key)
      assert.ok(call !== undefined && take(call, key), 'who is called finds its place')
    },
  })
  return {
    ...{ places, inside, take },
    end: (whose, how) => {
      for (const key of [...inside].filter(([, call]) => whose.test(call.provider)).map(([each]) => each)) {
        if (how === 'Answered') places.answered(of(key))
        inside.delete(key)
        places.leave(of(key))
      }
    },
    pass: (ms) => void (nowMs += ms),
  }
}

const token = (provider: string): ProviderCall => ({ provider, purpose: 'Token' })
const prompt = (provider: string): ProviderCall => ({ provider, purpose: 'Prompt' })

/** Together they have far more requests than there are workers, each of another namespace. */
function crowd(course: Course, providers: number): void {
  for (let request = 0; request < Math.max(4, workers / providers); request += 1)
    for (let index = 0; index < providers; index += 1)
      course.take(token(`dead-${index}`), `namespace-${request}/at-${index}`)
}

for (const dead of [1, 2, 3, 10, 300])
  test(`${dead} dead providers leave an eighth of the workers to one kind of call at one that answers`, () => {
    const course = aCourse()
    course.take(token('healthy'), 'healthy/0')
    course.end(/healthy/, 'Answered')
    crowd(course, dead)
    assert.ok(course.inside.size <= (workers * 3) / 4, `${course.inside.size} inside`)
    for (let request = 0; request < workers / 8; request += 1)
      assert.ok(course.take(token('healthy'), `healthy/${request}`), `request ${request}`)
    course.end(/healthy/, 'Answered')
    // When their calls are given up, others of them come, and no more than before.
    course.pass(timeoutMs)
    course.end(/dead/, 'GivenUp')
    assert.ok(course.inside.size <= (workers * 3) / 4, `${course.inside.size} inside, later`)
    assert.ok(course.take(token('healthy'), 'healthy/again'))
  })

test('providers that answered and fall silent all at once leave room, and more once that is known', () => {
  const course = aCourse()
  for (const name of ['dead-0', 'dead-1', 'dead-2', 'healthy']) course.take(token(name), `${name}/0`)
  course.end(/./, 'Answered')
  crowd(course, 3)
  assert.ok(course.take(token('healthy'), 'healthy/1'))
  course.end(/healthy/, 'Answered')
  course.pass(timeoutMs)
  course.end(/dead/, 'GivenUp')
  assert.ok(course.inside.size <= (workers * 3) / 4)
})

test('a provider that is new finds a place among a few that are dead', () => {
  const course = aCourse()
  crowd(course, 3)
  assert.ok(course.take(token('new'), 'new/0'))
})

test('behind 300 that are dead a new one has a place after two time-outs at most, and then as many as it needs', () => {
  const course = aCourse()
  crowd(course, 300)
  const isIn = (): boolean => course.inside.has('new/0')
  course.take(token('new'), 'new/0')
  for (let times = 0; times < 2 && !isIn(); times += 1) {
    course.pass(timeoutMs)
    course.end(/dead/, 'GivenUp')
  }
  assert.ok(isIn())
  course.end(/new/, 'Answered')
  for (let request = 0; request < workers / 8; request += 1)
    assert.ok(course.take(token('new'), `new/${request}`))
})

test('one that answers after five seconds counts as slow, and as quick again after a quick answer', () => {
  const course = aCourse()
  const placesOf = (): number => {
    for (let request = 0; request < workers; request += 1) course.take(token('one'), `n-${request}/x`)
    const { size } = course.inside
    for (let request = 0; request < workers; request += 1) course.places.leave(of(`n-${request}/x`))
    course.inside.clear()
    return size
  }
  const slow = placesOf()
  course.take(token('one'), 'one/0')
  course.end(/one/, 'Answered')
  assert.deepEqual([slow, placesOf()], [96, 128])
  course.take(token('one'), 'one/0')
  course.pass(5000)
  course.end(/one/, 'Answered')
  assert.equal(placesOf(), 96)
})

test('a failure that comes at once says nothing of how quick a provider is', () => {
  const course = aCourse()
  course.take(prompt('dead'), 'loud/0')
  course.end(/dead/, 'GivenUp')
  for (let request = 0; request < newPerNamespace; request += 1)
    course.take(prompt('dead'), `loud/${request}`)
  assert.equal(course.inside.size, newPerNamespace / 4)
})

test('of the new requests of one namespace half at most wait for dead providers', () => {
  const course = aCourse()
  course.take(prompt('healthy'), 'loud/healthy')
  course.end(/healthy/, 'Answered')
  for (let index = 0; index < 40; index += 1)
    for (let request = 0; request < newPerNamespace; request += 1)
      course.take(prompt(`dead-${index}`), `loud/${request}-at-${index}`)
  assert.equal(course.inside.size, newPerNamespace / 2)
  assert.ok(course.take(prompt('dead-0'), 'quiet/1'), 'another namespace has its own')
  for (let request = 0; request < newPerNamespace / 2; request += 1)
    assert.ok(course.take(prompt('healthy'), `loud/${request}`), 'and one that answers is there for it')
})

test('a namespace that has its share lets the others of its line go first, and has its turn later', () => {
  const course = aCourse()
  for (let request = 0; request < newPerNamespace; request += 1)
    course.take(prompt('dead'), `loud/${request}`)
  const before = course.inside.size
  course.pass(timeoutMs)
  course.end(/dead/, 'GivenUp')
  assert.equal(course.inside.size, before)
})

test('whatever happens, no more have places than there are workers, and nobody waits at an empty desk', () => {
  const step = fc.record({
    provider: fc.integer({ min: 0, max: 4 }),
    purpose: fc.constantFrom('Prompt' as const, 'Token' as const),
    key: fc.integer({ min: 0, max: 40 }),
    does: fc.constantFrom('take' as const, 'answered' as const, 'leave' as const, 'pass' as const),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let nowMs = 0
      const [inside, line, reserved] = [new Set<string>(), new Set<string>(), new Set<string>()]
      const places = new Places({
        ...{ workers: 8, newPerNamespace: 4, clock: { monotonicMs: () => nowMs } },
        call: (key) => {
          assert.ok(line.delete(key), 'only who stands in line is called')
          reserved.add(key)
        },
      })
      for (const { provider, purpose, key: number, does } of steps) {
        const key = `n-${number % 3}/${number}`
        if (does === 'pass') nowMs += 3000
        if (does === 'answered') places.answered(of(key))
        if (does === 'leave') {
          for (const set of [inside, line, reserved]) set.delete(key)
          places.leave(of(key))
        }
        if (does === 'take') {
          for (const set of [inside, line, reserved]) set.delete(key)
          if (places.take({ provider: `p-${provider}`, purpose }, of(key))) inside.add(key)
          else line.add(key)
        }
        assert.ok(inside.size + reserved.size <= 8)
        if (inside.size + reserved.size === 0) assert.equal(line.size, 0)
      }
    }),
  )
})
