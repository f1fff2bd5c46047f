import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { KubernetesObject, Namespace } from '../../../src/api/objects.ts'
import type { Log } from '../../../src/core/ports/surroundings.ts'
import { createEventRecorder } from '../../../src/kubernetes/events.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'

type KubernetesEvent = KubernetesObject & Readonly<Record<'note' | 'reason' | 'type' | 'eventTime', string>>

suite('events, against the API server', () => {
  const transport = testTransport()
  const events = resource<KubernetesEvent>(transport, {
    apiVersion: 'events.k8s.io/v1',
    plural: 'events',
    namespaced: true,
  })

  test('what is recorded can be read', async (t) => {
    const namespace = await testNamespace(t)
    const warnings: string[] = []
    const recorder = createEventRecorder(transport, {
      log: logTo(warnings),
      now: () => new Date('2026-11-23T09:22:31.5Z'),
    })
    const note = 'ü'.repeat(600)
    recorder.recordEvent({
      regarding: aRequest(namespace),
      type: 'Normal',
      reason: 'Approved',
      action: 'Reconcile',
      note,
    })
    recorder.recordEvent({
      regarding: aRequest(namespace),
      type: 'Normal',
      reason: 'Approved',
      action: 'Reconcile',
      note,
    })
    await recorder.close()
    assert.deepEqual(warnings, [])
    const { items } = await events.list({ namespace })
    const written = ['2026-11-23T09:22:31.500000Z', `${'ü'.repeat(510)}…`]
    assert.deepEqual(
      items.map(({ eventTime, note }) => [eventTime, note]),
      [written, written],
    )
  })

  test('what is told once is told by the first process only', async (t) => {
    const namespace = await testNamespace(t)
    const [one, other] = [1, 2].map(() => createEventRecorder(transport, { log: logTo([]) }))
    const event = { type: 'Warning', reason: 'GateBypassed', action: 'Gate', note: 'a note' } as const
    const told = { ...event, regarding: aRequest(namespace) }
    assert.equal(await one?.recordOnce(told, 'a-mark'), true)
    assert.equal(await other?.recordOnce(told, 'a-mark'), false)
    assert.equal(await other?.recordOnce(told, 'b-mark'), true)
    assert.equal((await events.list({ namespace })).items.length, 2)
  })

  test('what cannot be written counts as told now', async () => {
    const recorder = createEventRecorder(transport, { log: logTo([]) })
    const event = { type: 'Warning', reason: 'GateBypassed', action: 'Gate', note: 'a note' } as const
    const told = { ...event, regarding: aRequest('nowhere-to-be-found') }
    assert.equal(await recorder.recordOnce(told, 'a-mark'), true)
  })

  test('a cluster-scoped object has its Events in default', async (t) => {
    const name = await testNamespace(t)
    const regarding = await resource<Namespace>(transport, kinds.namespaces).get({ name })
    assert.ok(regarding !== undefined)
    const recorder = createEventRecorder(transport, { log: logTo([]) })
    recorder.recordEvent({ regarding, type: 'Warning', reason: 'Tested', action: 'Test', note: 'a test' })
    await recorder.close()
    const { items } = await events.list({ namespace: 'default' })
    const found = items.filter(({ metadata }) => metadata.name.startsWith(name))
    assert.deepEqual(
      found.map(({ reason }) => reason),
      ['Tested'],
    )
    for (const { metadata } of found) await events.delete(metadata, { uid: metadata.uid ?? '' })
  })

  test('what is refused is told once and forgotten', async () => {
    const warnings: string[] = []
    const recorder = createEventRecorder(transport, { log: logTo(warnings) })
    const regarding = aRequest('nowhere-to-be-found')
    recorder.recordEvent({ regarding, type: 'Normal', reason: 'Approved', action: 'Reconcile', note: 'lost' })
    await recorder.close()
    assert.deepEqual(warnings, ['event not recorded'])
  })
})

function aRequest(namespace: string): KubernetesObject {
  return {
    apiVersion: 'countersign.dev/v1alpha1',
    kind: 'ApprovalRequest',
    metadata: { namespace, name: 'foo-v2', uid: 'u' },
  }
}

function logTo(warnings: string[]): Log {
  const silent = (): void => undefined
  return { debug: silent, info: silent, error: silent, warn: (message) => void warnings.push(message) }
}
