/** Who proved to be whom, how and when. Passwords stand in the development file, so nothing here is fit for production. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Person } from './people.ts'
import { stepOfCode } from './totp.ts'

/** The `acr` of a login with two factors. */
export const twoFactors = 'mfa'
/** The `acr` of any other, where it is asked for, and of every other answer by CIBA. */
export const anyLogin = 'ciba'

/** What somebody typed. */
export type Typed = { readonly username: string; readonly password: string; readonly code?: string }

/** A login, with its methods as `amr` values (RFC 8176). */
export type PersonLogin = { readonly at: Date; readonly amr: readonly ('pwd' | 'otp')[] }

/** `Right` with the login; `Blocked`: too many wrong tries in a row, whatever this one is. */
export type Checked =
  { readonly kind: 'Right'; readonly login: PersonLogin } | { readonly kind: 'Wrong' | 'Blocked' }

/** Checks passwords and codes, and knows when a person last logged in. */
export type Passwords = {
  /** Remembers the login if all that was typed is right. Without a code, or for a person without a second factor, it has one factor. */
  check(typed: Typed): Checked
  /** When this person last logged in, if ever. */
  lastLogin(username: string): PersonLogin | undefined
}

const mostFailures = 5
const blockMs = 60_000

/**
 * After five wrong tries in a row a username is blocked for a minute. A code counts once.
 * @param people called for each check: the file may change
 */
export function createPasswords(people: () => readonly Person[], now: () => Date): Passwords {
  const failures = new Map<string, { readonly count: number; readonly lastAtMs: number }>()
  const logins = new Map<string, PersonLogin>()
  const usedSteps = new Map<string, number>()

  function recentFailures(username: string): number {
    const { count, lastAtMs } = failures.get(username) ?? { count: 0, lastAtMs: 0 }
    return now().getTime() - lastAtMs < blockMs ? count : 0
  }

  /** Undefined for a code that is wrong, or was used. */
  function methodsOf({ username, totp }: Person, code: string): PersonLogin['amr'] | undefined {
    if (totp === undefined || code === '') return ['pwd']
    const step = stepOfCode(totp, code, now())
    if (step === undefined || step <= (usedSteps.get(username) ?? -1)) return undefined
    usedSteps.set(username, step)
    return ['pwd', 'otp']
  }

  return {
    check({ username, password, code = '' }) {
      const person = people().find((one) => one.username === username)
      const isRight = isSame(person?.password ?? '', password)
      if (person === undefined) return { kind: 'Wrong' }
      const earlier = recentFailures(username)
      if (earlier >= mostFailures) return { kind: 'Blocked' }
      const amr = isRight ? methodsOf(person, code) : undefined
      if (amr === undefined) {
        failures.set(username, { count: earlier + 1, lastAtMs: now().getTime() })
        return { kind: 'Wrong' }
      }
      failures.delete(username)
      const login = { at: now(), amr }
      logins.set(username, login)
      return { kind: 'Right', login }
    },
    lastLogin: (username) => logins.get(username),
  }
}

/** In constant time, also for people who do not exist. */
function isSame(expected: string, given: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(expected), hash(given))
}
