/** Who begins logins as fast as possible gains nothing from a change of the directory's file. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { stringify } from 'yaml'
import { listen } from '../../../src/http/server.ts'
import { parseDirectory } from '../../../src/embedded-provider/people.ts'
import { createIdentityProvider } from '../../../src/embedded-provider/provider.ts'

const alice = { username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }

test('a used-up rate stays so when people and clients are replaced', async (t) => {
  let handle: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = await listen(
    (request, response) => {
      handle(request, response)
    },
    { host: '127.0.0.1', port: 0 },
  )
  t.after(() => server.close())
  const clients = [{ kind: 'Ciba', client_id: 'bot', client_secret: 'a-secret' }]
  const directory = parseDirectory(stringify({ people: [alice], clients, audience: 'urn:test' }))
  const whereabouts = { directory, channelUri: 'http://127.0.0.1:9' }
  const { listener, replace } = await createIdentityProvider({
    ...whereabouts,
    issuer: server.url,
    report: () => undefined,
  })
  handle = listener
  const begin = async (): Promise<number> => (await fetch(`${server.url}/auth`)).status
  const isUsedUp = async (): Promise<boolean> => {
    for (let logins = 0; logins < 200; logins += 1) if ((await begin()) === 429) return true
    return false
  }
  assert.ok(await isUsedUp())
  replace(whereabouts)
  // Five more a second are let through, and not the hundred that come first.
  const answers = await Promise.all(Array.from({ length: 50 }, begin))
  assert.ok(answers.filter((status) => status === 429).length > 25, answers.join(' '))
})
