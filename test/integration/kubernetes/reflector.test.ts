import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { suite, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import { apiErrorFrom } from '../../../src/kubernetes/client/api-error.ts'
import type { Listable } from '../../../src/kubernetes/watch/listing.ts'
import { Reflector } from '../../../src/kubernetes/watch/reflector.ts'
import type { ReflectorOptions, ReflectorReport } from '../../../src/kubernetes/watch/reflector.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { proxiedTransport, testNamespace, testTransport } from '../../support/clusters/shared.ts'
import type { TcpProxy } from '../../support/fakes/network/tcp-proxy.ts'

type ConfigMap = KubernetesObject & { readonly data: Readonly<Record<string, string>> }

const configMapType = { apiVersion: 'v1', plural: 'configmaps', namespaced: true }

suite('reflector, against the API server', () => {
  const configMaps = resource<ConfigMap>(testTransport(), configMapType)

  test('knows what exists once it has synced', async (t) => {
    const namespace = await testNamespace(t)
    for (const name of ['a', 'b']) await create(namespace, name)
    const seen = watched(t, configMaps, { selection: { namespace } })
    await seen.reflector.hasSynced
    assert.deepEqual(seen.names(), ['a', 'b'])
    assert.equal(seen.reflector.get({ namespace, name: 'a' })?.data.text, 'grüße')
    assert.ok(!('managedFields' in (seen.reflector.list()[0]?.metadata ?? {})))
  })

  test('sees what is created, changed and deleted', async (t) => {
    const namespace = await testNamespace(t)
    const seen = watched(t, configMaps, { selection: { namespace } })
    await seen.reflector.hasSynced
    const created = await create(namespace, 'a')
    await seen.until('+a')
    await configMaps.replace({ ...created, data: { text: 'changed' } })
    await seen.until('+a', '~a')
    await configMaps.delete(created.metadata, { uid: uidOf(created) })
    await seen.until('+a', '~a', '-a')
    assert.deepEqual(seen.names(), [])
  })

  test('knows what exists from pages where it cannot be streamed', async (t) => {
    const namespace = await testNamespace(t)
    for (const name of ['a', 'b', 'c']) await create(namespace, name)
    const seen = watched(t, withoutStreamedBeginning(configMaps), { selection: { namespace } })
    await seen.reflector.hasSynced
    assert.deepEqual(seen.names(), ['a', 'b', 'c'])
    await create(namespace, 'd')
    await seen.until('+a', '+b', '+c', '+d')
  })

  test('a watch that was cut goes on where it was', async (t) => {
    const { namespace, proxy, seen } = await behindProxy(t)
    const created = await create(namespace, 'a')
    await seen.until('+a')
    proxy.cut()
    await create(namespace, 'b')
    await configMaps.delete(created.metadata, { uid: uidOf(created) })
    await seen.untilReported('Interrupted')
    proxy.restore()
    await seen.until('+a', '+b', '-a')
    assert.equal(seen.reports.filter(({ kind }) => kind === 'Synced').length, 1)
  })

  test('a deletion while away is noticed when the watch is too old', async (t) => {
    const { namespace, proxy, seen, forgetHistory } = await behindProxy(t)
    const created = await create(namespace, 'a')
    await create(namespace, 'b')
    await seen.until('+a', '+b')
    proxy.cut()
    await configMaps.delete(created.metadata, { uid: uidOf(created) })
    await seen.untilReported('Interrupted')
    forgetHistory()
    proxy.restore()
    await seen.until('+a', '+b', '-a')
    assert.deepEqual(seen.names(), ['b'])
    assert.equal(seen.reports.filter(({ kind }) => kind === 'Synced').length, 2)
  })

  test('a connection that died without a word is given up', async (t) => {
    const { namespace, proxy, seen } = await behindProxy(t, { longestSilenceMs: 500 })
    proxy.stall()
    await create(namespace, 'a')
    await seen.until('+a')
    assert.ok(seen.reports.some(({ kind }) => kind === 'Interrupted'))
  })

  test('a handler that throws does not stop the watch', async (t) => {
    const namespace = await testNamespace(t)
    const onChange = (): void => {
      throw new Error('careless')
    }
    const seen = watched(t, configMaps, { selection: { namespace }, onChange })
    await seen.reflector.hasSynced
    for (const name of ['a', 'b']) await create(namespace, name)
    await seen.untilReported('HandlerFailed', 'HandlerFailed')
    assert.deepEqual(seen.names(), ['a', 'b'])
  })

  test('nothing is under way after stop', async (t) => {
    const namespace = await testNamespace(t)
    const seen = watched(t, configMaps, { selection: { namespace } })
    await seen.reflector.hasSynced
    await seen.reflector.stop()
    await create(namespace, 'a')
    assert.deepEqual(seen.changes, [])
    assert.ok(seen.reports.every(({ kind }) => kind === 'Synced'))
  })

  async function create(namespace: string, name: string): Promise<ConfigMap> {
    const metadata = { namespace, name }
    const created = await configMaps.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { text: 'grüße' },
    })
    assert.ok(created.kind === 'Applied', created.kind)
    return created.object
  }

  /** A synced reflector that reaches the API server through a proxy only. */
  async function behindProxy(
    t: TestContext,
    options: Partial<ReflectorOptions<ConfigMap>> = {},
  ): Promise<Proxied> {
    const namespace = await testNamespace(t)
    const { proxy, transport } = await proxiedTransport(t)
    const history = forgetful(resource<ConfigMap>(transport, configMapType))
    const seen = watched(t, history.source, { selection: { namespace }, ...options })
    await seen.reflector.hasSynced
    return { namespace, proxy, seen, forgetHistory: history.forget }
  }
})

