/** What has to be there before an attacker can begin: their providers, their namespace, the requests that go to them. */
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { inParallel } from '../../bench/in-parallel.ts'
import type { CompanyProvider } from '../fakes/providers/company.ts'
import { grantEverything } from '../clusters/identities.ts'
import { theLimits } from '../builders/limits.ts'
import type { Operator } from '../scenes/operator.ts'
import { ask, askAgain } from '../clusters/question.ts'
import { createAccount, requestToken } from '../builders/service-account-tokens.ts'
import type { Attack } from './attack.ts'
import type { EditorGiven } from './editor.ts'

type Amounts = Readonly<Record<string, number>>

/** Requests through each persona of the hostile provider: so many, or a few. */
export async function askThroughEach(operator: Operator, { begun }: Attack, many: Amounts): Promise<void> {
  const few = 3
  await inParallel(begun.personas as readonly string[], 8, (persona) => {
    const at = { issuer: `${String(begun.origin)}/${persona}`, clientSecret: 'secret' }
    return askMany(operator, at, { times: many[persona] ?? few })
  })
}

/** Prompts of which the sender of pings learns token and id. */
export async function askTheSender(operator: Operator, { begun }: Attack, times: number): Promise<void> {
  const at = { issuer: String(begun.issuer), clientSecret: 'secret' }
  await askMany(operator, at, { times, delivery: 'Ping' })
}

type Many = { readonly times: number; readonly delivery?: 'Poll' | 'Ping' }

/** Each about something else, so that no limit keeps it from its provider. */
async function askMany(
  operator: Operator,
  at: Pick<CompanyProvider, 'issuer' | 'clientSecret'>,
  { times, delivery = 'Poll' }: Many,
): Promise<void> {
  const first = await ask(operator, at, { provider: { delivery } })
  const targets = Array.from({ length: times - 1 }, (_, index) => ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', revision: '7654b4484', name: `foo-${index}` },
  }))
  await inParallel(targets, 8, (target) => askAgain(operator, first, { request: { target } }))
}

/** A ServiceAccount that may do everything in its namespace, with a policy of usual limits, so that nearly all of its requests wait. */
export async function anOwner(
  operator: Operator,
  provider: CompanyProvider,
  waiting: number,
): Promise<EditorGiven> {
  const approvers = [{ name: 'alice@company.com', hint: 'owner', subject: 'alice' }]
  const stages = [{ name: 'sre', required: 1, approvers }]
  const { name: namespace } = await ask(operator, provider, { policy: { stages, limits: theLimits() } })
  const account = await createAccount(operator.admin, namespace, 'owner')
  await grantEverything(operator.admin, namespace, `system:serviceaccount:${namespace}:owner`)
  const token = await requestToken(operator.admin, account, {})
  const { server, tls } = await credentialsFrom(operator.kubeconfig).current()
  return { server: server.href, ca: String(tls.ca), token, namespace, action: namespace, waiting }
}
