/** The login's way through the inbox: whose callback it is, and where it leads afterwards. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createBrowser, headingOf } from '../../../tools/local/person.ts'
import { passwords, startInbox } from '../../support/worlds/inbox-world.ts'
import { pageOf } from '../../support/people/inbox-visit.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'

let world: InboxWorld

before(async () => {
  world = await startInbox()
})
after(() => world.close())

test('a callback in another browser logs nobody in', async () => {
  const page = await createBrowser().open(`${world.inboxUrl}/login/callback?code=x&state=y`)
  assert.deepEqual([page.status, headingOf(page)], [400, 'You are not logged in'])
})

test('a callback counts once', async () => {
  const browser = createBrowser()
  await browser.open(`${world.inboxUrl}/login`)
  const first = await browser.open(`${world.inboxUrl}/login/callback?code=x&state=y`)
  const second = await browser.open(`${world.inboxUrl}/login/callback?code=x&state=y`)
  assert.deepEqual([first.status, second.status], [403, 400])
})

for (const to of ['https://evil.example/', '//evil.example', '/requests/demo/../../evil', '/login', ''])
  test(`a login leads nowhere else: ${JSON.stringify(to)}`, async () => {
    const browser = createBrowser()
    const login = await browser.open(`${world.inboxUrl}/login?${new URLSearchParams({ to }).toString()}`)
    const page = await browser.send(login, { username: 'alice', password: passwords.alice })
    assert.deepEqual([page.address, headingOf(page)], [`${world.inboxUrl}/`, 'Waiting for you'])
  })

test('cookies are for the inbox alone, and no script reads them', async () => {
  const response = await fetch(`${world.inboxUrl}/login`, { redirect: 'manual' })
  const [cookie = ''] = response.headers.getSetCookie()
  assert.match(cookie, /^countersign-login=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
})

test('a new password counts at once, and what waited for an answer still gets it', async () => {
  const request = world.aRequest()
  world.put(request)
  const { auth_req_id: authReqId } = (await world.ask(request)).body
  world.changePasswordOfAlice('looking-glass')
  const browser = createBrowser()
  const login = await browser.open(pageOf(world, request))
  const refused = await browser.send(login, { username: 'alice', password: passwords.alice })
  assert.equal(refused.status, 403)
  const question = await browser.send(refused, { username: 'alice', password: 'looking-glass' })
  assert.equal(headingOf(await browser.send(question, { decision: 'approve' })), 'You approved')
  assert.equal((await world.redeem(String(authReqId))).status, 200)
  world.changePasswordOfAlice(passwords.alice)
})
