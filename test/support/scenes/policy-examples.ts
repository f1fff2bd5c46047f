/** The policies of deploy/examples/policies, each with people of its own, so that none waits for another's prompts. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { parse, parseAllDocuments } from 'yaml'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import type { ApprovalPolicy, ApprovalRequest, ApproverGroup, Prompt } from '../../../src/api/objects.ts'
import { clientID } from '../fakes/providers/company.ts'
import { promptsTo } from '../fakes/providers/prompts-to.ts'
import { json, text } from '../fakes/network/http-answers.ts'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { feedOf, hours, shift } from '../builders/calendar.ts'
import { storeCredential } from '../clusters/question.ts'
import type { ClusterScene } from './cluster-scene.ts'

const examples = new URL('../../../deploy/examples/', import.meta.url)
const namespace = 'demo'
const requester = `system:serviceaccount:${namespace}:${clientID}`

export type AskedUnder = {
  /** Until the operator has recorded what became of the prompts of these people; `open` is one that is asked. */
  until(states: Readonly<Record<string, Prompt['state'] | 'open'>>): Promise<ApprovalRequest>
  untilFinal(): Promise<ApprovalRequest>
  approves(person: string): void
  denies(person: string): void
  /** How many backchannel requests have reached this person. */
  promptsTo(person: string): number
}

/** What is different from the file: what would keep a test waiting, the name of the request, or all stages. */
export type Changed = {
  readonly turn?: string
  readonly after?: string
  readonly name?: string
  readonly stages?: ApprovalPolicy['spec']['stages']
}

/** The Namespace and the IdentityProvider that the examples name. */
export async function prepareExamples({ operator, provider }: ClusterScene): Promise<void> {
  const { kubeconfig } = operator
  const apply = (object: object): Promise<string> =>
    kubectl({ kubeconfig, args: ['apply', '--server-side', '--filename=-'], input: JSON.stringify(object) })
  provider.isAnswered = false
  await storeCredential(operator, clientID, provider.clientSecret)
  await apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'countersign.dev/environment': 'prod' } },
  })
  const shipped = parse(
    readFileSync(new URL('promote-rollout/2-identity-provider.yaml', examples), 'utf8'),
  ) as { readonly spec: { readonly clients: readonly { readonly requesters: readonly object[] }[] } }
  const secretRef = { name: clientID, key: 'secret' }
  const authentication = { method: 'client_secret_basic', secretRef }
  const [client] = shipped.spec.clients
  const clients = [{ ...client, clientID, authentication }]
  const token = { approverClaim: 'sub' }
  const spec = { ...shipped.spec, profile: 'Generic', issuer: provider.issuer, token, clients }
  await apply({ ...shipped, spec })
}

/** Applies the file, if it is not applied, and asks for the first of its actions. @param name of the request */
export async function askUnder(
  file: string,
  scene: ClusterScene,
  { name = file, turn, after, stages: shown }: Changed = {},
): Promise<AskedUnder> {
  const { operator, provider } = scene
  const { kubeconfig } = operator
  const { policy, group } = objectsIn(file)
  if (group !== undefined) await applyGroup({ group, hintOf: (person) => `${person}.${name}` }, scene)
  const hintOf = (person: string): string => `${person}.${name}`
  const withHint = (approver: { readonly hint?: string }): object =>
    approver.hint === undefined ? approver : { ...approver, hint: hintOf(approver.hint) }
  const stages = (shown ?? policy.spec.stages).map((stage) => ({
    ...stage,
    ...(stage.turn !== undefined && turn !== undefined && { turn }),
    ...(stage.after !== undefined && after !== undefined && { after }),
    ...(stage.approvers && { approvers: stage.approvers.map(withHint) }),
  }))
  await applyAndWait({ ...policy, spec: { ...policy.spec, stages } }, kubeconfig)
  await kubectl({
    kubeconfig,
    args: ['create', '--filename=-', `--as=${requester}`, '--as-group=system:masters'],
    input: JSON.stringify(requestFor(name, policy)),
  })
  return {
    until: (states) =>
      operator.until(name, ({ status }) =>
        Object.entries(states).every(([person, state]) => {
          const prompt = status?.prompts?.find(({ approver }) => approver.startsWith(`${person}@company.com`))
          return prompt?.expiresAt !== undefined && (prompt.state ?? 'open') === state
        }),
      ),
    untilFinal: () => operator.until(name, ({ status }) => status?.outcome !== undefined),
    approves: (person) => {
      provider.decided.set(hintOf(person), provider.grant({ claims: { sub: hintOf(person) } }))
    },
    denies: (person) => {
      provider.decided.set(hintOf(person), json(400, { error: 'access_denied' }))
    },
    promptsTo: (person) => promptsTo(provider, hintOf(person)),
  }
}

