import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { suite, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import { LeaseElection } from '../../../src/kubernetes/lease.ts'
import type { LeaseOptions } from '../../../src/kubernetes/lease.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { proxiedTransport, testNamespace, testTransport } from '../../support/clusters/shared.ts'

type Lease = KubernetesObject & { readonly spec: Readonly<Record<string, unknown>> }

suite('lease, against the API server', () => {
  const transport = testTransport()
  const leases = resource<Lease>(transport, {
    apiVersion: 'coordination.k8s.io/v1',
    plural: 'leases',
    namespaced: true,
  })

  test('of two candidates one holds, until it stops', async (t) => {
    const namespace = await testNamespace(t)
    const first = candidate(t, { namespace, identity: 'first' })
    await first.until('acquired None')
    const second = candidate(t, { namespace, identity: 'second' })
    assert.ok(first.election.isHeld() && !second.election.isHeld())
    await first.election.stop()
    assert.ok(!first.election.isHeld())
    await second.until('acquired Released')
    assert.ok(second.election.isHeld())
    assert.equal((await leases.get({ namespace, name: 'election' }))?.spec.leaseTransitions, 1)
    assert.deepEqual(first.story, ['acquired None'])
  })

  test('who stops leaves an empty record behind', async (t) => {
    const namespace = await testNamespace(t)
    const first = candidate(t, { namespace, identity: 'first' })
    await first.until('acquired None')
    await first.election.stop()
    const spec = (await leases.get({ namespace, name: 'election' }))?.spec
    assert.equal(spec?.holderIdentity ?? '', '')
    assert.equal(spec?.leaseDurationSeconds, 1)
  })

  test('who cannot renew gives up before another takes over', async (t) => {
    const namespace = await testNamespace(t)
    const { proxy, transport } = await proxiedTransport(t)
    const cutOff = candidate(t, { namespace, identity: 'cut-off', transport })
    await cutOff.until('acquired None')
    const heir = candidate(t, { namespace, identity: 'heir' })
    const taken = heir.until('acquired Silent').then(() => cutOff.election.isHeld())
    proxy.cut()
    await cutOff.until('acquired None', 'lost')
    assert.ok(!heir.election.isHeld())
    assert.equal(await taken, false)
  })

  test('who sees another in the record gives up at once', async (t) => {
    const namespace = await testNamespace(t)
    const first = candidate(t, { namespace, identity: 'first' })
    await first.until('acquired None')
    await usurp({ namespace, name: 'election' })
    await first.until('acquired None', 'lost')
    assert.ok(!first.election.isHeld())
  })

  /** Writes another holder into the record, however often the holder gets in between. */
  async function usurp(key: { readonly namespace: string; readonly name: string }): Promise<void> {
    const present = await leases.get(key)
    assert.ok(present !== undefined)
    const spec = { ...present.spec, holderIdentity: 'usurper', leaseDurationSeconds: 60 }
    if ((await leases.replace({ ...present, spec })).kind === 'Conflict') await usurp(key)
  }

  type Candidate = {
    readonly election: LeaseElection
    readonly story: readonly string[]
    until(...story: readonly string[]): Promise<void>
  }

  function candidate(
    t: TestContext,
    {
      namespace,
      ...options
    }: Pick<LeaseOptions, 'identity'> & Partial<LeaseOptions> & { readonly namespace: string },
  ): Candidate {
    const story: string[] = []
    const progress = new EventEmitter()
    const tell = (sentence: string): void => {
      story.push(sentence)
      progress.emit('made')
    }
    const election = new LeaseElection({
      transport,
      key: { namespace, name: 'election' },
      clock: systemClock,
      leaseSeconds: 2,
      renewDeadlineSeconds: 1,
      retrySeconds: 0.2,
      onAcquired: (predecessor) => {
        tell(`acquired ${predecessor}`)
      },
      onLost: () => {
        tell('lost')
      },
      ...options,
    })
    t.after(() => election.stop())
    election.start()
    return {
      election,
      story,
      async until(...wanted) {
        while (story.join() !== wanted.join()) await once(progress, 'made', { signal: t.signal })
      },
    }
  }
})
