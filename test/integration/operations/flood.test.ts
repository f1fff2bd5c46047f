/**
 * Somebody who may ask in one namespace fills the API with the largest requests that are legal. The operator, with the memory that the
 * chart gives it, stays up, serves another namespace, and starts again.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { linesOf, startBundle } from '../../../tools/local/processes.ts'
import { inParallel } from '../../bench/in-parallel.ts'
import { residentBytesOf } from '../../bench/process-figures.ts'
import { memoryLimitOf, nodeOptionsFor } from '../../support/attack/chart-limits.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { aWordyRequest, anAnnotatedRequest } from '../../support/builders/largest-requests.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { ask, create, isPending } from '../../support/clusters/question.ts'

const limitBytes = memoryLimitOf('controller')

/** A third of what ended a process at that limit when it kept whole objects; `make bench BENCH=flood` has the full sizes. */
const [annotated, wordy] = [500, 1500]

let operator: Operator
let provider: CompanyProvider
const usualOptions = process.env.NODE_OPTIONS

before(async () => {
  process.env.NODE_OPTIONS = nodeOptionsFor('controller')
  operator = await startOperator()
  provider = await startCompanyProvider()
  await create(operator.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'loud' } })
  await flood(operator)
})

after(async () => {
  if (usualOptions === undefined) delete process.env.NODE_OPTIONS
  else process.env.NODE_OPTIONS = usualOptions
  await operator.stop()
  await provider.close()
})

test('another namespace is asked about at once, and the process keeps to half of its limit', async (t) => {
  provider.isAnswered = false
  const startedAt = performance.now()
  const question = await ask(operator, provider)
  await question.until(isPending, 60)
  const seconds = (performance.now() - startedAt) / 1000
  t.diagnostic(`asked after ${seconds.toFixed(1)} s`)
  // Beside it another test attacks another controller, on as few as two cores; alone it takes a few seconds.
  assert.ok(seconds < 45, `asked after ${seconds} s`)
  const peak = residentBytesOf(pidIn(operator.log()), 'Peak')
  assert.ok(peak < limitBytes / 2, `${Math.round(peak / 1024 ** 2)} MiB at most`)
})

test('a process that starts finds all of it, and keeps to half of its limit', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-flood-'))
  const args = ['--kubeconfig', operator.kubeconfig]
  // To list so much takes seconds, and once more where the API server ends the first list early.
  const started = await startBundle({ bundle: 'controller', args, directory, readyWithinSeconds: 60 })
  t.after(async () => {
    await started.stop()
    await rm(directory, { recursive: true, force: true })
  })
  // A watch of so much may be interrupted on a busy machine, and says so before it has everything.
  const ofRequests = linesOf(started.logFile).filter(({ kind }) => kind === 'approvalrequests')
  const { objects } = ofRequests.find(({ msg }) => msg === 'watching') ?? {}
  assert.ok(Number(objects) >= annotated + wordy, JSON.stringify(ofRequests))
  const peak = residentBytesOf(pidIn(readFileSync(started.logFile, 'utf8')), 'Peak')
  assert.ok(peak < limitBytes / 2, `${Math.round(peak / 1024 ** 2)} MiB at most`)
})

async function flood({ requests }: Operator): Promise<void> {
  const large = Array.from({ length: annotated }, (_, index) => anAnnotatedRequest('loud', index))
  const long = Array.from({ length: wordy }, (_, index) => aWordyRequest('loud', index))
  await inParallel([...large, ...long], 12, (request) => create(requests, request))
}

function pidIn(log: string): number {
  return Number(/"pid":(\d+)[^\n]*"ready"|"ready"[^\n]*"pid":(\d+)/.exec(log)?.slice(1).find(Boolean))
}
