/**
 * How fast the gate answers `pending` with many questions open, and what that costs. Prints, asserts nothing:
 *
 *     node test/bench/gate-latency.ts [--questions 1000] [--rate 500] [--seconds 20]
 */
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { Agent, request } from 'undici'
import { createAccount, requestToken } from '../support/service-account-tokens.ts'
import { letAsk } from '../support/gate-access.ts'
import { aRollout, aRun } from '../support/gate-objects.ts'
import { gatePath, startGateScene, type GateScene } from '../support/gate-scene.ts'
import { create } from '../support/question.ts'

const namespace = 'bench'
const { values } = parseArgs({
  options: {
    questions: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
  },
})
const [questions, rate, seconds] = [values.questions, values.rate, values.seconds].map(Number)
if (questions === undefined || rate === undefined || seconds === undefined) throw new TypeError('numbers')

const pods = {
  selector: { matchLabels: { app: 'foo' } },
  template: {
    metadata: { labels: { app: 'foo' } },
    spec: { containers: [{ name: 'foo', image: 'foo:v2', resources: {} }] },
  },
}

// The proxy that counts stands between the controller and the API server, not before the gate.
const scene = await startGateScene('--unmatched-seconds', '3600')
try {
  const token = await prepare(scene, questions)
  const agent = new Agent({ connections: 64 })
  await untilPending(agent, token, questions)
  const mark = scene.proxy.exchanges.length
  const [cpuBefore, startedAt] = [cpuSeconds(scene.pid()), performance.now()]
  const latencies = await load(agent, token, { questions, rate, seconds })
  const took = (performance.now() - startedAt) / 1000
  const cpu = (cpuSeconds(scene.pid()) - cpuBefore) / took
  const calls = scene.callsSince(mark)
  await agent.close()
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`
  const result = {
    'open questions': questions,
    'answers a second': (latencies.length / took).toFixed(0),
    p50: at(0.5),
    p99: at(0.99),
    longest: at(0.99999),
    "controller's CPU": `${(cpu * 100).toFixed(0)} % of a core`,
    'CPU for an answer': `${((cpu * took * 1000) / latencies.length).toFixed(2)} ms`,
    'load average': loadavg()[0]?.toFixed(1),
    'API calls': `${calls.length} in all (${[...new Set(calls)].join(', ') || 'none'})`,
  }
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(20)}${value ?? ''}`)
} finally {
  await scene.close()
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

async function ask(agent: Agent, token: string, rollout: string): Promise<string> {
  const { body } = await request(`${scene.gateUrl}${gatePath}`, {
    dispatcher: agent,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rollout, gate: 'promote' }),
  })
  return body.text()
}

/** Puts every question, and waits until the gate's watch has seen each. */
async function untilPending(agent: Agent, token: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 20) {
    const names = Array.from({ length: Math.min(20, count - from) }, (_, index) => nameOf(from + index))
    await Promise.all(names.map((name) => untilSeen(agent, token, name)))
  }
}

async function untilSeen(agent: Agent, token: string, name: string): Promise<void> {
  for (;;) {
    if ((await ask(agent, token, name)).includes('NoMatchingPolicy')) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

type Load = { readonly questions: number; readonly rate: number; readonly seconds: number }

/** Open loop: each call at its own time, whether or not those before it were answered. */
async function load(agent: Agent, token: string, plan: Load): Promise<readonly number[]> {
  const startedAt = performance.now()
  const calls: Promise<number>[] = []
  for (let sent = 0; sent < plan.rate * plan.seconds;) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * plan.rate)
    for (; sent < Math.min(due, plan.rate * plan.seconds); sent++) {
      const intendedAt = startedAt + (sent / plan.rate) * 1000
      calls.push(answeredAfter(agent, token, { name: nameOf(sent % plan.questions), intendedAt }))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return Promise.all(calls)
}

/** Counted from when it was to be sent. */
async function answeredAfter(
  agent: Agent,
  token: string,
  { name, intendedAt }: { readonly name: string; readonly intendedAt: number },
): Promise<number> {
  const answer = await ask(agent, token, name)
  if (!answer.includes('"decision":"pending"')) throw new Error(answer)
  return performance.now() - intendedAt
}

/** User and system time, in Linux' ticks of a hundredth of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
