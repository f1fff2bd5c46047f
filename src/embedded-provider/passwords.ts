/** Who proved to be whom, and when. Passwords stand in the development file, so nothing here is fit for production. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Person } from './people.ts'

/** Checks passwords, and knows when a person last gave the right one. */
export type Passwords = {
  /** Remembers the moment if the password is right. `Blocked`: too many wrong ones in a row, whatever this one is. */
  check(username: string, password: string): 'Right' | 'Wrong' | 'Blocked'
  /** When this person last gave the right password, if ever. */
  lastLogin(username: string): Date | undefined
}

const mostFailures = 5
const blockMs = 60_000

/**
 * After five wrong passwords in a row a username is blocked for a minute.
 * @param people called for each check: the file may change
 */
export function createPasswords(people: () => readonly Person[], now: () => Date): Passwords {
  const failures = new Map<string, { readonly count: number; readonly lastAtMs: number }>()
  const logins = new Map<string, Date>()

  function recentFailures(username: string): number {
    const { count, lastAtMs } = failures.get(username) ?? { count: 0, lastAtMs: 0 }
    return now().getTime() - lastAtMs < blockMs ? count : 0
  }

  return {
    check(username, password) {
      const person = people().find((one) => one.username === username)
      const isRight = isSame(person?.password ?? '', password) && person !== undefined
      if (person === undefined) return 'Wrong'
      const earlier = recentFailures(username)
      if (earlier >= mostFailures) return 'Blocked'
      if (!isRight) {
        failures.set(username, { count: earlier + 1, lastAtMs: now().getTime() })
        return 'Wrong'
      }
      failures.delete(username)
      logins.set(username, now())
      return 'Right'
    },
    lastLogin: (username) => logins.get(username),
  }
}

/** In constant time, also for people who do not exist. */
function isSame(expected: string, given: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(expected), hash(given))
}
