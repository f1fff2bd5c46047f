/** A process that dies at a failpoint: from then on nothing that it has under way has an effect. */
import type { Dependencies } from '../../../src/controllers/approval-request/dependencies.ts'
import type { FailpointName } from '../../../src/core/ports/surroundings.ts'

export type Mortal = {
  readonly process: Dependencies
  /** Resolves when it dies. */
  readonly death: Promise<'dead'>
  isDead(): boolean
}

/** @param nth which hit of the failpoint is its death, from 1 */
export function mortal(process: Dependencies, failpoint: FailpointName, nth: number): Mortal {
  let hits = 0
  let isDead = false
  const { promise: death, resolve } = Promise.withResolvers<'dead'>()
  const never = new Promise<never>(() => undefined)
  /** Neither what it begins after its death happens, nor does it learn how what it had begun has ended. */
  const living = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          if (isDead) return never
          const result: unknown = Reflect.apply(member, target, args)
          return result instanceof Promise
            ? result.then((value: unknown) => (isDead ? never : withLivingConnection(value)))
            : result
        }
      },
    })
  const withLivingConnection = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'connection' in value && isObject(value.connection)
      ? { ...value, connection: living(value.connection) }
      : value
  return {
    death,
    isDead: () => isDead,
    process: {
      ...process,
      requests: living(process.requests),
      secrets: living(process.secrets),
      openid: living(process.openid),
      sealer: living(process.sealer),
      failpoints: {
        hit: (name) => {
          if (isDead) return never
          if (name !== failpoint) return Promise.resolve()
          hits += 1
          if (hits !== nth) return Promise.resolve()
          isDead = true
          resolve('dead')
          return never
        },
      },
    },
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
