import { on } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { FailpointName, Failpoints } from '../core/ports/surroundings.ts'

/** `FAILPOINTS` names something that does not exist. */
export class FailpointSyntaxError extends Error {
  readonly code = 'ERR_FAILPOINT_SYNTAX'
}

/** What the action `throw` throws. */
export class FailpointError extends Error {
  readonly code = 'ERR_FAILPOINT'
}

const names = [
  ...(['before:W1', 'after:W1', 'before:I1', 'after:I1', 'before:W2', 'after:W2'] as const),
  ...(['before:I2', 'after:I2', 'before:Answer', 'after:Answer'] as const),
  ...(['before:W3', 'after:W3', 'before:W4', 'after:W4'] as const),
] satisfies readonly FailpointName[]

type Action = (name: FailpointName) => Promise<void>

const actions: Readonly<Record<string, Action>> = {
  exit: () => process.exit(1),
  kill: () => {
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => undefined)
  },
  throw: (name) => Promise.reject(new FailpointError(`failpoint ${name}`)),
}

/**
 * Arms failpoints from the environment variable `FAILPOINTS`, for example
 * `before:W1=exit;after:I1=kill;after:I2=pause(500);before:W3=hold` (milliseconds). Without it they do nothing.
 * `freeze(500)` lets nothing else happen meanwhile, as in a process that is not scheduled: no timer comes before what follows.
 * @param onHit called for each armed failpoint that is reached, before it acts
 * @throws FailpointSyntaxError that lists what is known
 */
export function failpointsFrom(
  env: string | undefined,
  onHit: (name: FailpointName) => void = () => undefined,
): Failpoints {
  const armed = new Map((env ?? '').split(';').filter(isFilled).map(parse))
  return {
    hit: async (name) => {
      const action = armed.get(name)
      if (action === undefined) return
      onHit(name)
      await action(name)
    },
  }
}

function isFilled(entry: string): boolean {
  return entry.trim() !== ''
}

function parse(entry: string): [FailpointName, Action] {
  const [wanted = '', action = ''] = entry.split('=').map((part) => part.trim())
  const name = names.find((known) => known === wanted)
  if (name === undefined) {
    throw new FailpointSyntaxError(`FAILPOINTS: no failpoint "${wanted}"; known are ${names.join(', ')}`)
  }
  return [name, actionFrom(action)]
}

function actionFrom(text: string): Action {
  const pauseMs = /^pause\((\d{1,9})\)$/.exec(text)?.[1]
  if (pauseMs !== undefined) return () => wait(Number(pauseMs))
  const frozenMs = /^freeze\((\d{1,9})\)$/.exec(text)?.[1]
  if (frozenMs !== undefined) return freezeFor(Number(frozenMs))
  if (text === 'hold') return holdOnce()
  if (Object.hasOwn(actions, text) && actions[text] !== undefined) return actions[text]
  const known = [...Object.keys(actions), 'hold', 'pause(<milliseconds>)', 'freeze(<milliseconds>)'].join(
    ', ',
  )
  throw new FailpointSyntaxError(`FAILPOINTS: no action "${text}"; known are ${known}`)
}

function freezeFor(ms: number): Action {
  return () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    return Promise.resolve()
  }
}

/** The first one to come waits for a SIGUSR2, which may have come before; each lets one failpoint go on. */
function holdOnce(): Action {
  releases ??= on(process, 'SIGUSR2')
  const next = releases
  let isTaken = false
  return async () => {
    if (isTaken) return
    isTaken = true
    await next.next()
  }
}

let releases: AsyncIterator<unknown> | undefined
