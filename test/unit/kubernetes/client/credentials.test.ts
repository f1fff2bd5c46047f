import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { credentialsFrom } from '../../../../src/kubernetes/client/credentials.ts'

test('the files of a CA are read once a minute, not for each call', async (t) => {
  const { kubeconfig, write } = files(t)
  let nowMs = 0
  const source = credentialsFrom(kubeconfig, () => nowMs)
  write('first')
  const first = await source.current()
  write('second')
  nowMs = 59_999
  assert.equal(await source.current(), first)
  assert.equal(String(first.tls.ca), 'first')
  nowMs = 60_000
  assert.equal(String((await source.current()).tls.ca), 'second')
})

test('once the API server refuses what they say, they are read again at once', async (t) => {
  const { kubeconfig, write } = files(t)
  const source = credentialsFrom(kubeconfig, () => 0)
  write('first')
  await source.current()
  write('second')
  source.reload()
  assert.equal(String((await source.current()).tls.ca), 'second')
})

test('a file that could not be read is tried again with the next call', async (t) => {
  const { kubeconfig, write } = files(t)
  const source = credentialsFrom(kubeconfig, () => 0)
  await assert.rejects(source.current(), { code: 'ENOENT' })
  write('first')
  assert.equal(String((await source.current()).tls.ca), 'first')
})

function files(t: TestContext): { readonly kubeconfig: string; readonly write: (ca: string) => void } {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-credentials-'))
  t.after(() => {
    rmSync(directory, { recursive: true })
  })
  const [kubeconfig, caFile] = [join(directory, 'kubeconfig'), join(directory, 'ca.crt')]
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority': caFile } }],
      users: [{ name: 'a', user: { token: 't' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      'current-context': 'a',
    }),
  )
  return {
    kubeconfig,
    write: (ca) => {
      writeFileSync(caFile, ca)
    },
  }
}
