/** A thousand requests at once, each granted at its first token request by a stand-in for the provider. */
import { select, since } from './api-requests.ts'
import agreed from './calls-per-approval.json' with { type: 'json' }
import { watchCourse } from './course.ts'
import { inParallel } from './in-parallel.ts'
import { inMs, megabytes, seconds, spreadOf } from './numbers.ts'
import { lagOf } from './process-figures.ts'
import { figure, section } from './report.ts'
import { applyRules } from './rules.ts'
import { startScene } from './scene.ts'
import { clientID, startStandIn } from './stand-in.ts'

const agents = 20
/** `BENCH_BURST=200` for a smaller machine. */
const people = Math.ceil(Number(process.env.BENCH_BURST ?? 1000) / agents)
const intervalSeconds = 1

export async function benchBurst(): Promise<void> {
  const total = agents * people
  section(
    `burst: ${total} requests at once, granted at the first token request, interval ${intervalSeconds} s, stand-in`,
  )
  const scene = await startScene(agents)
  const standIn = await startStandIn({ intervalSeconds, answer: 'Grant' })
  try {
    const names = Array.from({ length: people }, (_, index) => `person-${index}`)
    await applyRules(scene, names, { ...standIn, clientID, profile: 'Generic' })
    const course = await watchCourse(scene.admin)
    const controller = await scene.startController()
    await controller.metrics()
    const before = { api: await scene.apiRequests(), cpu: controller.cpuSeconds(), at: performance.now() }
    await inParallel([...scene.agents.entries()], agents, async ([index, agent]) => {
      for (const name of names) await agent.ask(`${name}-${index}`, name)
    })
    const created = performance.now()
    await Promise.race([course.until('Approved', total), controller.failed])
    const wall = (performance.now() - before.at) / 1000
    const cpu = controller.cpuSeconds() - before.cpu
    figure('created in', seconds((created - before.at) / 1000))
    figure('all approved after', seconds(wall))
    figure('CPU, controller', `${seconds(cpu)}, ${((1000 * cpu) / total).toFixed(1)} ms each`)
    figure('token requests each', (standIn.tokenRequests() / total).toFixed(2), '1')
    figure('token requests late by', inMs(spreadOf(standIn.takeLateness())))
    const api = since(before.api, await scene.apiRequests())
    for (const [name, count] of select(api, Object.keys(agreed.calls)))
      figure(`${name} each`, (count / total).toFixed(2))
    figure('event-loop lag', lagOf(await controller.metrics()))
    figure('RSS, peak', megabytes(controller.residentBytes('Peak')))
    await course.stop()
  } finally {
    await scene.stop()
    await standIn.close()
  }
}
