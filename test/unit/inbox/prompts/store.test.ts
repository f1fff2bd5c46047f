import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap } from '../../../../src/api/objects.ts'
import type { Given, NewPrompt, TrackedPrompt } from '../../../../src/inbox/prompts/state.ts'
import { createPrompts } from '../../../../src/inbox/prompts/store.ts'
import type { Prompts } from '../../../../src/inbox/prompts/store.ts'
import { sealerWith } from '../../../../src/sealing/seals.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { aRing, unchanging } from '../../../support/builders/key-ring.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'

const approve: Given = { decision: 'approve', at: at(1) }
const deny: Given = { decision: 'deny', at: at(2) }

test('a prompt is found by its object, in every replica', async () => {
  const { prompts, another } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  assert.deepEqual((await find(another, 'a'))?.state, { kind: 'Waiting', bearer: 'bearer-of-a' })
  assert.equal(await find(another, 'b'), undefined)
})

test('whether it takes changes is kept, and what was changed', async () => {
  const { prompts, another } = twoReplicas()
  await prompts.keep(aPrompt('a', { takesChanges: true }))
  const kept = await find(another, 'a')
  assert.ok(kept)
  const changed = { ...approve, changes: [{ name: 'wait', from: '5m', to: '15m' }] }
  const claimed = await prompts.claim(kept, changed)
  assert.ok(claimed)
  await prompts.settle(claimed, { kind: 'Answered', given: changed })
  const { takesChanges, state } = (await find(another, 'a')) ?? {}
  assert.deepEqual([takesChanges, state], [true, { kind: 'Answered', given: changed }])
})

test('one entry that does not open hides no other of its address', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const [older, newer] = ['uid-of-older', 'uid-of-newer'].map((uid) => ({ ...ref('a'), uid }))
  assert.ok(older && newer)
  await replica(configMaps, aRing()).keep(aPrompt('a', { ref: older }))
  const prompts = replica(configMaps, aRing())
  await prompts.keep(aPrompt('a', { ref: newer }))
  assert.deepEqual((await find(prompts, 'a'))?.ref, newer)
})

test('an entry from before addresses were labels is found', async () => {
  const { prompts, configMaps } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  await prompts.keep(aPrompt('b'))
  for (const name of ['inbox-prompt-uid-of-a', 'inbox-prompt-uid-of-b']) {
    const kept = configMaps.held(name)
    const { 'countersign.dev/inbox-prompt-about': about, ...labels } = kept?.metadata.labels ?? {}
    assert.ok(kept && about !== undefined)
    configMaps.put({ ...kept, metadata: { ...kept.metadata, labels } })
  }
  assert.deepEqual((await find(prompts, 'a'))?.ref, ref('a'))
})

test('what others were asked is not found', async () => {
  const { prompts } = twoReplicas()
  await prompts.keep(aPrompt('a', { subject: 'bob' }))
  assert.equal(await find(prompts, 'a'), undefined)
})

test('each person has a list of her own', async () => {
  const { prompts, another } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  await prompts.keep(aPrompt('b', { subject: 'bob' }))
  await prompts.keep(aPrompt('c'))
  const names = async (subject: string): Promise<readonly string[]> =>
    (await another.listAnswerable(subject, t(0))).map((prompt) => prompt.ref.name)
  assert.deepEqual([await names('alice'), await names('bob'), await names('carol')], [['a', 'c'], ['b'], []])
})

test('what is kept says nothing but its uid and its end', async () => {
  const { prompts, configMaps } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const { metadata, data } = configMaps.held('inbox-prompt-uid-of-a') ?? {}
  const opaque = JSON.stringify([metadata?.labels, metadata?.annotations, data])
  assert.doesNotMatch(opaque, /alice|bearer|sha256/)
  assert.deepEqual(Object.keys(data ?? {}), ['prompt'])
  assert.equal(metadata?.annotations?.['countersign.dev/delete-after'], at(60 + 3600))
})

test('an entry put under another name does not open', async () => {
  const { prompts, configMaps } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const kept = configMaps.held('inbox-prompt-uid-of-a')
  assert.ok(kept)
  configMaps.put({ ...kept, metadata: { ...kept.metadata, name: 'inbox-prompt-uid-of-b' } })
  configMaps.remove('inbox-prompt-uid-of-a')
  await assert.rejects(find(prompts, 'a'), { code: 'ERR_PROMPT_STORE' })
})

test('an entry of another key ring is an error, not an absence', async () => {
  const { prompts, configMaps } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  await assert.rejects(find(replica(configMaps, aRing()), 'a'), { code: 'ERR_PROMPT_STORE' })
})

test('a newer prompt replaces the older one', async () => {
  const { prompts, another } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const older = await tracked(prompts, 'a')
  await another.keep(aPrompt('a', { state: { kind: 'Waiting', bearer: 'newer' } }))
  assert.deepEqual((await find(prompts, 'a'))?.state, { kind: 'Waiting', bearer: 'newer' })
  assert.equal(await prompts.claim(older, approve), undefined)
})

test('a prompt that cannot be written is an error', async () => {
  const { prompts, configMaps } = twoReplicas()
  configMaps.interpose({
    before: ({ verb }) => {
      if (verb === 'create') throw new Error('the API server is away')
    },
  })
  await assert.rejects(prompts.keep(aPrompt('a')), /away/)
})

