/** One line that says how far a long task is: rewritten on a terminal, printed now and then elsewhere. */
const secondsBetweenLines = 20

export type Progress = { show(state: string): void; end(): void }

/** `show` may be called as often as the state changes. */
export function startProgress(label: string): Progress {
  const startedAt = performance.now()
  const stream = process.stderr
  let printedAt = -Infinity
  let last = ''
  const timer = setInterval(refresh, 1000)

  function refresh(): void {
    const elapsed = Math.floor((performance.now() - startedAt) / 1000)
    const line = `… ${label}: ${last}, ${elapsed} s`
    if (stream.isTTY) {
      stream.write(`\r\x1b[2K${line.slice(0, stream.columns - 1)}`)
    } else if (elapsed - printedAt >= secondsBetweenLines) {
      printedAt = elapsed
      stream.write(`${line}\n`)
    }
  }

  return {
    show(state) {
      last = state
    },
    end() {
      clearInterval(timer)
      if (stream.isTTY) stream.write('\r\x1b[2K')
    },
  }
}
