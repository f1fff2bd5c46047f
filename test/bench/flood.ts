/** The largest legal requests from one namespace, as many as somebody has patience for: what they do to everybody else. */
import { startProgress } from '../../tools/envtest/progress.ts'
import { apiVersion } from '../../src/api/names.ts'
import { aWordyRequest, anAnnotatedRequest } from '../support/builders/largest-requests.ts'
import { watchCourse } from './course.ts'
import { inParallel } from './in-parallel.ts'
import { megabytes, seconds } from './numbers.ts'
import { lagOf } from './process-figures.ts'
import { figure, section } from './report.ts'
import { applyRules } from './rules.ts'
import { benchNamespace, named, startScene } from './scene.ts'
import type { Controller, Scene } from './scene.ts'
import { clientID, startStandIn } from './stand-in.ts'

/** `BENCH_FLOOD=3000` for a smaller machine. */
const total = Number(process.env.BENCH_FLOOD ?? 20_000)
const annotated = Math.round(total / 30)
const loud = 'loud'
const limit = '384 MiB, the chart’s'

export async function benchFlood(): Promise<void> {
  section(`flood: ${total - annotated} requests of 37 KB and ${annotated} of 250 KB from one namespace`)
  const scene = await startScene(1)
  const standIn = await startStandIn({ intervalSeconds: 5, answer: 'Pending' })
  try {
    await applyRules(scene, ['alice', 'bob', 'carol'], { ...standIn, clientID, profile: 'Generic' })
    await scene.create('/api/v1/namespaces', named('v1', 'Namespace', loud))
    const controller = await scene.startController()
    await Promise.race([flood(scene), controller.failed])
    await askMeanwhile(scene, controller, 'alice')
    await controller.stop()
    const next = await scene.startController()
    section('  … started again')
    figure('ready after', seconds(next.readySeconds))
    await askMeanwhile(scene, next, 'bob')
  } finally {
    await scene.stop()
    await standIn.close()
  }
}

async function flood(scene: Scene): Promise<void> {
  const progress = startProgress('flooding')
  const path = `/apis/${apiVersion}/namespaces/${loud}/approvalrequests`
  const startedAt = performance.now()
  await inParallel(
    Array.from({ length: total }, (_, index) => index),
    12,
    async (index) => {
      const request = index < annotated ? anAnnotatedRequest(loud, index) : aWordyRequest(loud, index)
      await scene.create(path, request)
      if (index % 100 === 0) progress.show(`${index} of ${total}`)
    },
  )
  progress.end()
  figure('created in', seconds((performance.now() - startedAt) / 1000))
}

async function askMeanwhile(scene: Scene, controller: Controller, person: string): Promise<void> {
  const course = await watchCourse(scene.admin, { namespace: benchNamespace })
  const [agent] = scene.agents
  const startedAt = performance.now()
  await agent?.ask(`${person}-0`, person)
  await Promise.race([course.until('AuthorizationPending', person === 'alice' ? 1 : 2), controller.failed])
  figure('another namespace’s request, asked after', seconds((performance.now() - startedAt) / 1000), '2 s')
  await course.stop()
  figure('event-loop lag', lagOf(await controller.metrics()))
  figure('RSS now', megabytes(controller.residentBytes('Now')))
  figure('RSS, peak', megabytes(controller.residentBytes('Peak')), limit)
}
