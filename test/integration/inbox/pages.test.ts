/** Who sees a question, who may answer it, and what is refused. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createBrowser, formOn, headingOf } from '../../../tools/local/person.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { headlineOf } from '../../../src/core/action/rendering.ts'
import { passwords, startInbox } from '../../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'
import { askAlice, pageOf, visit } from '../../support/people/inbox-visit.ts'
import type { Visit } from '../../support/people/inbox-visit.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'

let world: InboxWorld

before(async () => {
  world = await startInbox()
})
after(() => world.close())

test('a wrong password stays on the login page', async () => {
  const request = await asked()
  const browser = createBrowser()
  const login = await browser.open(addressOf(request))
  const again = await browser.send(login, { username: 'alice', password: 'wrong' })
  assert.equal(again.status, 403)
  assert.match(again.text, /The username or the password is wrong/)
  const question = await browser.send(again, { username: 'alice', password: passwords.alice })
  assert.equal(headingOf(question), headlineOf(request))
})

test('someone who was not asked finds nothing', async () => {
  const request = await asked()
  const { page } = await seenBy('bob', request)
  assert.equal(page.status, 404)
  assert.doesNotMatch(page.text, /promote-rollout/)
  const missing = await createBrowser().open(`${world.inboxUrl}/requests/demo/none`)
  assert.ok(formOn(missing)?.fields.password !== undefined, 'a stranger learns nothing before logging in')
})

test('the list holds what waits for this person', async () => {
  const request = await asked()
  const { browser } = await seenBy('alice', request)
  const list = await browser.open(world.inboxUrl)
  assert.ok(list.text.includes(addressOf(request).slice(world.inboxUrl.length)))
  const bobs = await seenBy('bob', request)
  assert.match((await bobs.browser.open(world.inboxUrl)).text, /Nothing waits for your answer/)
})

test('the list holds more than fifty', async () => {
  const requests = []
  for (let count = 0; count < 55; count++) requests.push(await asked())
  const { browser } = await seenBy('alice', requests[0] ?? world.aRequest())
  const { text } = await browser.open(world.inboxUrl)
  const missing = requests.filter((request) => !text.includes(new URL(addressOf(request)).pathname))
  assert.deepEqual(missing, [])
})

test('text of the requester is escaped and made visible', async () => {
  const request = await asked({
    summary: '<script>alert(1)</script> \u202Etxet\u200B',
    evidence: [{ name: '<b>rate</b>', value: '99.8 %', url: 'https://evil.example/"><a href=x>' }],
  })
  const { page } = await seenBy('alice', request)
  assert.match(page.text, /&lt;script&gt;alert\(1\)&lt;\/script&gt; ⟨U\+202E⟩txet⟨U\+200B⟩/)
  assert.doesNotMatch(page.text, /<script>alert|<b>rate|<a href=x/)
})

for (const [name, sent] of [
  ['a wrong form token', { form_token: 'wrong' }],
  ['no form token', { form_token: '' }],
] as const) {
  test(`${name} is refused with 403`, async () => {
    const request = await asked()
    const { browser, page } = await seenBy('alice', request)
    const answered = await browser.send(page, { decision: 'approve', ...sent })
    assert.equal(answered.status, 403)
    assert.equal(givenAnswers(request), 0)
  })
}

test('a form that another site sends is refused', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  assert.equal((await browser.send(page, { decision: 'approve' }, 'cross-site')).status, 403)
  assert.equal(givenAnswers(request), 0)
})

test('an answer needs a login', async () => {
  const request = await asked()
  const { page } = await seenBy('alice', request)
  const answered = await createBrowser().send(page, { decision: 'approve' })
  assert.equal(answered.status, 403)
  assert.equal(headingOf(answered), 'Log in again to answer')
})

test('a button that does not exist is refused', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  assert.equal((await browser.send(page, { decision: 'maybe' })).status, 400)
})

test('a finished request can no longer be answered', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  world.put({ ...request, status: { outcome: 'Expired' } })
  const answered = await browser.send(page, { decision: 'approve' })
  assert.deepEqual([answered.status, headingOf(answered)], [409, 'This request expired'])
  assert.equal((await browser.open(addressOf(request))).status, 409)
  assert.equal(givenAnswers(request), 0)
})

test('a request that is not what was asked is not shown', async () => {
  const request = await asked()
  world.put({ ...request, spec: { ...request.spec, target: { ...request.spec.target, name: 'other' } } })
  const { page } = await seenBy('alice', request)
  assert.deepEqual([page.status, headingOf(page)], [409, 'This is not the request that was asked'])
  assert.equal(formOn(page), undefined)
})

test('an answer counts for the object that was on the page', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  const replaced = {
    ...request,
    metadata: { ...request.metadata, uid: 'ffffffff-0000-4000-8000-000000000000' },
  }
  world.put(replaced)
  assert.equal((await world.ask(replaced)).status, 200)
  const answered = await browser.send(page, { decision: 'approve' })
  assert.deepEqual([answered.status, headingOf(answered)], [409, 'This is not the request that was asked'])
  assert.equal(givenAnswers(replaced), 0)
})

test('two answers at once count once', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  const answers = await Promise.all(['approve', 'deny'].map((decision) => browser.send(page, { decision })))
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409])
  assert.equal(givenAnswers(request), 1)
})

test('the provider takes a bearer once', async () => {
  const request = await asked()
  const bearer = world.bearers.at(-1) ?? ''
  const { browser, page } = await seenBy('alice', request)
  await browser.send(page, { decision: 'deny' })
  assert.equal(await callBack(bearer), 403)
  assert.equal(await callBack('unknown'), 403)
})

test('an answer that the provider refuses is not called one', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  await callBack(world.bearers.at(-1) ?? '')
  const answered = await browser.send(page, { decision: 'approve' })
  assert.deepEqual([answered.status, headingOf(answered)], [409, 'The provider did not take the answer'])
  assert.equal(givenAnswers(request), 0)
})

test('a forged prompt is refused with 401', async () => {
  const request = world.aRequest()
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: world.issuer, aud: world.issuer, jti: 'x', iat: now, exp: now + 60 }
  for (const bearer of [await (await aSigningKey('forged')).sign(claims), 'opaque', '']) {
    assert.equal(await bring(request, bearer), 401)
  }
})

test('a token of the provider for somebody else brings no prompt', async () => {
  const request = await asked()
  const { browser, page } = await seenBy('alice', request)
  const redeeming = await world.ask(request)
  await browser.send(page, { decision: 'approve' })
  const { status, body } = await world.redeem(String(redeeming.body.auth_req_id))
  assert.equal(status, 200)
  for (const token of [body.access_token, body.id_token])
    assert.equal(await bring(request, String(token)), 401)
})

test('every page is closed against other sites', async () => {
  for (const path of ['/healthz', '/login/callback', '/nowhere']) {
    const { headers } = await fetch(`${world.inboxUrl}${path}`)
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^;]+'; script-src 'sha256-[^;]+'; require-trusted/,
    )
    assert.equal(headers.get('cache-control'), 'no-store')
  }
})

function asked(spec?: Partial<ApprovalRequest['spec']>): Promise<ApprovalRequest> {
  return askAlice(world, spec)
}

function seenBy(username: keyof typeof passwords, request: ApprovalRequest): Promise<Visit> {
  return visit(world, username, request)
}

function addressOf(request: ApprovalRequest): string {
  return pageOf(world, request)
}

/** Answers that reached the provider through the inbox. */
function givenAnswers({ metadata }: ApprovalRequest): number {
  return world.logged.filter(({ event, uid }) => event === 'AnswerGiven' && uid === metadata.uid).length
}

async function callBack(bearer: string): Promise<number> {
  const response = await fetch(`${world.issuer}/ext/ciba/auth/callback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ status: 'SUCCEED' }),
  })
  return response.status
}

async function bring({ metadata }: ApprovalRequest, bearer: string): Promise<number> {
  const response = await fetch(`${world.inboxUrl}/channel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({
      login_hint: 'alice',
      approval_request: `demo/${metadata.name}/${metadata.uid ?? ''}`,
      approval_digest: `sha256:${'0'.repeat(64)}`,
    }),
  })
  return response.status
}
