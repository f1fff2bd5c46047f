/** What the kernel (Linux) and the controller itself say of a process. */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** USER_HZ, 100 on every architecture that Node runs on. */
const ticksPerSecond = 100

export function cpuSecondsOf(pid: number): number {
  // The second field, in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/**
 * The process of a program, told from others by one of its arguments.
 * @throws if there is none
 */
export function processOf(program: string, argument: string): number {
  const file = globSync('/proc/[0-9]*/cmdline').find((candidate) => {
    const [path = '', ...args] = argumentsIn(candidate)
    return basename(path) === program && args.includes(argument)
  })
  if (file === undefined) throw new Error(`no ${program} runs with ${argument}`)
  return Number(file.split('/')[2])
}

/** None of a process that has ended meanwhile. */
function argumentsIn(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\0')
  } catch {
    return []
  }
}

export function residentBytesOf(pid: number, which: 'Now' | 'Peak'): number {
  const name = which === 'Now' ? 'VmRSS' : 'VmHWM'
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
}

/** The sum over all labels, or over those series whose labels contain a text. */
export type Metrics = (name: string, labels?: string) => number

export async function readMetrics(url: string): Promise<Metrics> {
  const response = await fetch(url)
  const text = await response.text()
  return (name, labels = '') =>
    [...text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'))]
      .filter(([, found = '']) => found.includes(labels))
      .reduce((sum, [, , value]) => sum + Number(value), 0)
}

/** How late timers were since the metrics were last read. Counted from timer to timer, so the resolution is in it. */
export function lagOf(metrics: Metrics): string {
  const ms = (name: string): string =>
    Math.max(0, metrics(`nodejs_eventloop_lag_${name}_seconds`) * 1000 - 10).toFixed(0)
  return `p50 ${ms('p50')} ms  p99 ${ms('p99')} ms  max ${ms('max')} ms`
}
