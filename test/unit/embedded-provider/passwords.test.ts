import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswords } from '../../../src/embedded-provider/passwords.ts'
import { manualClock, t } from '../../support/fakes/clocks/clock.ts'

const alice = { username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }

test('the right password is right, and remembered as a login', () => {
  const clock = manualClock()
  const passwords = createPasswords(
    () => [alice],
    () => clock.now(),
  )
  assert.equal(passwords.lastLogin('alice'), undefined)
  clock.advance(3)
  assert.equal(passwords.check('alice', 'wonderland'), 'Right')
  assert.deepEqual(passwords.lastLogin('alice'), t(3))
})

test('nobody has an empty password', () => {
  const passwords = createPasswords(
    () => [alice],
    () => t(0),
  )
  assert.equal(passwords.check('carol', ''), 'Wrong')
  assert.equal(passwords.lastLogin('carol'), undefined)
})

test('five wrong ones block for a minute, also the right one', () => {
  const clock = manualClock()
  const passwords = createPasswords(
    () => [alice],
    () => clock.now(),
  )
  for (let count = 0; count < 5; count += 1) assert.equal(passwords.check('alice', 'wrong'), 'Wrong')
  assert.equal(passwords.check('alice', 'wonderland'), 'Blocked')
  assert.equal(passwords.lastLogin('alice'), undefined)
  clock.advance(60)
  assert.equal(passwords.check('alice', 'wonderland'), 'Right')
})
