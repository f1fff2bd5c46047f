import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswords } from '../../../src/embedded-provider/passwords.ts'
import type { Passwords } from '../../../src/embedded-provider/passwords.ts'
import { codeOf, stepAt } from '../../../src/embedded-provider/totp.ts'
import { manualClock, t } from '../../support/fakes/clocks/clock.ts'
import type { ManualClock } from '../../support/fakes/clocks/clock.ts'

const totp = 'JBSWY3DPEHPK3PXP'
const alice = { username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }
const bob = { ...alice, username: 'bob', totp }

function aProvider(): { readonly passwords: Passwords; readonly clock: ManualClock } {
  const clock = manualClock()
  const passwords = createPasswords(
    () => [alice, bob],
    () => clock.now(),
  )
  return { passwords, clock }
}

const right = { username: 'alice', password: 'wonderland' }

test('the right password is right, and remembered as a login', () => {
  const { passwords, clock } = aProvider()
  assert.equal(passwords.lastLogin('alice'), undefined)
  clock.advance(3)
  assert.equal(passwords.check(right).kind, 'Right')
  assert.deepEqual(passwords.lastLogin('alice'), { at: t(3), amr: ['pwd'] })
})

test('nobody has an empty password', () => {
  const { passwords } = aProvider()
  assert.equal(passwords.check({ username: 'carol', password: '' }).kind, 'Wrong')
  assert.equal(passwords.lastLogin('carol'), undefined)
})

test('five wrong ones block for a minute, also the right one', () => {
  const { passwords, clock } = aProvider()
  for (let count = 0; count < 5; count += 1)
    assert.equal(passwords.check({ ...right, password: 'wrong' }).kind, 'Wrong')
  assert.equal(passwords.check(right).kind, 'Blocked')
  assert.equal(passwords.lastLogin('alice'), undefined)
  clock.advance(60)
  assert.equal(passwords.check(right).kind, 'Right')
})

test('password and code are two factors, and the code counts once', () => {
  const { passwords, clock } = aProvider()
  const code = codeOf(totp, stepAt(clock.now()))
  const typed = { username: 'bob', password: 'wonderland', code }
  assert.equal(passwords.check({ ...typed, password: 'wrong' }).kind, 'Wrong')
  assert.equal(passwords.lastLogin('bob'), undefined)
  assert.equal(passwords.check(typed).kind, 'Right')
  assert.deepEqual(passwords.lastLogin('bob'), { at: clock.now(), amr: ['pwd', 'otp'] })
  assert.equal(passwords.check(typed).kind, 'Wrong')
})

test('the last login counts, also where the one before was stronger', () => {
  const { passwords, clock } = aProvider()
  passwords.check({ username: 'bob', password: 'wonderland', code: codeOf(totp, stepAt(clock.now())) })
  clock.advance(5)
  assert.equal(passwords.check({ username: 'bob', password: 'wonderland' }).kind, 'Right')
  assert.deepEqual(passwords.lastLogin('bob'), { at: clock.now(), amr: ['pwd'] })
})

for (const [name, code] of [
  ['another code', (step: number) => (codeOf(totp, step) === '000000' ? '000001' : '000000')],
  ['a code of two steps before', (step: number) => codeOf(totp, step - 2)],
  ['a code of two steps later', (step: number) => codeOf(totp, step + 2)],
  ['letters', () => 'abcdef'],
] as const)
  test(`${name} is wrong, and five of them block`, () => {
    const { passwords, clock } = aProvider()
    const typed = { username: 'bob', password: 'wonderland', code: code(stepAt(clock.now())) }
    for (let count = 0; count < 5; count += 1) assert.equal(passwords.check(typed).kind, 'Wrong')
    assert.equal(passwords.check(typed).kind, 'Blocked')
    assert.equal(passwords.lastLogin('bob'), undefined)
  })

test('a code adds nothing where there is no second factor', () => {
  const { passwords } = aProvider()
  assert.equal(passwords.check({ ...right, code: '123456' }).kind, 'Right')
  assert.deepEqual(passwords.lastLogin('alice')?.amr, ['pwd'])
})
