/** How fast the gate answers `pending` with many questions open, and what that costs. */
import { Agent, request } from 'undici'
import { createAccount, requestToken } from '../support/builders/service-account-tokens.ts'
import { letAsk } from '../support/builders/gate-access.ts'
import { aRollout, aRun } from '../support/builders/gate-objects.ts'
import { gatePath, startGateScene } from '../support/scenes/gate-scene.ts'
import type { GateScene } from '../support/scenes/gate-scene.ts'
import { create } from '../support/clusters/question.ts'
import { globalSetup, globalTeardown } from '../support/clusters/global-setup.ts'
import { inMs, ms, spreadOf } from './numbers.ts'
import { cpuSecondsOf } from './process-figures.ts'
import { figure, section } from './report.ts'

const namespace = 'bench'
const [questions, rate, seconds] = [1000, 500, 20]

const pods = {
  selector: { matchLabels: { app: 'foo' } },
  template: {
    metadata: { labels: { app: 'foo' } },
    spec: { containers: [{ name: 'foo', image: 'foo:v2', resources: {} }] },
  },
}

export async function benchGate(): Promise<void> {
  section(`gate: ${rate} requests a second for ${seconds} s, with ${questions} open requests`)
  await globalSetup()
  try {
    // The proxy that counts stands between the controller and the API server, not before the gate.
    const scene = await startGateScene('--unmatched-seconds', '3600')
    await measure(scene).finally(() => scene.close())
  } finally {
    await globalTeardown()
  }
}

async function measure(scene: GateScene): Promise<void> {
  const token = await prepare(scene, questions)
  const agent = new Agent({ connections: 64 })
  const caller = { agent, token, url: `${scene.gateUrl}${gatePath}` }
  await untilPending(caller, questions)
  const mark = scene.proxy.exchanges.length
  const [cpuBefore, startedAt] = [cpuSecondsOf(scene.pid()), performance.now()]
  const latencies = await load(caller, { questions, rate, seconds })
  const took = (performance.now() - startedAt) / 1000
  const cpu = cpuSecondsOf(scene.pid()) - cpuBefore
  const calls = scene.callsSince(mark)
  await agent.close()
  figure('answers a second', (latencies.length / took).toFixed(0), String(rate))
  figure('answered after', inMs(spreadOf(latencies)), 'p99 ≤ 10 ms')
  figure(
    'CPU',
    `${((100 * cpu) / took).toFixed(0)} % of a core, ${ms((1000 * cpu) / latencies.length)} an answer`,
  )
  figure('API calls', `${calls.length} (${[...new Set(calls)].join(', ') || 'none'})`, '0')
}

async function prepare({ operator, rollouts, runs }: GateScene, count: number): Promise<string> {
  await create(operator.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const account = await createAccount(operator.admin, namespace, 'countersign-gate')
  await letAsk({ operator }, account)
  for (let from = 0; from < count; from += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, count - from) }, (_, index) =>
        createWaiting({ rollouts, runs }, nameOf(from + index)),
      ),
    )
  return requestToken(operator.admin, account)
}

async function createWaiting(
  { rollouts, runs }: Pick<GateScene, 'rollouts' | 'runs'>,
  name: string,
): Promise<void> {
  const { spec, status, ...rest } = aRollout({
    canary: { currentStepAnalysisRunStatus: { name, status: 'Running' } },
  })
  const created = await rollouts.create({
    ...rest,
    spec: { ...spec, ...pods },
    metadata: { namespace, name },
  })
  if (created.kind !== 'Applied') throw new Error(JSON.stringify(created))
  const observedGeneration = String(created.object.metadata.generation)
  await rollouts.replaceStatus({ ...created.object, status: { ...status, observedGeneration } })
  const run = aRun({ name })
  const { labels = {}, ownerReferences = [] } = run.metadata
  const owners = ownerReferences.map((owner) => ({ ...owner, name, uid: created.object.metadata.uid ?? '' }))
  const args = [
    { name: 'rollout', value: name },
    { name: 'gate', value: 'promote' },
  ]
  const metadata = { namespace, name, labels, ownerReferences: owners }
  await create(runs, { ...run, spec: { ...run.spec, args }, metadata })
}

function nameOf(index: number): string {
  return `rollout-${index}`
}

type Caller = { readonly agent: Agent; readonly token: string; readonly url: string }

async function ask({ agent, token, url }: Caller, rollout: string): Promise<string> {
  const { body } = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rollout, gate: 'promote' }),
  })
  return body.text()
}

/** Puts every question, and waits until the gate's watch has seen each. */
async function untilPending(caller: Caller, count: number): Promise<void> {
  for (let from = 0; from < count; from += 20) {
    const names = Array.from({ length: Math.min(20, count - from) }, (_, index) => nameOf(from + index))
    await Promise.all(names.map((name) => untilSeen(caller, name)))
  }
}

async function untilSeen(caller: Caller, name: string): Promise<void> {
  for (;;) {
    if ((await ask(caller, name)).includes('NoMatchingPolicy')) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

type Load = { readonly questions: number; readonly rate: number; readonly seconds: number }

/** Open loop: each call at its own time, whether or not those before it were answered. */
async function load(caller: Caller, plan: Load): Promise<readonly number[]> {
  const startedAt = performance.now()
  const calls: Promise<number>[] = []
  for (let sent = 0; sent < plan.rate * plan.seconds;) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * plan.rate)
    for (; sent < Math.min(due, plan.rate * plan.seconds); sent++) {
      const intendedAt = startedAt + (sent / plan.rate) * 1000
      calls.push(answeredAfter(caller, { name: nameOf(sent % plan.questions), intendedAt }))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return Promise.all(calls)
}

/** Counted from when it was to be sent. */
async function answeredAfter(
  caller: Caller,
  { name, intendedAt }: { readonly name: string; readonly intendedAt: number },
): Promise<number> {
  const answer = await ask(caller, name)
  if (!answer.includes('"decision":"pending"')) throw new Error(answer)
  return performance.now() - intendedAt
}
