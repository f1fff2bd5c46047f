import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { sharedReads } from '../../../../src/kubernetes/client/shared-reads.ts'
import { eventually } from '../../../support/assertions/elapsed.ts'

/** A server that answers when a test says so, with what it held when it was asked. */
function aServer(): {
  readonly held: { version: number }
  readonly asked: (PromiseWithResolvers<undefined> & { readonly name: string })[]
  get(key: { readonly name: string }): Promise<KubernetesObject>
} {
  const held = { version: 1 }
  const asked: (PromiseWithResolvers<undefined> & { readonly name: string })[] = []
  const get = async ({ name }: { readonly name: string }): Promise<KubernetesObject> => {
    const resourceVersion = String(held.version)
    const answered = { ...Promise.withResolvers<undefined>(), name }
    asked.push(answered)
    await answered.promise
    return { apiVersion: 'v1', kind: 'Thing', metadata: { name, resourceVersion } }
  }
  return { held, asked, get }
}

const [a, b] = [{ name: 'a' }, { name: 'b' }]

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

function versionOf(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata.resourceVersion
}

test('all who come while a read is under way share the next one, and get nothing older than themselves', async () => {
  const server = aServer()
  const { get } = sharedReads(server)
  const first = get(a)
  server.held.version = 2
  const others = [get(a), get(a), get(a)]
  await settled()
  assert.equal(server.asked.length, 1)
  server.asked[0]?.resolve(undefined)
  await settled()
  assert.equal(server.asked.length, 2)
  server.held.version = 3
  const last = get(a)
  server.asked[1]?.resolve(undefined)
  await settled()
  server.asked[2]?.resolve(undefined)
  const versions = (await Promise.all([first, ...others, last])).map(versionOf)
  assert.deepEqual(versions, ['1', '2', '2', '2', '3'])
  assert.equal(server.asked.length, 3)
})

test('one after the other, each has a read of its own', async () => {
  const server = aServer()
  const { get } = sharedReads(server)
  for (const version of [1, 2]) {
    server.held.version = version
    const read = get(a)
    server.asked.at(-1)?.resolve(undefined)
    assert.equal(versionOf(await read), String(version))
  }
  assert.equal(server.asked.length, 2)
})

test('objects of other names and namespaces do not wait for each other', async () => {
  const server = aServer()
  const { get } = sharedReads(server)
  void get(a)
  void get(b)
  void get({ ...a, namespace: 'demo' })
  await settled()
  assert.equal(server.asked.length, 3)
})

test('a read that fails fails for those who share it only', async () => {
  const server = aServer()
  const { get } = sharedReads(server)
  const failing = get(a)
  const [one, other] = [get(a), get(a)]
  server.asked[0]?.reject(new Error('reset'))
  await assert.rejects(failing, /reset/)
  await settled()
  server.asked[1]?.resolve(undefined)
  assert.deepEqual([await one, await other].map(versionOf), ['1', '1'])
})

test('a read that hangs delays the next one for as long as patience lasts', async () => {
  const server = aServer()
  const patienceMs = 50
  const { get } = sharedReads(server, { patienceMs })
  const hanging = get(a)
  const next = get(a)
  const begun = performance.now()
  await eventually(() => server.asked.length === 2, 'the next read')
  // A timer may fire up to a millisecond early.
  assert.ok(performance.now() - begun >= patienceMs - 1)
  server.asked[1]?.resolve(undefined)
  assert.equal(versionOf(await next), '1')
  server.asked[0]?.resolve(undefined)
  await hanging
})
