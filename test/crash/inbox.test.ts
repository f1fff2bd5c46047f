/** The inbox is killed, doubled and cut off from the cluster, as bundles: no open question is lost, and none answered twice. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import { kubectl } from '../../tools/envtest/kubectl.ts'
import { isAsked, isFinal } from '../../tools/local/agent.ts'
import { createBrowser, headingOf } from '../../tools/local/person.ts'
import type { Browser, Page } from '../../tools/local/person.ts'
import { logged, operatorNamespace } from '../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { startInboxLab } from '../support/labs/inbox-lab.ts'
import type { InboxLab } from '../support/labs/inbox-lab.ts'

const deadline = AbortSignal.timeout(170_000)
let lab: InboxLab

before(async () => {
  lab = await startInboxLab()
})
afterEach(async () => {
  if (lab.inboxes().length !== 1) await lab.replaceInboxes(1)
})
after(() => lab.stop())

test('a question outlives the inbox that took it', async () => {
  const request = await ask('killed-before-answer')
  lab.killInboxes()
  await lab.replaceInboxes(1)
  const { page, browser } = await open(request)
  assert.equal(headingOf(await browser.send(page, { decision: 'approve' })), 'You approved')
  await endsAs(request, 'Approved')
})

test('a login begun before the kill ends after it, and a session lasts', async () => {
  const request = await ask('killed-at-login')
  const browser = createBrowser()
  const login = await browser.open(addressOf(request))
  lab.killInboxes()
  await lab.replaceInboxes(1)
  const page = await browser.send(login, alice())
  lab.killInboxes()
  await lab.replaceInboxes(1)
  assert.equal(headingOf(await browser.send(page, { decision: 'deny' })), 'You denied')
  await endsAs(request, 'Denied')
})

test('an answer that the provider took is not lost with the inbox', async () => {
  const request = await ask('killed-while-answering')
  const { page, browser } = await open(request)
  const told = lab.proxy.loseNext({ of: 'Answer', what: 'Silence' })
  const answering = browser.send(page, { decision: 'approve' }).catch(() => undefined)
  await told
  lab.killInboxes()
  assert.equal(await answering, undefined)
  // The provider has the answer, so the operator learns it though no inbox runs.
  await endsAs(request, 'Approved')
  await lab.replaceInboxes(1)
  assert.equal(headingOf(await browser.open(addressOf(request))), 'You approved')
})

test('an answer that was lost on the way can be given again', async () => {
  const request = await ask('lost-answer')
  const { page, browser } = await open(request)
  const lost = lab.proxy.loseNext({ of: 'Answer', what: 'Request' })
  const unclear = await browser.send(page, { decision: 'approve' })
  await lost
  assert.deepEqual([unclear.status, headingOf(unclear)], [502, 'The provider did not confirm'])
  const again = await browser.open(addressOf(request))
  assert.match(again.text, /has not confirmed the answer that you gave at .* UTC \(Approve\)/)
  assert.equal(headingOf(await browser.send(again, { decision: 'deny' })), 'You denied')
  await endsAs(request, 'Denied')
})

test('two replicas show and take the same', async () => {
  await lab.replaceInboxes(2)
  const request = await ask('two-replicas')
  const { page, browser } = await open(request)
  assert.equal(headingOf(await browser.open(lab.cluster.inboxUrl)), 'Waiting for you: 1')
  assert.equal(headingOf(await browser.send(page, { decision: 'approve' })), 'You approved')
  await endsAs(request, 'Approved')
})

test('of two answers at two replicas one counts', async () => {
  await lab.replaceInboxes(2)
  const request = await ask('two-answers')
  const { page, browser } = await open(request)
  const before = lab.proxy.count('Answer')
  const pages = await Promise.all(['approve', 'deny'].map((decision) => browser.send(page, { decision })))
  assert.equal(pages.filter(({ status }) => status === 200).length, 1)
  assert.equal(lab.proxy.count('Answer') - before, 1)
  const given = pages.findIndex(({ status }) => status === 200)
  await endsAs(request, given === 0 ? 'Approved' : 'Denied')
})

test('an inbox that cannot write takes no prompt, and nobody counts as asked', async () => {
  const binding = await rolebinding('get')
  await rolebinding('delete')
  const name = 'not-written'
  await lab.apply(name)
  await logged(
    lab.inboxes()[0]?.logFile ?? '',
    ({ msg, reason }) => msg === 'prompt refused' && /cannot|forbidden/.test(String(reason)),
  )
  const waiting = await lab.agent.until(
    name,
    ({ status }) => hasReason(status, 'IdentityProviderNotReady'),
    deadline,
  )
  assert.equal(lab.promptsShownTo(waiting), 0)
  await kubectl({ ...admin(), args: ['create', '--filename=-'], input: binding })
  const asked = await lab.agent.until(name, isAsked, deadline)
  const { page, browser } = await open(asked)
  await browser.send(page, { decision: 'approve' })
  await endsAs(asked, 'Approved')
})

test('what is kept names nobody, and no bearer', async () => {
  const listed = await kubectl({
    ...admin(),
    args: ['get', 'configmaps', `--namespace=${operatorNamespace}`, '--output=json'],
  })
  assert.match(listed, /inbox-prompt-/)
  assert.doesNotMatch(listed, /alice|eyJhbGciOiJFUzI1NiI/)
})

test('what an inbox left that was killed is deleted in its time', async () => {
  const entry = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      namespace: operatorNamespace,
      name: 'inbox-prompt-left',
      labels: { 'countersign.dev/inbox-prompt-for': 'somebody' },
      annotations: { 'countersign.dev/delete-after': new Date(Date.now() + 3000).toISOString() },
    },
  }
  await kubectl({ ...admin(), args: ['create', '--filename=-'], input: JSON.stringify(entry) })
  lab.killInboxes()
  await lab.replaceInboxes(1)
  const args = ['wait', 'configmap', entry.metadata.name, `--namespace=${operatorNamespace}`]
  await kubectl({ ...admin(), args: [...args, '--for=delete', '--timeout=20s'] })
})

test('a replica with a newer key is understood by one that has not read it yet', async () => {
  await lab.replaceInboxes(1)
  const [older] = lab.inboxes()
  const request = await ask('keys-added')
  const key = { data: { [`k${Date.now()}`]: randomBytes(32).toString('base64') } }
  const inOurs = `--namespace=${operatorNamespace}`
  const patch = ['patch', 'secret', 'countersign-inbox-keys', inOurs, `--patch=${JSON.stringify(key)}`]
  await kubectl({ ...admin(), args: patch })
  await lab.addInbox()
  const { page, browser } = await open(request)
  assert.equal(headingOf(await browser.send(page, { decision: 'approve' })), 'You approved')
  await endsAs(request, 'Approved')
  await logged(older?.logFile ?? '', ({ msg }) => msg === 'another key seals')
})

test('an inbox whose keys are lost shows what is asked from then on', async () => {
  const lost = await ask('keys-lost')
  lab.killInboxes()
  const inOurs = `--namespace=${operatorNamespace}`
  await kubectl({ ...admin(), args: ['delete', 'secret', 'countersign-inbox-keys', inOurs] })
  await lab.replaceInboxes(1)
  const browser = createBrowser()
  const page = await browser.send(await browser.open(addressOf(lost)), alice())
  assert.equal(page.status, 503)
  assert.equal(headingOf(await browser.open(lab.cluster.inboxUrl)), 'Waiting for you')
  await kubectl({ ...admin(), args: ['delete', 'approvalrequest', 'keys-lost', '--namespace=demo'] })
  const request = await ask('keys-new')
  assert.equal(headingOf(await browser.open(lab.cluster.inboxUrl)), 'Waiting for you: 1')
  const question = await browser.open(addressOf(request))
  assert.equal(headingOf(await browser.send(question, { decision: 'approve' })), 'You approved')
  await endsAs(request, 'Approved')
})

async function ask(name: string): Promise<ApprovalRequest> {
  await lab.apply(name)
  return lab.agent.until(name, isAsked, deadline)
}

async function open(request: ApprovalRequest): Promise<{ page: Page; browser: Browser }> {
  const browser = createBrowser()
  const page = await browser.send(await browser.open(addressOf(request)), alice())
  assert.match(headingOf(page), /^promote-rollout /)
  return { page, browser }
}

/** The question ends so, after one prompt. */
async function endsAs({ metadata }: ApprovalRequest, outcome: string): Promise<void> {
  const finished = await lab.agent.until(metadata.name, isFinal, deadline)
  assert.equal(finished.status?.outcome, outcome)
  assert.equal(lab.promptsShownTo(finished), 1)
}

function hasReason(status: ApprovalRequest['status'], wanted: string): boolean {
  return status?.conditions?.some(({ reason }) => reason === wanted) ?? false
}

function addressOf({ metadata }: ApprovalRequest): string {
  return `${lab.cluster.inboxUrl}/requests/demo/${metadata.name}`
}

function alice(): { username: string; password: string } {
  const person = lab.cluster.people.find(({ username }) => username === 'alice')
  assert.ok(person)
  return { username: person.username, password: person.password }
}

function admin(): { kubeconfig: string } {
  return { kubeconfig: lab.cluster.controlPlane.kubeconfig }
}

function rolebinding(verb: 'get' | 'delete'): Promise<string> {
  const output = verb === 'get' ? ['--output=json'] : []
  return kubectl({
    ...admin(),
    args: [verb, 'rolebinding', 'countersign-inbox', `--namespace=${operatorNamespace}`, ...output],
  })
}
