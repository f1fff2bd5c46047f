/** An API server with the kinds of Argo Rollouts and deploy/argo-rollouts/admission.yaml, and people who try things out there. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { installArgoKinds } from '../../../tools/argo-rollouts/install.ts'
import { apply } from '../../../tools/envtest/install.ts'
import { kubectl, tryKubectl } from '../../../tools/envtest/kubectl.ts'
import type { EndedProgram } from '../../../tools/program.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import { anAnalysisRun, theCanary, withSteps } from '../builders/rollouts.ts'

const admission = fileURLToPath(new URL('../../../deploy/argo-rollouts/admission.yaml', import.meta.url))
const effectiveWithinMs = 30_000

export type User = { readonly name: string; readonly groups: readonly string[] }

/** What somebody does with kubectl. */
export type Deed = { readonly args: readonly string[]; readonly input?: object }

export type Enforcement = {
  /** In the namespace with the label; nothing is changed. */
  isAllowed(user: User, deed: Deed): Promise<void>
  /** In the namespace with the label, in these words. */
  isRefused(user: User, deed: Deed, words: string): Promise<void>
  /** Allowed in a namespace without the label; nothing is changed. */
  isFreeElsewhere(user: User, deed: Deed): Promise<void>
  /** Does it, in the namespace with the label. */
  perform(user: User, deed: Deed): Promise<EndedProgram>
  /** What the audit log says of glass that was broken, in the order in which it was. */
  brokenGlass(): readonly string[]
  /** As the administrator. */
  kubectl(...args: readonly string[]): Promise<string>
  stop(): Promise<void>
}

/** Everything that is tried out stands in both namespaces already. */
export async function startEnforcement(): Promise<Enforcement> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-admission-'))
  const auditLog = join(directory, 'audit.log')
  const controlPlane = await startControlPlane({ directory, auditLog })
  const { kubeconfig } = controlPlane
  const perform = (namespace: string, { name, groups }: User, { args, input }: Deed): Promise<EndedProgram> =>
    tryKubectl({
      kubeconfig,
      args: [
        ...args,
        `--namespace=${namespace}`,
        `--as=${name}`,
        ...groups.map((group) => `--as-group=${group}`),
      ],
      input: JSON.stringify(input ?? {}),
    })
  const tryOut = (namespace: string, user: User, deed: Deed): Promise<EndedProgram> =>
    perform(namespace, user, { ...deed, args: [...deed.args, '--dry-run=server'] })
  try {
    await prepare(kubeconfig)
  } catch (error) {
    await controlPlane.stop()
    throw error
  }
  return {
    isAllowed: async (...deed) => {
      const { exitCode, errors } = await tryOut('enforced', ...deed)
      assert.equal(exitCode, 0, errors)
    },
    isRefused: async (user, deed, words) => {
      const { exitCode, errors } = await tryOut('enforced', user, deed)
      assert.notEqual(exitCode, 0, `${user.name} was let through`)
      assert.ok(errors.includes(words), `${JSON.stringify(words)} is not in: ${errors}`)
    },
    isFreeElsewhere: async (...deed) => {
      const { exitCode, errors } = await tryOut('free', ...deed)
      assert.equal(exitCode, 0, errors)
    },
    perform: (...deed) => perform('enforced', ...deed),
    brokenGlass: () => glassIn(auditLog),
    kubectl: (...args) => kubectl({ kubeconfig, args }),
    stop: () => controlPlane.stop(),
  }
}

async function prepare(kubeconfig: string): Promise<void> {
  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl({ kubeconfig, args, input: JSON.stringify(input ?? {}) })
  await installArgoKinds(kubeconfig)
  await run(['create', 'namespace', 'countersign-system'])
  await run([
    'create',
    'clusterrolebinding',
    'everything',
    '--clusterrole=cluster-admin',
    '--group=everything',
  ])
  for (const namespace of ['enforced', 'free']) {
    await run(['create', 'namespace', namespace])
    for (const object of standing()) await run(['create', `--namespace=${namespace}`, '--filename=-'], object)
    const status = JSON.stringify({ status: halfway })
    await run([
      'patch',
      'rollout/foo',
      `--namespace=${namespace}`,
      '--subresource=status',
      '--type=merge',
      `--patch=${status}`,
    ])
  }
  await run(['label', 'namespace', 'enforced', 'countersign.dev/gate=enforced'])
  await enforce(kubeconfig)
}

function standing(): readonly object[] {
  const ungated = withSteps(theCanary('old'), [{ setWeight: 50 }])
  return [
    theCanary('foo'),
    ungated,
    anAnalysisRun('foo-1', 'foo'),
    anAnalysisRun('other'),
    anAnalysisRun('free'),
  ]
}

/** At its gate. */
const halfway = {
  currentPodHash: 'bbbb',
  stableRS: 'aaaa',
  currentStepHash: 'cccc',
  currentStepIndex: 1,
  canary: { currentStepAnalysisRunStatus: { name: 'foo-1', status: 'Running' } },
}

/** Returns when the policies are in effect, in all namespaces with the label. */
export async function enforce(kubeconfig: string): Promise<void> {
  await apply(kubeconfig, [admission])
  const run = (args: readonly string[], input: object): Promise<EndedProgram> =>
    tryKubectl({ kubeconfig, args: [...args, '--filename=-'], input: JSON.stringify(input) })
  const metadata = { name: 'gate-probe', labels: { 'countersign.dev/gate': 'enforced' } }
  await run(['create'], { apiVersion: 'v1', kind: 'Namespace', metadata })
  const ungated = withSteps(theCanary('probe'), [])
  const deadline = performance.now() + effectiveWithinMs
  // The API server takes them up in the order in which they were written; about Rollouts is the last one of the file.
  for (;;) {
    const { errors } = await run(['create', '--namespace=gate-probe', '--dry-run=server'], ungated)
    if (errors.includes('ValidatingAdmissionPolicy')) return
    if (performance.now() > deadline) throw new Error(`the gate is not enforced; last: ${errors}`)
    await sleep(50)
  }
}

type AuditLine = { readonly annotations?: Readonly<Record<string, string>> }

function glassIn(auditLog: string): readonly string[] {
  const lines = readFileSync(auditLog, 'utf8').trimEnd().split('\n')
  return lines
    .map((line) => JSON.parse(line) as AuditLine)
    .flatMap(({ annotations = {} }) => Object.entries(annotations))
    .filter(([key]) => key.endsWith('/break-glass'))
    .map(([, value]) => value)
}