type Shown = { readonly policy: ApprovalPolicy; readonly group: ApproverGroup | undefined }

function objectsIn(file: string): Shown {
  const text = readFileSync(new URL(`policies/${file}.yaml`, examples), 'utf8')
  const objects = parseAllDocuments(text).map((document) => document.toJS() as ApprovalPolicy | ApproverGroup)
  const policy = objects.find((object): object is ApprovalPolicy => object.kind === 'ApprovalPolicy')
  const group = objects.find((object): object is ApproverGroup => object.kind === 'ApproverGroup')
  assert.ok(policy, `${file}.yaml has a policy`)
  return { policy, group }
}

type HintOf = (person: string) => string

/** With a feed by which Alice is on call now, at the test's provider; returns once that is known. */
async function applyGroup(
  { group, hintOf }: { readonly group: ApproverGroup; readonly hintOf: HintOf },
  { operator, provider }: ClusterScene,
): Promise<void> {
  const { calendar } = group.spec
  assert.ok(calendar, 'the group of the examples is a calendar')
  provider.routes.set('/on-call.ics', text(200, feedOf(...shift('On call: Alice', hours(-1), hours(1)))))
  const { name, key } = calendar.secretRef
  const { kubeconfig } = operator
  const apply = (object: object): Promise<string> =>
    kubectl({ kubeconfig, args: ['apply', '--server-side', '--filename=-'], input: JSON.stringify(object) })
  await apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: operatorNamespace, name },
    stringData: { [key]: `${provider.issuer}/on-call.ics` },
  })
  const people = calendar.people.map((person) => ({ ...person, hint: hintOf(person.hint) }))
  const local = { ...calendar, people, allowInsecureHTTP: true }
  await apply({ ...group, spec: { ...group.spec, calendar: local } })
  const isReady = ['--for=condition=Ready', '--timeout=30s']
  await kubectl({ kubeconfig, args: ['wait', `agrp/${group.metadata.name}`, ...isReady] })
}

/** Until the controller knows this very version of the policy. */
async function applyAndWait(policy: ApprovalPolicy, kubeconfig: string): Promise<void> {
  const generation = await kubectl({
    kubeconfig,
    args: ['apply', '--server-side', '--filename=-', '--output=jsonpath={.metadata.generation}'],
    input: JSON.stringify(policy),
  })
  const isKnown = `--for=jsonpath={.status.conditions[0].observedGeneration}=${generation}`
  await kubectl({ kubeconfig, args: ['wait', `apol/${policy.metadata.name}`, isKnown, '--timeout=30s'] })
}

function requestFor(name: string, { spec }: ApprovalPolicy): object {
  const { scopes } = spec.token ?? {}
  return {
    apiVersion: 'countersign.dev/v1alpha1',
    kind: 'ApprovalRequest',
    metadata: { namespace, name },
    spec: {
      action: spec.match.actions[0],
      target: { kind: 'Deployment', name },
      environment: 'prod',
      summary: `${name} is tried`,
      ...(spec.token !== undefined && { token: { ...(scopes !== undefined && { scopes }) } }),
    },
  }
}
