/**
 * People who do their worst, each alone and in full size: what another namespace's requests notice. They run on the same machine, with
 * less of its CPU than the processes that they attack (`nice`).
 */
import { startProgress } from '../../tools/envtest/progress.ts'
import { startAttack } from '../support/attack/attack.ts'
import type { Attack, Attacker } from '../support/attack/attack.ts'
import { memoryLimitOf, nodeOptionsFor, withNodeOptions } from '../support/attack/chart-limits.ts'
import { anOwner, askThroughEach, askTheSender } from '../support/attack/scenes.ts'
import { ofController } from '../support/attack/targets.ts'
import { startCompanyProvider } from '../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../support/fakes/providers/company.ts'
import { eventually } from '../support/assertions/elapsed.ts'
import { startOperator } from '../support/scenes/operator.ts'
import type { Operator } from '../support/scenes/operator.ts'
import { ask, isFinal } from '../support/clusters/question.ts'
import { megabytes, seconds, spreadOf } from './numbers.ts'
import { lagOf, readMetrics, residentBytesOf } from './process-figures.ts'
import { figure, section } from './report.ts'

const asked = 10
const patienceSeconds = 60
/** Longer than all of it takes. */
const attackSeconds = 240

type Stage = { readonly operator: Operator; readonly provider: CompanyProvider }

/** How each begins, and what it needs before it does its worst. */
const attacks: Readonly<Record<Attacker, (stage: Stage) => Promise<Attack>>> = {
  crowd: ({ operator }) => {
    const targets = ofController((server) => urlIn(operator, server))
    return start('crowd', { from: '127.0.0.66', connections: 2000, targets })
  },
  'hostile-provider': async ({ operator }) => {
    const attack = await start('hostile-provider', {})
    await askThroughEach(operator, attack, { 'silent-token': 400, 'silent-prompt': 100, 'costly-token': 100 })
    return attack
  },
  'ping-sender': async ({ operator }) => {
    const attack = await start('ping-sender', {
      pingUrl: `${urlIn(operator, 'ping')}/v1/ping`,
      from: '127.0.0.66',
    })
    await askTheSender(operator, attack, 200)
    return attack
  },
  editor: async ({ operator, provider }) => start('editor', await anOwner(operator, provider, 5000)),
}

export async function benchAttacks(): Promise<void> {
  for (const [attacker, begin] of Object.entries(attacks)) {
    section(`attack: ${attacker}`)
    await benchAttack(attacker === 'editor' ? 'filled' : '', begin)
  }
}

/** @param first what must have been done before anything is measured; anything, if empty */
async function benchAttack(first: string, begin: (stage: Stage) => Promise<Attack>): Promise<void> {
  const operator = await withNodeOptions(nodeOptionsFor('controller'), () => startOperator())
  const provider = await startCompanyProvider()
  try {
    const attack = await begin({ operator, provider })
    const isUnderWay = (): boolean => Object.keys(attack.done()).some((what) => what.includes(first))
    await Promise.race([
      eventually(isUnderWay, 'an attack that is under way', attackSeconds / 2),
      attack.failed,
    ])
    const metricsUrl = `${urlIn(operator, 'metrics')}/metrics`
    await readMetrics(metricsUrl)
    const { p50, max } = spreadOf(await askMeanwhile(operator, provider))
    figure('another namespace’s request, answered after', `p50 ${seconds(p50)}  max ${seconds(max)}`)
    figure('event-loop lag', lagOf(await readMetrics(metricsUrl)))
    const peak = residentBytesOf(Number(/"pid":(\d+)/.exec(operator.log())?.[1]), 'Peak')
    figure('RSS, peak', megabytes(peak), `${memoryLimitOf('controller') / 1024 ** 2} MiB, the chart’s`)
    for (const [what, count] of Object.entries(await attack.stop())) figure(`  ${what}`, String(count))
  } finally {
    await operator.stop()
    await provider.close()
  }
}

/** One after the other. @returns seconds from asking to the answer, of which the provider's interval is one */
async function askMeanwhile(operator: Operator, provider: CompanyProvider): Promise<readonly number[]> {
  const progress = startProgress('asking')
  const taken: number[] = []
  for (let index = 0; index < asked; index++) {
    progress.show(`${index} of ${asked}`)
    const startedAt = performance.now()
    const question = await ask(operator, provider)
    await question.until(isFinal, patienceSeconds)
    taken.push((performance.now() - startedAt) / 1000)
  }
  progress.end()
  return taken
}

function start(attacker: Attacker, given: object): Promise<Attack> {
  return startAttack(attacker, given, attackSeconds)
}

function urlIn(operator: Operator, server: string): string {
  return new RegExp(`"server":"${server}","url":"([^"]+)"`).exec(operator.log())?.[1] ?? ''
}
