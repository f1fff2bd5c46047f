/** One part of the process that has to be closed. */
export type Closer = { readonly name: string; readonly close: () => Promise<unknown> }

/** What to close, in which order, and who is notified. */
export type ShutdownOptions = {
  /** In the order in which they are closed, each after the one before. */
  readonly closers: readonly Closer[]
  onSignal?(signal: NodeJS.Signals): void
  /** One could not be closed; the others are closed all the same. */
  onError(name: string, error: unknown): void
}

/**
 * Waits for SIGTERM or SIGINT, then closes everything.
 * A second signal ends the process at once, as if nobody listened.
 */
export async function closeOnSignal(options: ShutdownOptions): Promise<void> {
  const signal = await firstSignal()
  options.onSignal?.(signal)
  for (const { name, close } of options.closers) {
    try {
      await close()
    } catch (error) {
      options.onError(name, error)
    }
  }
}

function firstSignal(): Promise<NodeJS.Signals> {
  const signals = ['SIGTERM', 'SIGINT'] as const
  return new Promise((resolve) => {
    const listener = (signal: NodeJS.Signals): void => {
      for (const name of signals) process.off(name, listener)
      resolve(signal)
    }
    for (const name of signals) process.on(name, listener)
  })
}
