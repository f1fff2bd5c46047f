/** Someone who begins logins as fast as possible: they are told to wait, and another address is not. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { passwords, startInbox } from '../../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'
import { createBrowser, headingOf } from '../../../tools/local/person.ts'

let world: InboxWorld
before(async () => {
  world = await startInbox()
})
after(() => world.close())

test('logins that are begun too fast are 429, and a person elsewhere logs in', async () => {
  const answers = await Promise.all(Array.from({ length: 150 }, () => begin('127.0.0.66')))
  assert.ok(answers.filter((status) => status === 303).length >= 100)
  assert.ok(answers.filter((status) => status === 429).length > 10, answers.join(' '))
  const browser = createBrowser()
  const login = await browser.open(`${world.inboxUrl}/login`)
  const page = await browser.send(login, { username: 'alice', password: passwords.alice })
  assert.equal(headingOf(page), 'Waiting for you')
})

function begin(localAddress: string): Promise<number> {
  const query = new URLSearchParams({
    ...{ client_id: 'inbox', response_type: 'code', scope: 'openid', code_challenge_method: 'S256' },
    ...{ code_challenge: 'a'.repeat(43), redirect_uri: `${world.inboxUrl}/login/callback` },
  })
  return new Promise((resolve, reject) => {
    const asked = request(`${world.issuer}/auth?${query.toString()}`, { localAddress }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.once('error', reject).end()
  })
}
