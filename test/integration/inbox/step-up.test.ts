/** A policy that requires two factors: the inbox has the approver log in by both before she answers, and the provider says so. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { codeOf, stepAt } from '../../../src/embedded-provider/totp.ts'
import { createBrowser, formOn, headingOf } from '../../../tools/local/person.ts'
import type { Browser, Page } from '../../../tools/local/person.ts'
import { theTerms } from '../../support/builders/builders.ts'
import { pageOf } from '../../support/people/inbox-visit.ts'
import { passwords, startInbox, totp } from '../../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'

let world: InboxWorld

before(async () => {
  world = await startInbox()
})
after(() => world.close())

const password = { username: 'alice', password: passwords.alice }

test('one factor is not enough; two are, and the token names them', async () => {
  const request = requiring(world.aRequest())
  const { auth_req_id: authReqId } = (await world.ask(request, { acr_values: 'mfa' })).body
  const browser = createBrowser()
  const first = await browser.open(pageOf(world, request))
  assert.equal(Object.hasOwn(formOn(first)?.fields ?? {}, 'code'), false)
  const second = await browser.send(first, password)
  assert.equal(Object.hasOwn(formOn(second)?.fields ?? {}, 'code'), true)

  const weak = await browser.send(second, password)
  assert.deepEqual([weak.status, headingOf(weak)], [403, 'This login is not strong enough'])
  assert.match(
    weak.text,
    /requires a login with the acr &quot;mfa&quot;\. The provider logged you in with no acr\./,
  )
  const again = await browser.open(new URL(linkIn(weak), world.inboxUrl).href)
  const wrong = await browser.send(again, { ...password, code: 'abcdef' })
  assert.deepEqual([wrong.status, /role="alert">[^<]*the code is wrong/.test(wrong.text)], [403, true])

  const before = Math.floor(Date.now() / 1000)
  const question = await withCode(browser, wrong)
  const loggedInAt = Date.now() / 1000
  await sleep(1500)
  assert.equal(headingOf(await browser.send(question, { decision: 'approve' })), 'You approved')
  const { body } = await world.redeem(String(authReqId))
  const { acr, amr, auth_time: authTime } = decodeJwt(String(body.id_token))
  assert.deepEqual([acr, amr], ['mfa', ['pwd', 'otp', 'ciba', 'user_approval']])
  const isOfLogin = Number(authTime) >= before && Number(authTime) <= loggedInAt
  assert.ok(
    isOfLogin,
    `auth_time is the login (${before} to ${loggedInAt}), not the answer: ${String(authTime)}`,
  )
})

test('an answer from a login that has become too weak is not sent, but a denial is', async () => {
  const request = world.aRequest()
  world.put(request)
  await world.ask(request)
  const browser = createBrowser()
  const question = await browser.send(await browser.open(pageOf(world, request)), password)
  requiring(request)
  const refused = await browser.send(question, { decision: 'approve' })
  assert.deepEqual([refused.status, headingOf(refused)], [403, 'Log in again to answer'])
  assert.match(linkIn(refused), /^\/login\?to=[^&]+&acr_values=mfa$/)
  assert.equal(headingOf(await browser.send(question, { decision: 'deny' })), 'You denied')
})

test('a provider is not asked for a second factor that nobody requires', async () => {
  const request = world.aRequest()
  world.put(request)
  const { auth_req_id: authReqId } = (await world.ask(request)).body
  const browser = createBrowser()
  const question = await browser.send(await browser.open(pageOf(world, request)), password)
  await browser.send(question, { decision: 'approve' })
  const { acr, amr } = decodeJwt(String((await world.redeem(String(authReqId))).body.id_token))
  assert.deepEqual([acr, amr], ['ciba', ['pwd', 'ciba', 'user_approval']])
})

test('any login will do where the policy says so, and where it takes either', async () => {
  for (const acrValues of [['ciba'], ['mfa', 'ciba']]) {
    const request = requiring(world.aRequest(), acrValues)
    const { auth_req_id: authReqId } = (await world.ask(request, { acr_values: acrValues.join(' ') })).body
    const browser = createBrowser()
    const second = await browser.send(await browser.open(pageOf(world, request)), password)
    const question = await browser.send(second, password)
    assert.equal(headingOf(await browser.send(question, { decision: 'approve' })), 'You approved')
    const { acr } = decodeJwt(String((await world.redeem(String(authReqId))).body.id_token))
    assert.equal(acr, 'ciba')
  }
})

test('the provider advertises what it can authenticate', async () => {
  const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json()
  assert.deepEqual((metadata as { acr_values_supported: unknown }).acr_values_supported, ['ciba', 'mfa'])
})

/** The same request, under a policy that requires two factors. */
function requiring(request: ApprovalRequest, acrValues = ['mfa']): ApprovalRequest {
  const effective = theTerms({ require: { acrValues } })
  const required = { ...request, status: { ...request.status, effective } }
  world.put(required)
  return required
}

function withCode(browser: Browser, form: Page): Promise<Page> {
  return browser.send(form, { ...password, code: codeOf(totp, stepAt(new Date())) })
}

function linkIn({ text }: Page): string {
  return (/href="([^"]*login[^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')
}
