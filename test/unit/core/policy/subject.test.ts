import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSubject, shortNameOf } from '../../../../src/core/policy/subject.ts'

const bot = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' } as const

for (const [name, username, subject, want] of [
  ['a user by name', 'alice', { kind: 'User', name: 'alice' }, true],
  ['no other user', 'alice2', { kind: 'User', name: 'alice' }, false],
  ['no user in other letters', 'Alice', { kind: 'User', name: 'alice' }, false],
  ['a ServiceAccount by namespace and name', 'system:serviceaccount:demo:release-bot', bot, true],
  ['no ServiceAccount of another namespace', 'system:serviceaccount:dev:release-bot', bot, false],
  ['no other ServiceAccount', 'system:serviceaccount:demo:bot', bot, false],
  ['no user with the short name of a ServiceAccount', 'release-bot', bot, false],
  [
    'no ServiceAccount without a namespace',
    'system:serviceaccount:demo:release-bot',
    { kind: 'ServiceAccount', name: 'release-bot' },
    false,
  ],
] as const)
  test(`a subject names ${name}`, () => {
    assert.equal(isSubject({ username }, subject), want)
  })

for (const [username, want] of [
  ['system:serviceaccount:demo:release-bot', 'release-bot'],
  ['alice@company.com', 'alice@company.com'],
  ['system:serviceaccount:demo', 'system:serviceaccount:demo'],
  ['system:node:n1', 'system:node:n1'],
] as const)
  test(`${username} is called ${want}`, () => {
    assert.equal(shortNameOf({ username }), want)
  })
