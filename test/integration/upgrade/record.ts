/** `node test/integration/upgrade/record.ts`, once for each release: keeps what this version leaves in a cluster. */
import { writeFileSync } from 'node:fs'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import { ask, isFinal, isPending } from '../../support/clusters/question.ts'
import { file } from './recording.ts'
import type { Recording } from './recording.ts'

const operator = await startOperator()
const provider = await startCompanyProvider()
try {
  const answered = await ask(operator, provider)
  const finished = await answered.until(isFinal)
  provider.isAnswered = false
  const waiting = await ask(operator, provider)
  const open = await waiting.until(isPending)
  const { secrets, providers, policies } = operator
  const names = [answered.name, waiting.name]
  const recording: Recording = {
    recordedAt: new Date().toISOString(),
    issuer: provider.issuer,
    clientSecret: provider.clientSecret,
    secrets: await all(secrets, operatorNamespace, ['countersign-keys', ...names]),
    providers: await all(providers, undefined, names),
    policies: await all(policies, undefined, names),
    ...{ open, finished },
  }
  const kept = (key: string, value: unknown): unknown =>
    key === 'managedFields' || key === 'resourceVersion' ? undefined : value
  writeFileSync(file, `${JSON.stringify(recording, kept, 2)}\n`)
} finally {
  await operator.stop()
  await provider.close()
}

async function all<T extends KubernetesObject>(
  from: KubernetesResource<T>,
  namespace: string | undefined,
  names: readonly string[],
): Promise<readonly T[]> {
  const inNamespace = namespace === undefined ? {} : { namespace }
  const found = await Promise.all(names.map((name) => from.get({ name, ...inNamespace })))
  // Only of requests does the rest count.
  return found
    .filter((object) => object !== undefined)
    .map((object) => ({ ...object, metadata: { name: object.metadata.name, ...inNamespace } }))
}
