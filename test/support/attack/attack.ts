/** Somebody who does their worst, as a program: in a process group of its own, for a bounded time, and never beyond loopback. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startLeashed } from '../../../tools/envtest/leashed-process.ts'
import { logged } from '../../../tools/local/processes.ts'

/** Each is a file beside this one, which says what it does. */
export type Attacker = 'crowd' | 'hostile-provider' | 'ping-sender' | 'editor'

/** What was done so far, by its name: `refused tokens: 4711`. */
export type Done = Readonly<Record<string, number>>

export type Attack = {
  /** What the attacker says of itself when it has begun. */
  readonly begun: Readonly<Record<string, unknown>>
  done(): Done
  /** Rejects when the attacker falls over before it was stopped. */
  readonly failed: Promise<never>
  /** @returns what was done in all; the same however often it is called */
  stop(): Promise<Done>
}

/** The program ends by itself after this, whatever becomes of the test. */
const longestSeconds = 60

/**
 * @param given what the attacker needs to know, as JSON
 * @param seconds after which it ends by itself
 * @returns once the attack is under way
 */
export async function startAttack(
  attacker: Attacker,
  given: object,
  seconds = longestSeconds,
): Promise<Attack> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-attack-'))
  const logFile = join(directory, 'log')
  const program = fileURLToPath(new URL(`${attacker}.ts`, import.meta.url))
  const args = [program, JSON.stringify(given)]
  // It needs no half of a container's memory, as the processes under attack do.
  const env = { NODE_OPTIONS: '', ATTACK_SECONDS: String(seconds) }
  const running = startLeashed({ program: process.execPath, args, logFile, directory, env })
  const begun = await Promise.race([logged(logFile, ({ msg }) => msg === 'begun'), running.failed])
  const done = (): Done => lastCount(readFileSync(logFile, 'utf8'))
  const end = async (): Promise<Done> => {
    await running.stop()
    const all = done()
    await rm(directory, { recursive: true, force: true })
    return all
  }
  let ending: Promise<Done> | undefined
  return { begun, done, failed: running.failed, stop: () => (ending ??= end()) }
}

function lastCount(log: string): Done {
  const line = log.split('\n').findLast((each) => each.startsWith('{"done":') && each.endsWith('}}'))
  return line === undefined ? {} : (JSON.parse(line) as { readonly done: Done }).done
}

/** For the attackers themselves. */
export type Counting = { count(what: string): void }

/** From now on it leaves the CPU to others: where it is real it has a machine of its own, and here it shares one with whom it attacks. */
export function giveWay(): void {
  setPriority(15)
}

/** Says that the attack has begun, what was done every half second, and ends the program in time. */
export function report(begun: object = {}): Counting {
  const done: Record<string, number> = {}
  console.log(JSON.stringify({ msg: 'begun', ...begun }))
  setInterval(() => {
    console.log(JSON.stringify({ done }))
  }, 500)
  setTimeout(() => process.exit(), Number(process.env.ATTACK_SECONDS) * 1000)
  return {
    count: (what) => {
      done[what] = (done[what] ?? 0) + 1
    },
  }
}

/** So many at once, each again and again; what fails counts as refused. */
export function again(times: number, counting: Counting, work: (loop: number) => Promise<string>): void {
  const loop = async (index: number): Promise<never> => {
    for (;;)
      try {
        counting.count(await work(index))
      } catch {
        counting.count('cut off')
        await sleep(20)
      }
  }
  for (let index = 0; index < times; index++) void loop(index)
}