test('a prompt is kept although the older one is deleted as it is looked at', async () => {
  const { prompts, configMaps } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  let isFirst = true
  configMaps.interpose({
    before: ({ verb, name }) => {
      if (verb === 'get' && isFirst) configMaps.remove(name)
      if (verb === 'get') isFirst = false
    },
  })
  await prompts.keep(aPrompt('a', { state: { kind: 'Waiting', bearer: 'newer' } }))
  assert.deepEqual((await find(prompts, 'a'))?.state, { kind: 'Waiting', bearer: 'newer' })
})

test('of two replicas one may answer', async () => {
  const { prompts, another } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const [mine, theirs] = [await tracked(prompts, 'a'), await tracked(another, 'a')]
  const claims = await Promise.all([prompts.claim(mine, approve), another.claim(theirs, deny)])
  assert.equal(claims.filter((claim) => claim !== undefined).length, 1)
  assert.equal(await prompts.claim(await tracked(prompts, 'a'), approve), undefined)
})

test('an answer that nobody confirmed may be given again', async () => {
  const { prompts, another } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const claimed = await prompts.claim(await tracked(prompts, 'a'), approve)
  assert.ok(claimed)
  await prompts.settle(claimed, { kind: 'Waiting', bearer: 'bearer-of-a', unconfirmed: approve })
  const again = await another.claim(await tracked(another, 'a'), deny)
  assert.deepEqual(again?.answerable, { bearer: 'bearer-of-a', unconfirmed: approve })
})

for (const [seconds, want] of [
  [30, undefined],
  [31, { bearer: 'bearer-of-a', unconfirmed: approve }],
] as const) {
  test(`${seconds - 1} s after a replica was killed while answering`, async () => {
    const { prompts, another } = twoReplicas()
    await prompts.keep(aPrompt('a'))
    await prompts.claim(await tracked(prompts, 'a'), approve)
    const claim = await another.claim(await tracked(another, 'a'), { decision: 'deny', at: at(seconds) })
    assert.deepEqual(claim?.answerable, want)
  })
}

test('a confirmed answer stays, without the bearer', async () => {
  const { prompts } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const claimed = await prompts.claim(await tracked(prompts, 'a'), approve)
  assert.ok(claimed)
  await prompts.settle(claimed, { kind: 'Answered', given: approve })
  assert.deepEqual((await tracked(prompts, 'a')).state, { kind: 'Answered', given: approve })
  assert.equal(await prompts.claim(await tracked(prompts, 'a'), deny), undefined)
})

test('what became of an older prompt says nothing of the newer one', async () => {
  const { prompts } = twoReplicas()
  await prompts.keep(aPrompt('a'))
  const claimed = await prompts.claim(await tracked(prompts, 'a'), approve)
  assert.ok(claimed)
  await prompts.keep(aPrompt('a', { state: { kind: 'Waiting', bearer: 'newer' } }))
  await prompts.settle(claimed, { kind: 'Answered', given: approve })
  assert.equal((await tracked(prompts, 'a')).state.kind, 'Waiting')
})

test('what an older key ring has sealed hides nothing else', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  await replica(configMaps, aRing()).keep(aPrompt('lost'))
  const unreadable: unknown[] = []
  const prompts = replica(configMaps, aRing(), () => unreadable.push('one'))
  await prompts.keep(aPrompt('a'))
  assert.deepEqual(
    (await prompts.listAnswerable('alice', t(0))).map((one) => one.ref.name),
    ['a'],
  )
  assert.equal(unreadable.length, 1)
})

type TwoReplicas = {
  readonly prompts: Prompts
  readonly another: Prompts
  readonly configMaps: InMemoryResource<ConfigMap>
}

function twoReplicas(): TwoReplicas {
  const configMaps = inMemoryResource<ConfigMap>()
  const ring = aRing()
  return { prompts: replica(configMaps, ring), another: replica(configMaps, ring), configMaps }
}

function replica(
  configMaps: InMemoryResource<ConfigMap>,
  ring: ReturnType<typeof aRing>,
  onUnreadable: () => void = () => undefined,
): Prompts {
  const sealer = sealerWith(unchanging(ring))
  return createPrompts({
    ...{ configMaps, sealer, onUnreadable, namespace: 'countersign-system', claimSeconds: 30 },
    onKept: () => undefined,
  })
}

async function find(prompts: Prompts, name: string): Promise<TrackedPrompt | undefined> {
  const [prompt] = await prompts.findAbout('alice', ref(name))
  return prompt
}

async function tracked(prompts: Prompts, name: string): Promise<TrackedPrompt> {
  const prompt = await find(prompts, name)
  assert.ok(prompt)
  return prompt
}

function ref(name: string): NewPrompt['ref'] {
  return { namespace: 'demo', name, uid: `uid-of-${name}`, prompt: 'approver-1' }
}

function aPrompt(name: string, changes: Partial<NewPrompt> = {}): NewPrompt {
  const state = { kind: 'Waiting', bearer: `bearer-of-${name}` } as const
  const asked = { ref: ref(name), digest: 'sha256:d', subject: 'alice', expiresAt: at(60) }
  return { ...asked, takesChanges: false, state, ...changes }
}
