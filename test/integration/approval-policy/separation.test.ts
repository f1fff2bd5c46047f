/** A policy that excludes the people who made the change and who own the agent, read from real objects with the chart's rights. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { installArgoKinds } from '../../../tools/argo-rollouts/install.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Claim, Operator } from '../../support/scenes/operator.ts'
import { ask, isFinal } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'

const author = 'company.com/change-author'
const owner = 'company.com/owner'
const byAuthor = { changeAuthors: { annotations: [author] } }
const byOwner = { agentOwner: { annotation: owner } }

let operator: Operator
before(async () => {
  operator = await startOperator()
  await installArgoKinds(operator.kubeconfig)
})
after(() => operator.stop())

const waitsFor =
  (reason: string): Claim =>
  (request) =>
    summaryOf(request)?.reason === reason

const ofBot =
  (isReached: Claim): Claim =>
  (request) =>
    request.metadata.name === 'by-bot' && isReached(request)

test('an author of the change is not asked, and an answer of theirs does not count', async (t) => {
  const provider = await aProvider(t)
  const question = await askUnder(provider, byAuthor)
  const unknown = await question.until(waitsFor('ExcludedPeopleUnknown'))
  assert.match(
    said(unknown),
    /Rollout \S+\/foo-v2 does not exist\. Ask a platform engineer to fix that; the request/,
  )

  await apply(rollout(question.name))
  await question.until((request) => said(request).includes(`has no annotation ${author}.`))
  await annotate(question.name, 'rollout/foo-v2', `${author}=Alice@company.com`)
  const nobody = await question.until(waitsFor('NotEnoughApprovers'))
  assert.match(
    said(nobody),
    /alice@company\.com is excluded as an author of the change \(annotation company\.com\/change-author of Rollout/,
  )
  assert.deepEqual(provider.visits('/backchannel'), [])

  provider.tokens(provider.grant({ claims: { email: 'BOB@company.com' } }))
  await annotate(question.name, 'rollout/foo-v2', `${author}=bob@company.com`)
  const failed = await question.until(isFinal)
  assert.equal(summaryOf(failed)?.reason, 'ApproverMismatch', question.words())
  assert.match(said(failed), /excluded as an author of the change, "bob@company\.com"\./)
  assert.deepEqual(failed.status?.effective?.excluded, [{ name: 'bob@company.com', as: 'ChangeAuthor' }])
  const fact = failed.status.computed?.find(({ name }) => name === 'change authors')
  assert.equal(fact?.value, 'bob@company.com')
  assert.match(
    fact.source ?? '',
    /^annotation company\.com\/change-author of Rollout \S+\/foo-v2; anyone who may edit Rollouts in/,
  )
  assert.equal(provider.visits('/backchannel').length, 1)
})

test('the owner of the agent is read once the operator may read ServiceAccounts', async (t) => {
  const provider = await aProvider(t)
  const question = await askUnder(provider, byOwner)
  await question.until(isFinal)
  const { name } = question
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot', namespace: name } })
  await annotate(name, 'serviceaccount/bot', `${owner}=alice`)
  await askAs(`system:serviceaccount:${name}:bot`, name)
  const refused = await operator.until(name, ofBot(waitsFor('ExcludedPeopleUnknown')))
  assert.match(
    said(refused),
    /and the operator may not read ServiceAccount \S+\/bot\. Ask a platform engineer/,
  )

  await letReadServiceAccounts()
  const nobody = await operator.until(name, ofBot(waitsFor('NotEnoughApprovers')))
  assert.match(
    said(nobody),
    /alice@company\.com is excluded as the agent's owner \(annotation company\.com\/owner of ServiceAccount/,
  )
  await annotate(name, 'serviceaccount/bot', `${owner}=carol@company.com`)
  const answered = await operator.until(name, ofBot(isFinal))
  assert.equal(answered.status?.outcome, 'Approved')
  assert.deepEqual(answered.status.effective?.excluded, [{ name: 'carol@company.com', as: 'AgentOwner' }])
})

async function aProvider(t: { after(fn: () => unknown): void }): Promise<CompanyProvider> {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  return provider
}

function askUnder(
  provider: CompanyProvider,
  separationOfDuties: NonNullable<ApprovalPolicySpec['separationOfDuties']>,
): Promise<Question> {
  return ask(operator, provider, { policy: { separationOfDuties } })
}

/** Another request under the same policy, of which the API server stamps this requester. */
async function askAs(username: string, name: string): Promise<void> {
  const first = await operator.requests.get({ namespace: name, name })
  assert.ok(first !== undefined)
  const { action, target, environment, summary } = first.spec
  const request = {
    apiVersion: first.apiVersion,
    kind: first.kind,
    metadata: { name: 'by-bot', namespace: name },
    spec: { action, target, environment, summary },
  }
  const as = [`--as=${username}`, '--as-group=system:masters']
  await kubectl({
    kubeconfig: operator.kubeconfig,
    args: ['create', '--filename=-', ...as],
    input: JSON.stringify(request),
  })
}

/** As the chart's `rbac.readServiceAccounts` does. */
async function letReadServiceAccounts(): Promise<void> {
  const { kubeconfig } = operator
  await kubectl({
    kubeconfig,
    args: ['create', 'clusterrole', 'read-accounts', '--verb=get', '--resource=serviceaccounts'],
  })
  const who = '--serviceaccount=countersign-system:countersign-controller'
  const args = ['create', 'clusterrolebinding', 'read-accounts', '--clusterrole=read-accounts', who]
  await kubectl({ kubeconfig, args })
}

function rollout(namespace: string): object {
  const metadata = { name: 'foo-v2', namespace }
  const selector = { matchLabels: { app: 'foo' } }
  const template = {
    metadata: { labels: { app: 'foo' } },
    spec: { containers: [{ name: 'foo', image: 'foo:1' }] },
  }
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: { selector, template } }
}

async function apply(object: object): Promise<void> {
  const args = ['apply', '--server-side', '--filename=-']
  await kubectl({ kubeconfig: operator.kubeconfig, args, input: JSON.stringify(object) })
}

async function annotate(namespace: string, what: string, annotation: string): Promise<void> {
  const args = ['annotate', what, annotation, '--overwrite', `--namespace=${namespace}`]
  await kubectl({ kubeconfig: operator.kubeconfig, args })
}

function said(request: ApprovalRequest): string {
  return summaryOf(request)?.message ?? ''
}
