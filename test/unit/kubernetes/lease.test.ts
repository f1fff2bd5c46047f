/** Answers that are lost or late, one at a time; the model draws whole courses of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import { KubernetesUnreachableError } from '../../../src/kubernetes/client/api-error.ts'
import type { ApiRequest } from '../../../src/kubernetes/client/connections.ts'
import { LeaseElection } from '../../../src/kubernetes/lease.ts'
import { aLeaseServer, transportBy } from '../../support/fakes/cluster/lease-server.ts'
import type { LeaseServer } from '../../support/fakes/cluster/lease-server.ts'
import { virtualTime } from '../../support/fakes/clocks/virtual-time.ts'
import type { VirtualTime } from '../../support/fakes/clocks/virtual-time.ts'

for (const [predecessor, before] of [
  ['None', undefined],
  ['Released', ''],
  ['Silent', 'who came before'],
] as const)
  test(`who took it by a write whose answer was lost knows its predecessor: ${predecessor}`, async (t) => {
    const time = aTime(t)
    const server = aLeaseServer()
    if (before !== undefined) server.hand(before)
    let lost = 0
    const { story } = anElector(
      time,
      async ({ method }, answer) => {
        const answered = await answer()
        if (method === 'GET' || lost > 0) return answered
        lost += 1
        throw new KubernetesUnreachableError('no answer')
      },
      server,
    )
    await turn()
    for (let seconds = 0; seconds < 60 && story.length === 0; seconds += 1) await time.fire()
    assert.deepEqual([story, lost], [[`acquired ${predecessor}`], 1])
  })

test('who has given it back hears of no loss', async (t) => {
  const time = aTime(t)
  const server = aLeaseServer()
  const arrival = Promise.withResolvers<undefined>()
  let isSlow = false
  const { elector, story } = anElector(
    time,
    async (_, answer) => {
      if (isSlow) await arrival.promise
      return answer()
    },
    server,
  )
  await turn()
  isSlow = true
  await time.fire()
  const stopped = elector.stop()
  server.hand('usurper')
  arrival.resolve(undefined)
  await stopped
  assert.deepEqual([story, elector.isHeld()], [['acquired None'], false])
})

test('a Lease takes whole seconds: what is given with a fraction is held for longer, not for less', async (t) => {
  const time = aTime(t)
  const server = aLeaseServer()
  const written: unknown[] = []
  new LeaseElection({
    transport: transportBy((request) => {
      if (request.method === 'POST') written.push((request.body as KubernetesObject & { spec: object }).spec)
      return Promise.resolve(server.answer(request))
    }),
    key: { namespace: 'operator', name: 'election' },
    identity: 'the elector',
    clock: time.clock(),
    onAcquired: () => undefined,
    onLost: () => undefined,
    leaseSeconds: 15.5,
  }).start()
  await turn()
  const [spec] = written as readonly { readonly leaseDurationSeconds: number }[]
  assert.equal(spec?.leaseDurationSeconds, 16)
})

function aTime(t: TestContext): VirtualTime {
  const time = virtualTime()
  t.after(() => {
    time.restore()
  })
  return time
}

type Elector = { readonly elector: LeaseElection; readonly story: readonly string[] }

/** @param exchange what becomes of a request, given how to have it answered */
function anElector(
  time: VirtualTime,
  exchange: (request: ApiRequest, answer: () => Promise<unknown>) => Promise<unknown>,
  server: LeaseServer,
): Elector {
  const story: string[] = []
  const elector = new LeaseElection({
    transport: transportBy((request) =>
      exchange(request, () => Promise.resolve().then(() => server.answer(request))),
    ),
    key: { namespace: 'operator', name: 'election' },
    identity: 'the elector',
    clock: time.clock(),
    onAcquired: (predecessor) => story.push(`acquired ${predecessor}`),
    onLost: () => story.push('lost'),
  })
  elector.start()
  return { elector, story }
}
