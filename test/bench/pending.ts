/** Ten thousand requests that nobody answers: what waiting costs, and what a restart does to it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgress } from '../../tools/envtest/progress.ts'
import { watchCourse } from './course.ts'
import type { Course } from './course.ts'
import { inParallel } from './in-parallel.ts'
import { inMs, megabytes, ms, seconds, spreadOf } from './numbers.ts'
import { lagOf } from './process-figures.ts'
import { figure, section } from './report.ts'
import { applyRules } from './rules.ts'
import { startScene } from './scene.ts'
import type { Controller, Scene } from './scene.ts'
import { clientID, startStandIn } from './stand-in.ts'
import type { StandIn } from './stand-in.ts'

/** `BENCH_PENDING=900` for a smaller machine; a square is best. */
const agents = Math.round(Math.sqrt(Number(process.env.BENCH_PENDING ?? 10_000)))
const people = agents
const requests = agents * people
/** `BENCH_APPROVERS=3`: how many people each request asks; all of them must approve. */
const approvers = Number(process.env.BENCH_APPROVERS ?? 1)
/** So that two cores, which carry everything here, are not asked for 2,000 token requests a second. */
const intervalSeconds = 30 * approvers
const watchedSeconds = 1.5 * intervalSeconds
const mostMemory = approvers === 1 ? '180 MB' : '2 × that of one approver'
const askingAtOnce = 6

export async function benchPending(): Promise<void> {
  const scene = await startScene(agents)
  const standIn = await startStandIn({ intervalSeconds, answer: 'Pending' })
  try {
    const names = Array.from({ length: people }, (_, index) => `person-${index}`)
    await applyRules(scene, names, { ...standIn, clientID, profile: 'Generic', approvers })
    const course = await watchCourse(scene.admin)
    section(
      `pending: ${requests} requests of ${approvers} prompt${approvers === 1 ? '' : 's'} each, an interval of ${intervalSeconds} s, a stand-in for the provider`,
    )
    const controller = await scene.startController()
    figure('RSS, idle', megabytes(controller.residentBytes('Now')), '110 MB')
    await Promise.race([ramp({ scene, standIn, course, controller }, names), controller.failed])
    await course.stop()
    await wait({ scene, standIn, controller })
    await restart({ scene, standIn, controller })
  } finally {
    await scene.stop()
    await standIn.close()
  }
}

type Bench = {
  readonly scene: Scene
  readonly standIn: StandIn
  readonly course: Course
  readonly controller: Controller
}

async function ramp({ scene, standIn, course, controller }: Bench, names: readonly string[]): Promise<void> {
  const progress = startProgress('asking')
  const show = setInterval(() => {
    progress.show(`${course.count('AuthorizationPending')} of ${requests} are pending`)
  }, 500)
  const startedAt = performance.now()
  const cpuBefore = controller.cpuSeconds()
  await controller.metrics()
  await inParallel([...scene.agents.entries()], askingAtOnce, async ([index, agent]) => {
    for (const name of names) await agent.ask(`${name}-${index}`, name)
  })
  const createdSeconds = (performance.now() - startedAt) / 1000
  await course.until('AuthorizationPending', requests)
  const wall = (performance.now() - startedAt) / 1000
  clearInterval(show)
  progress.end()
  figure('created in', seconds(createdSeconds))
  figure('all pending after', seconds(wall))
  figure('CPU, controller', seconds(controller.cpuSeconds() - cpuBefore))
  figure('prompts sent', String(standIn.prompts()), String(requests * approvers))
  figure('token requests late by, meanwhile', inMs(spreadOf(standIn.takeLateness())))
  figure('event-loop lag, meanwhile', lagOf(await controller.metrics()))
  figure('RSS after it, peak', memory(controller))
}

async function wait({ scene, standIn, controller }: Omit<Bench, 'course'>): Promise<void> {
  const progress = startProgress('waiting')
  // The ramp left its own mark on those that were under way.
  await sleep(2000)
  standIn.takeLateness()
  await controller.metrics()
  const before = {
    cpu: controller.cpuSeconds(),
    tokens: standIn.tokenRequests(),
    api: await scene.apiRequests(),
  }
  for (let second = 0; second < watchedSeconds; second += 1) {
    progress.show(`${watchedSeconds - second} s to go`)
    await sleep(1000)
  }
  progress.end()
  const tokens = standIn.tokenRequests() - before.tokens
  const cpu = controller.cpuSeconds() - before.cpu
  const lateness = standIn.takeLateness()
  section(`  … ${watchedSeconds} s later`)
  figure('token requests', `${tokens}, ${(tokens / watchedSeconds).toFixed(0)} a second`)
  figure('token requests late by', inMs(spreadOf(lateness)), 'p99 ≤ 1 s')
  const early = lateness.filter((late) => late < 0)
  figure('too early', `${early.length}, by at most ${ms(-Math.min(0, ...early))}`, '0')
  figure('event-loop lag', lagOf(await controller.metrics()), 'p99 ≤ 50 ms')
  figure('RSS now, peak', memory(controller), mostMemory)
  figure(
    'CPU',
    `${((100 * cpu) / watchedSeconds).toFixed(0)} % of a core, ${ms((1000 * cpu) / tokens)} a token request`,
  )
  const after = await scene.apiRequests()
  const status =
    (after.get('PUT approvalrequests/status') ?? 0) - (before.api.get('PUT approvalrequests/status') ?? 0)
  figure('writes of status meanwhile', String(status), '0')
}

async function restart({ scene, standIn, controller }: Omit<Bench, 'course'>): Promise<void> {
  await controller.stop()
  standIn.takeLateness()
  const before = await scene.apiRequests()
  const startedAt = performance.now()
  const everyone = standIn.everyoneAsked()
  const next = await scene.startController()
  const timersSeconds = await untilQuiet(next).then(() => (performance.now() - startedAt) / 1000)
  const progress = startProgress('restarted')
  await everyone
  const everyoneSeconds = (performance.now() - startedAt) / 1000
  const early = standIn.takeLateness().filter((late) => late < 0)
  progress.end()
  section('  … restarted')
  figure('ready after', seconds(next.readySeconds), '1 s')
  figure('all timers set after', seconds(timersSeconds), '5 s')
  figure(
    'everyone asked for after',
    seconds(everyoneSeconds),
    `two intervals, ${2 * intervalSeconds} s, from ready on`,
  )
  figure('too early, by what the one before had asked', `${early.length} of ${standIn.prompts()}`, '0')
  figure('event-loop lag', lagOf(await next.metrics()))
  figure('RSS now, peak', memory(next), mostMemory)
  const after = await scene.apiRequests()
  for (const name of ['GET approvalrequests', 'GET secrets']) {
    figure(`${name} for it`, String((after.get(name) ?? 0) - (before.get(name) ?? 0)))
  }
}

/** Each request was reconciled, and none waits for it. */
async function untilQuiet(controller: Controller): Promise<void> {
  for (;;) {
    const metrics = await controller.metrics()
    const reconciles = metrics('controller_runtime_reconcile_total')
    if (reconciles >= requests && metrics('workqueue_depth') === 0) return
    await sleep(50)
  }
}

function memory(controller: Controller): string {
  return `${megabytes(controller.residentBytes('Now'))}, ${megabytes(controller.residentBytes('Peak'))}`
}
