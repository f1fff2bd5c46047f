/**
 * What Countersign costs beside a controller in Go that does the same for each request: one prompt, one token request, three status
 * writes, one Secret. Both in turn against one API server and one provider, three times.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { section } from '../report.ts'
import { applyRules } from '../rules.ts'
import { benchNamespace, startScene } from '../scene.ts'
import type { Scene } from '../scene.ts'
import { clientID } from '../stand-in.ts'
import { contenders } from './contenders.ts'
import { startServer } from './programs.ts'
import { reportCalls, reportRatios, reportRun } from './report.ts'
import { measure } from './run.ts'
import type { Load, Run } from './run.ts'

/** `BENCH_PEER=200` for a smaller number. */
const total = Number(process.env.BENCH_PEER ?? 1000)
/** 40 × 25: each requester asks each approver once, so that no request waits for a limit. */
const load: Load = { total, atOnce: 16, approvers: 40, requesters: 25 }
const intervalSeconds = 1
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const actionPrefix = 'person-'
const objects = fileURLToPath(new URL('objects.yaml', import.meta.url))

export async function benchPeer(): Promise<void> {
  section(
    `peer: ${total} requests, ${load.atOnce} created at once, granted at the first token request, interval ${intervalSeconds} s, ${rounds} rounds`,
  )
  const scene = await startScene(0)
  try {
    await installObjects(scene)
    const args = [`--interval=${intervalSeconds}`]
    const { said } = await startServer(scene, 'peer-provider', { args, logName: 'bench' })
    const provider = { issuer: String(said.issuer), clientSecret: randomBytes(24).toString('base64url') }
    const people = Array.from({ length: load.approvers }, (_, index) => `${actionPrefix}${index}`)
    await applyRules(scene, people, { ...provider, clientID, profile: 'Generic' })
    const runs = { Go: [] as Run[], Countersign: [] as Run[] }
    const both = await contenders(scene, provider, actionPrefix)
    for (let round = 1; round <= rounds; round += 1) {
      for (const contender of both) {
        const logName = `${round}-${contender.name}`
        const run = await measure(scene, { contender, provider, load, logName })
        reportRun(`${round}, ${contender.name}`, run)
        runs[contender.name].push(run)
      }
    }
    for (const contender of both) reportCalls(contender, runs[contender.name], total)
    reportRatios(runs)
  } finally {
    await scene.stop()
  }
}

async function installObjects({ kubeconfig }: Scene): Promise<void> {
  await kubectl({ kubeconfig, args: ['apply', `--namespace=${benchNamespace}`, `--filename=${objects}`] })
  const args = ['wait', '--for=condition=Established', 'crd/approvals.peer.countersign.dev']
  await kubectl({ kubeconfig, args })
}
