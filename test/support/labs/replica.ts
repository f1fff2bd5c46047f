/** Controllers of a cluster, each a process of its own that a test can do anything to. */
import type { ClusterWithoutController } from '../../../tools/local/cluster.ts'
import { linesOf, logged } from '../../../tools/local/processes.ts'
import type { LogLine, Running } from '../../../tools/local/processes.ts'
import type { FailpointName } from '../../../src/core/ports/surroundings.ts'
import { soon } from '../assertions/patience.ts'

export type Replica = Pick<Running, 'stop'> & {
  /** Where it takes pings, without the path. */
  readonly pingUrl: string
  /** Until it has ended; with its exit code, which is 128 and the signal's number if a signal ended it. */
  ends(): Promise<number | null>
  /** Until it is at this failpoint, which must be armed. */
  reaches(name: FailpointName): Promise<LogLine>
  /** Until a line with this message is logged. */
  says(message: string): Promise<LogLine>
  hasSaid(message: string): boolean
  signal(name: NodeJS.Signals): void
  /** Lets one failpoint go on that holds. */
  release(): void
}

export type Replicas = {
  /** Returns when it is ready, whether or not it leads. */
  start(failpoints?: string, times?: Times): Promise<Replica>
  /** Ends those that still run. */
  stop(): Promise<void>
}

/** Flags that set the times of lease and holds. */
export type Times = Readonly<Record<string, string>>

/** As without any flag. */
export const shipped: Times = {}

/** Seconds instead of the real times, and no less: a machine with two processors must keep up with renewing. */
const short: Times = {
  '--lease-seconds': '4',
  '--renew-deadline-seconds': '3',
  '--retry-seconds': '0.2',
  '--hold-seconds': '1',
}

/** So that a process may stand still while people answer, and still leads. */
export const patient: Times = { ...short, '--lease-seconds': '8', '--renew-deadline-seconds': '7' }

export function replicasOf(cluster: Pick<ClusterWithoutController, 'startController'>): Replicas {
  let count = 0
  let running: Running[] = []
  return {
    async start(failpoints = '', times = short) {
      count += 1
      const started = await cluster.startController({
        args: [...Object.entries(times).flat(), '--log-level', 'debug'],
        env: { FAILPOINTS: failpoints },
        logName: `controller-${count}`,
      })
      running.push(started)
      return replica(started)
    },
    async stop() {
      const ending = running
      running = []
      await Promise.all(ending.map((started) => started.stop()))
    },
  }
}

function replica(running: Running): Replica {
  const { logFile, ended } = running
  const hasMessage =
    (message: string) =>
    ({ msg }: LogLine): boolean =>
      msg === message
  const lines = linesOf(logFile)
  const pid = lines.find(hasMessage('ready'))?.pid
  if (typeof pid !== 'number') throw new Error(`${logFile} names no process id`)
  const { url: pingUrl } = lines.find(({ msg, server }) => msg === 'serving' && server === 'ping') ?? {}
  if (typeof pingUrl !== 'string') throw new Error(`${logFile} names no address for pings`)
  return {
    pingUrl,
    ends: () => soon(ended, () => `the end of process ${pid}`),
    stop: () => running.stop(),
    reaches: (name) => logged(logFile, ({ failpoint }) => failpoint === name),
    says: (message) => logged(logFile, hasMessage(message)),
    hasSaid: (message) => linesOf(logFile).some(hasMessage(message)),
    signal: (name) => process.kill(pid, name),
    release: () => process.kill(pid, 'SIGUSR2'),
  }
}
