/** Time, faults on purpose, and the log: what every part of a process is given. */

/** The time. Only adapters have one; `core` is given `now`. */
export interface Clock {
  /** The moment, for deadlines. */
  now(): Date
  /** Milliseconds from an arbitrary start that never run backwards, for waiting. */
  monotonicMs(): number
}

/**
 * Where a test may stop or kill the process; a no-op unless armed. Each effect has one place before and one after it. `Answer`: the write
 * of an approval that others must join.
 */
export type FailpointName = `${'before' | 'after'}:${'W1' | 'I1' | 'W2' | 'I2' | 'Answer' | 'W3' | 'W4'}`

/** Faults on purpose, for tests of crashes; in production each does nothing. */
export interface Failpoints {
  hit(name: FailpointName): Promise<void>
}

/** What a line of the log says beside its message: JSON values, and no secret. */
export type LogFields = Readonly<Record<string, unknown>>

/** One line per thing that an operator would act on: a constant message, variables as fields, never a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
