/** Who is inside, who stands in line, and who is called. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places } from '../../../src/runtime/places.ts'
import type { Place } from '../../../src/runtime/places.ts'

function of(request: string, prompt = 'p'): Place {
  return { request, prompt }
}

type Lobby = {
  readonly places: Places
  readonly called: string[]
  /** @param provider at which the keys wait for their prompts */
  readonly take: (provider: string, ...keys: readonly string[]) => readonly boolean[]
}

/** In which one provider may have two of four places, and one namespace all of them. */
function aLobby(): Lobby {
  const called: string[] = []
  const clock = { monotonicMs: () => 0 }
  const places = new Places({ workers: 4, newPerNamespace: 8, clock, call: (key) => void called.push(key) })
  return {
    ...{ places, called },
    take: (provider, ...keys) => keys.map((key) => places.take({ provider, purpose: 'Prompt' }, of(key))),
  }
}

test('a group that is full keeps nobody out of another', () => {
  const { take } = aLobby()
  assert.deepEqual(take('slow', 'a/1', 'a/2', 'a/3'), [true, true, false])
  assert.deepEqual(take('quick', 'a/4'), [true])
})

test('prompts that hang keep no token request of the same provider out', () => {
  const { places, take } = aLobby()
  take('slow', 'a/1', 'a/2', 'a/3')
  assert.equal(places.take({ provider: 'slow', purpose: 'Token' }, of('a/4')), true)
})

test('who leaves makes room for one that waits, which is called once and finds its place', () => {
  const { places, called, take } = aLobby()
  take('slow', 'a/1', 'a/2', 'a/3', 'a/4')
  places.leave(of('a/1'))
  assert.deepEqual(called, ['a/3'])
  assert.deepEqual(take('slow', 'a/5'), [false], 'the place is that of who was called')
  assert.deepEqual(take('slow', 'a/3'), [true])
})

test('who was called and does not want the place any more gives it to the next', () => {
  const { places, called, take } = aLobby()
  take('slow', 'a/1', 'a/2', 'a/3', 'a/4')
  places.leave(of('a/1'))
  places.leave(of('a/3'))
  assert.deepEqual(called, ['a/3', 'a/4'])
})

test('who leaves the line is not called', () => {
  const { places, called, take } = aLobby()
  take('slow', 'a/1', 'a/2', 'a/3', 'a/4')
  places.leave(of('a/3'))
  places.leave(of('a/1'))
  assert.deepEqual(called, ['a/4'])
})

test('in line namespaces take turns', () => {
  const { places, called, take } = aLobby()
  take('slow', 'a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'b/1')
  places.leave(of('a/1'))
  places.leave(of('a/2'))
  assert.deepEqual(called, ['a/3', 'b/1'])
})

test('asking again changes nothing, inside and in line', () => {
  const { places, called, take } = aLobby()
  take('slow', 'a/1', 'a/1', 'a/2', 'a/2', 'a/3', 'a/3')
  places.leave(of('a/1'))
  places.leave(of('a/2'))
  assert.deepEqual(called, ['a/3'])
})

test('who goes to another group leaves the first', () => {
  const { called, take } = aLobby()
  take('slow', 'a/1', 'a/2', 'a/3')
  assert.deepEqual(take('quick', 'a/1'), [true])
  assert.deepEqual(called, ['a/3'])
})

test('one worker alone does one after the other', () => {
  const called: string[] = []
  const clock = { monotonicMs: () => 0 }
  const places = new Places({ workers: 1, newPerNamespace: 1, clock, call: (key) => void called.push(key) })
  const call = { provider: 'slow', purpose: 'Prompt' } as const
  assert.deepEqual([places.take(call, of('a/1')), places.take(call, of('b/1'))], [true, false])
  places.leave(of('a/1'))
  assert.deepEqual(called, ['b/1'])
})

test('each prompt of a request has a place of its own, and keeps it when another one ends', () => {
  const { places, called } = aLobby()
  const prompt = { provider: 'slow', purpose: 'Prompt' } as const
  for (const name of ['alice', 'bob']) assert.ok(places.take(prompt, of('a/1', name)))
  for (const request of ['b/1', 'b/2']) assert.equal(places.take(prompt, of(request)), false)
  places.leave(of('a/1', 'bob'))
  assert.deepEqual(called, ['b/1'])
  places.leave(of('a/1', 'alice'))
  assert.deepEqual(called, ['b/1', 'b/2'])
})

test('a request that is gone leaves with all of its prompts, but those that it keeps', () => {
  const { places, called } = aLobby()
  const prompt = { provider: 'slow', purpose: 'Prompt' } as const
  for (const name of ['alice', 'bob', 'carol', 'dave']) places.take(prompt, of('a/1', name))
  for (const request of ['b/1', 'b/2']) places.take(prompt, of(request))
  places.leaveAll('a/1', new Set(['carol', 'dave']))
  assert.deepEqual(called, ['a/1', 'b/1'])
  places.leaveAll('a/1', new Set())
  assert.deepEqual(called, ['a/1', 'b/1', 'a/1', 'b/2'])
})
