/** Waiting in tests has an end, and says what it waited for. */

const patienceMs = 40_000

/** @param what is awaited; asked for only if it does not come */
export async function soon<T>(awaited: Promise<T>, what: () => string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new Error(`it did not come in ${patienceMs / 1000} s: ${what()}`))
  }, patienceMs)
  try {
    return await Promise.race([awaited, late])
  } finally {
    clearTimeout(timer)
  }
}
