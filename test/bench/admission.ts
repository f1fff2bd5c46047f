/**
 * What a create costs the API server, rule by rule, while no controller runs: a kind without rules, one with the schema, and with the
 * admission policies. Measured several times in turns, since other work may share the machine.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { apiVersion } from '../../src/api/names.ts'
import { allowToAsk, requestOf } from './agents.ts'
import { inParallel } from './in-parallel.ts'
import { copies, createCopies } from './kinds-without-rules.ts'
import { median, seconds } from './numbers.ts'
import { policySwitch } from './policy-switch.ts'
import type { Effects } from './policy-switch.ts'
import { cpuSecondsOf, processOf } from './process-figures.ts'
import { figure, section } from './report.ts'
import { benchNamespace, startScene } from './scene.ts'
import type { Scene } from './scene.ts'

/** `BENCH_CREATES=300` for a smaller machine. */
const creates = Number(process.env.BENCH_CREATES ?? 1000)
const rounds = 3
const agents = 4
/** In which the API server ends what it does after the answers: events of watches, garbage. */
const settleMs = 500

type Row = { readonly name: string; readonly group: string; readonly effects: Effects }

const own = apiVersion.split('/')[0] ?? ''
const none: Effects = { requester: false, others: false, stamp: false }
const rows: readonly Row[] = [
  { name: 'a kind without schema', group: copies.withoutSchema, effects: none },
  { name: 'the schema without its rules', group: copies.withoutRules, effects: none },
  { name: 'the schema', group: own, effects: none },
  { name: '  + validating, of other kinds', group: own, effects: { ...none, others: true } },
  { name: '  + validating, of the requester', group: own, effects: { ...none, requester: true } },
  { name: '  + mutating', group: own, effects: { ...none, stamp: true } },
  { name: 'as installed', group: own, effects: { requester: true, others: true, stamp: true } },
]

export async function benchAdmission(): Promise<void> {
  section(`admission: CPU of the API server for ${creates} creates, no controller; median of ${rounds}`)
  const scene = await startScene(agents)
  try {
    const pid = processOf('kube-apiserver', `--secure-port=${new URL(scene.url).port}`)
    await createCopies(scene)
    await allowToAsk({ admin: scene.admin, namespace: benchNamespace }, Object.values(copies))
    const [prober] = scene.agents
    if (prober === undefined) throw new TypeError('a scene has agents')
    const policies = policySwitch(scene, prober)
    const measured = rows.map((row) => ({ ...row, values: [] as number[] }))
    // The first round is not counted: what is served for the first time is prepared meanwhile.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { group, effects, values } of measured) {
        await policies.set(effects)
        const before = cpuSecondsOf(pid)
        await createAll(scene, group, round === 0 ? creates / 10 : creates)
        if (round > 0) values.push(cpuSecondsOf(pid) - before)
        await deleteAll(scene, group)
      }
    }
    for (const { name, values } of measured)
      figure(name, `${seconds(median(values))}  of ${values.map((v) => v.toFixed(2)).join(', ')}`)
  } finally {
    await scene.stop()
  }
}

async function createAll(scene: Scene, group: string, count: number): Promise<void> {
  await inParallel([...scene.agents.entries()], agents, async ([index, agent]) => {
    const { spec, ...request } = requestOf('', 'bench')
    // With a requester, which without the mutating policy everybody writes.
    const body = {
      ...request,
      apiVersion: `${group}/v1alpha1`,
      spec: { ...spec, target: { ...spec.target, name: 'bench' }, requester: { username: agent.username } },
    }
    for (let done = 0; done < count / agents; done += 1)
      await agent.create(collection(group), { ...body, metadata: { name: `${index}-${done}` } })
  })
  await sleep(settleMs)
}

async function deleteAll({ admin }: Scene, group: string): Promise<void> {
  await admin.request({ method: 'DELETE', path: collection(group) })
  await sleep(settleMs)
}

function collection(group: string): string {
  return `/apis/${group}/v1alpha1/namespaces/${benchNamespace}/approvalrequests`
}