type Proxied = {
  readonly namespace: string
  readonly proxy: TcpProxy
  readonly seen: Seen
  readonly forgetHistory: () => void
}

type Seen = {
  readonly reflector: Reflector<ConfigMap>
  readonly changes: readonly string[]
  readonly reports: readonly ReflectorReport[]
  names(): readonly string[]
  until(...changes: readonly string[]): Promise<void>
  /** After `Synced`. While a proxy is cut, more of the same may have followed. */
  untilReported(...kinds: readonly ReflectorReport['kind'][]): Promise<void>
}

/** Starts a reflector and notes what it says: `+a` created, `~a` changed, `-a` deleted. */
function watched(
  t: TestContext,
  source: Listable<ConfigMap>,
  options: Partial<ReflectorOptions<ConfigMap>>,
): Seen {
  const changes: string[] = []
  const reports: ReflectorReport[] = []
  const progress = new EventEmitter()
  const reflector = new Reflector({
    source,
    clock: systemClock,
    onChange: (old, now) => {
      changes.push(`${sign(old, now)}${(now ?? old)?.metadata.name ?? ''}`)
      progress.emit('made')
    },
    onReport: (report) => {
      reports.push(report)
      progress.emit('made')
    },
    ...options,
  })
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await once(progress, 'made', { signal: t.signal })
  }
  reflector.start()
  t.after(() => reflector.stop())
  return {
    reflector,
    changes,
    reports,
    names: () => reflector.list().map(({ metadata }) => metadata.name),
    until: (...wanted) => until(() => wanted.join() === changes.join()),
    untilReported: (...wanted) =>
      until(() => {
        const begun = reports.slice(0, wanted.length + 1).map(({ kind }) => kind)
        return begun.join() === ['Synced', ...wanted].join()
      }),
  }
}

function sign(old: unknown, now: unknown): string {
  if (old === undefined) return '+'
  return now === undefined ? '-' : '~'
}

/** An API server that cannot begin a watch with what exists, as those before 1.32. */
function withoutStreamedBeginning(source: Listable<ConfigMap>): Listable<ConfigMap> {
  return {
    list: (options) => source.list({ ...options, limit: 2 }),
    watch: (options) => {
      if (options.resourceVersion !== undefined) return source.watch(options)
      return Promise.reject(apiErrorFrom({ kind: 'Status', reason: 'Invalid' }, { status: 422 }))
    },
  }
}

/** After `forget` the API server no longer keeps the past that the next watch asks for. */
function forgetful(source: Listable<ConfigMap>): { source: Listable<ConfigMap>; forget: () => void } {
  let isForgotten = false
  return {
    forget: () => {
      isForgotten = true
    },
    source: {
      list: (options) => source.list(options),
      watch: (options) => {
        if (!isForgotten || options.resourceVersion === undefined) return source.watch(options)
        return Promise.reject(apiErrorFrom({ kind: 'Status', reason: 'Expired' }, { status: 410 }))
      },
    },
  }
}

function uidOf(object: KubernetesObject): string {
  return object.metadata.uid ?? assert.fail('no uid')
}
