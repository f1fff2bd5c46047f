/** Approve with changes: from the field to the token, by the forms that a browser sends, and by others. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createBrowser, headingOf } from '../../../tools/local/person.ts'
import type { Browser, Page } from '../../../tools/local/person.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { authorizationDetailOf } from '../../../src/core/action/authorization-details.ts'
import { passwords, startInbox } from '../../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'

let world: InboxWorld

before(async () => {
  world = await startInbox()
})
after(() => world.close())

test('what is changed is shown, then counts, and is in the token', async () => {
  const { browser, page, request, authReqId } = await opened()
  assert.equal(fieldIn(page), '5m')
  const shown = await browser.send(page, { decision: 'approve', 'parameter.wait': '15m' })
  assert.deepEqual([shown.status, headingOf(shown)], [200, 'Approve with these changes?'])
  assert.match(textOf(shown), /wait 5m &rarr; 15m/)
  assert.equal(givenAnswers(request).length, 0)

  const outcome = await browser.send(shown, { decision: 'approve-changed' })
  assert.deepEqual([outcome.status, headingOf(outcome)], [200, 'You approved with changes'])
  assert.match(textOf(outcome), /, with wait 15m instead of 5m\./)
  assert.equal(givenAnswers(request)[0]?.changes, 'wait 15m instead of 5m')
  assert.equal(await grantedWait(authReqId), '15m')
})

test('what is not touched is approved at once, as it was asked', async () => {
  const { browser, page, authReqId } = await opened()
  const outcome = await browser.send(page, { decision: 'approve' })
  assert.equal(headingOf(outcome), 'You approved')
  assert.equal(await grantedWait(authReqId), '5m')
})

for (const decision of ['approve', 'approve-changed'])
  test(`a value out of bounds comes back to its field, sent by ${decision}`, async () => {
    const { browser, page, request } = await opened()
    const again = await browser.send(page, { decision, 'parameter.wait': '2h' })
    assert.equal(again.status, 422)
    assert.match(textOf(again), /wait must be a duration from 1m to 1h/)
    assert.match(again.text, /aria-describedby="parameter.wait-error parameter.wait-hint"/)
    assert.match(again.text, /<title>Error: /)
    assert.equal(fieldIn(again), '2h')
    assert.doesNotMatch(again.text, /<script/, 'loading it again would send the form again')
    assert.equal(givenAnswers(request).length, 0)
    const shown = await browser.send(again, { decision: 'approve', 'parameter.wait': '1h' })
    assert.equal(headingOf(shown), 'Approve with these changes?')
  })

test('Back leads to what was entered', async () => {
  const { browser, page, request } = await opened()
  const shown = await browser.send(page, { decision: 'approve', 'parameter.wait': '15m' })
  const back = await browser.send(shown, { decision: 'edit' })
  assert.equal(fieldIn(back), '15m')
  const denied = await browser.send(back, { decision: 'deny' })
  assert.equal(headingOf(denied), 'You denied')
  assert.equal(givenAnswers(request).length, 1)
})

test('Deny denies, whatever stands in the field', async () => {
  const { browser, page } = await opened()
  const denied = await browser.send(page, { decision: 'deny', 'parameter.wait': 'never' })
  assert.equal(headingOf(denied), 'You denied')
})

for (const [name, changes, site, status] of [
  ['without the form token', { form_token: '' }, 'same-origin', 403],
  ['with another form token', { form_token: 'wrong' }, 'same-origin', 403],
  ['by another site', {}, 'cross-site', 403],
  ['about another question', { question: 'other' }, 'same-origin', 409],
  ['beyond the bounds', { 'parameter.wait': '61m' }, 'same-origin', 422],
  ['of what is fixed', { 'parameter.gate': 'other' }, 'same-origin', 400],
  ['of what was not asked', { 'parameter.more': 'x' }, 'same-origin', 400],
] as const)
  test(`a confirmation ${name} changes nothing`, async () => {
    const { browser, page, request } = await opened()
    const shown = await browser.send(page, { decision: 'approve', 'parameter.wait': '15m' })
    const answered = await browser.send(shown, { decision: 'approve-changed', ...changes }, site)
    assert.equal(answered.status, status)
    assert.equal(givenAnswers(request).length, 0)
  })

test('a provider that hands on no authorization_details takes no changes', async () => {
  const { browser, page, request } = await opened('Without')
  assert.equal(fieldIn(page), undefined)
  assert.match(textOf(page), /wait 5m/)
  const refused = await browser.send(page, { decision: 'approve-changed', 'parameter.wait': '15m' })
  assert.equal(refused.status, 400)
  assert.equal(givenAnswers(request).length, 0)
  assert.equal(headingOf(await browser.send(page, { decision: 'approve' })), 'You approved')
})

test('a prompt to grant something else is not shown', async () => {
  const request = aRequest()
  world.put(request)
  const detail = { ...authorizationDetailOf(request), identifier: 'prod/Rollout/other' }
  const { status } = await world.ask(request, { authorization_details: JSON.stringify([detail]) })
  assert.equal(status, 503)
  assert.ok(world.logged.some(({ reason }) => String(reason).startsWith('authorization_details: ')))
})

type Opened = {
  readonly browser: Browser
  readonly page: Page
  readonly request: ApprovalRequest
  readonly authReqId: string
}

async function opened(details: 'With' | 'Without' = 'With'): Promise<Opened> {
  const request = aRequest()
  world.put(request)
  const asked = { authorization_details: JSON.stringify([authorizationDetailOf(request)]) }
  const { status, body } = await world.ask(request, details === 'With' ? asked : {})
  assert.equal(status, 200, JSON.stringify(body))
  const browser = createBrowser()
  const { namespace = '', name } = request.metadata
  const login = await browser.open(`${world.inboxUrl}/requests/${namespace}/${name}`)
  const page = await browser.send(login, { username: 'alice', password: passwords.alice })
  return { browser, page, request, authReqId: String(body.auth_req_id) }
}

function aRequest(): ApprovalRequest {
  return world.aRequest({
    parameters: { gate: 'promote', wait: '5m' },
    adjustable: [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }],
  })
}

/** What the field has in it, if there is one. */
function fieldIn({ text }: Page): string | undefined {
  const [field] = /<input\b[^>]*\bname="parameter.wait"[^>]*>/.exec(text) ?? []
  return /\bvalue="([^"]*)"/.exec(field ?? '')?.[1]
}

function textOf({ text }: Page): string {
  const [, main = ''] = /<main>([^]*)<\/main>/.exec(text) ?? []
  return main
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' .', '.')
}

/** Those that reached the provider through the inbox. */
function givenAnswers({ metadata }: ApprovalRequest): InboxWorld['logged'] {
  return world.logged.filter(({ event, uid }) => event === 'AnswerGiven' && uid === metadata.uid)
}

async function grantedWait(authReqId: string): Promise<unknown> {
  const { status, body } = await world.redeem(authReqId)
  assert.equal(status, 200, JSON.stringify(body))
  const [detail] = body.authorization_details as readonly { readonly parameters: { readonly wait: string } }[]
  return detail?.parameters.wait
}
