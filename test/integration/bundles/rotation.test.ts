/** The programs themselves, whose files are rotated under them: nobody restarts anything, and people log in. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createBrowser, headingOf } from '../../../tools/local/person.ts'
import { startBundle } from '../../../tools/local/processes.ts'
import { testKubeconfig, testNamespace } from '../../support/clusters/shared.ts'
import { eventually } from '../../support/assertions/elapsed.ts'

type Secrets = { readonly inbox: string; readonly alice: string }

function directoryWith({ inbox, alice }: Secrets, inboxUrl: string): string {
  return JSON.stringify({
    people: [{ username: 'alice', email: 'alice@company.com', name: 'Alice', password: alice }],
    clients: [
      {
        kind: 'Login',
        client_id: 'inbox',
        client_secret: inbox,
        redirect_uris: [`${inboxUrl}/login/callback`],
      },
    ],
    audience: 'urn:countersign:test',
    channel: { uri: `${inboxUrl}/channel` },
  })
}

function count(logFile: string, event: string): number {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"${event}"`)).length
}

test('client secret and people are rotated while inbox and embedded provider run', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-rotation-'))
  t.after(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const namespace = await testNamespace(t)
  const [config, secretFile] = [join(directory, 'people.yaml'), join(directory, 'client-secret')]
  writeFileSync(secretFile, 'inbox-secret-1')
  writeFileSync(config, directoryWith({ inbox: 'inbox-secret-1', alice: 'first' }, 'http://127.0.0.1:9'))
  const provider = await startBundle({
    bundle: 'identity-provider',
    args: ['--development', '--config', config, '--host', '[::1]'],
    directory,
  })
  t.after(() => provider.stop())
  const issuer = /"issuer":"([^"]+)"/.exec(readFileSync(provider.logFile, 'utf8'))?.[1] ?? ''
  assert.match(issuer, /^http:\/\/\[::1\]:/)
  const inbox = await startBundle({
    bundle: 'inbox',
    args: [
      ...['--kubeconfig', testKubeconfig(), '--namespace', namespace, '--host=[::1]', '--port', '0'],
      ...['--issuer', issuer, '--allow-insecure-http'],
      ...['--client-id', 'inbox', '--client-secret-file', secretFile],
    ],
    directory,
  })
  t.after(() => inbox.stop())
  const inboxUrl = /"url":"([^"]+)"/.exec(readFileSync(inbox.logFile, 'utf8'))?.[1] ?? ''

  const changed = (secrets: Secrets): void => {
    writeFileSync(config, directoryWith(secrets, inboxUrl))
  }
  const reloads = (): number => count(provider.logFile, 'DirectoryReloaded')
  const isLoggedIn = async (password: string): Promise<boolean> => {
    const browser = createBrowser()
    const page = await browser.send(await browser.open(inboxUrl), { username: 'alice', password })
    return headingOf(page) === 'Waiting for you'
  }

  changed({ inbox: 'inbox-secret-1', alice: 'first' })
  await eventually(() => reloads() === 1, 'the provider reads its file again')
  assert.ok(await isLoggedIn('first'), 'alice logs in')

  changed({ inbox: 'inbox-secret-2', alice: 'second' })
  await eventually(() => reloads() === 2, 'the provider reads its file again')
  assert.equal(await isLoggedIn('second'), false, 'the inbox still sends the secret that counts no longer')
  writeFileSync(secretFile, 'inbox-secret-2\n')
  await eventually(() => count(inbox.logFile, 'FileReloaded') === 1, 'the inbox reads its file again')
  assert.ok(await isLoggedIn('second'), 'alice logs in by both new secrets')

  writeFileSync(config, 'people: [')
  writeFileSync(secretFile, '')
  const rejected = (): number => count(provider.logFile, 'DirectoryRejected')
  const unusable = (): number => count(inbox.logFile, 'file cannot be used, what it held before stays')
  await eventually(() => rejected() === 1 && unusable() === 1, 'both say that they keep what was there')
  assert.ok(await isLoggedIn('second'), 'what was there counts')
  const printed = readFileSync(provider.logFile, 'utf8') + readFileSync(inbox.logFile, 'utf8')
  assert.doesNotMatch(printed, /inbox-secret-|"second"/)
})
