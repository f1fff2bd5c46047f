/** What the embedded provider keeps of those who prove nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Adapter } from 'oidc-provider'
import { createMemory } from '../../../src/embedded-provider/memory.ts'

const many = 3000

async function fill(adapter: Adapter): Promise<void> {
  for (let index = 0; index < many; index++) await adapter.upsert(`id-${index}`, { jti: `id-${index}` }, 600)
}

async function keptIn(adapter: Adapter): Promise<number> {
  const found = await Promise.all(Array.from({ length: many }, (_, index) => adapter.find(`id-${index}`)))
  return found.filter((payload) => payload !== undefined).length
}

for (const model of ['Interaction', 'Session'])
  test(`of ${model}s that anyone may begin the newest thousand are kept`, async () => {
    const adapter = createMemory()(model)
    await fill(adapter)
    assert.equal(await keptIn(adapter), 1000)
    assert.notEqual(await adapter.find(`id-${many - 1}`), undefined)
  })

test('a login that goes on is not the oldest any more', async () => {
  const adapter = createMemory()('Interaction')
  await adapter.upsert('mine', { jti: 'mine' }, 600)
  for (let index = 0; index < many; index++) {
    await adapter.upsert(`id-${index}`, { jti: `id-${index}` }, 600)
    if (index % 500 === 0) await adapter.upsert('mine', { jti: 'mine' }, 600)
  }
  assert.notEqual(await adapter.find('mine'), undefined)
})

for (const model of ['AccessToken', 'BackchannelAuthenticationRequest', 'Grant'])
  test(`each ${model} is kept, however many there are and whatever anyone begins`, async () => {
    const create = createMemory()
    const adapter = create(model)
    await fill(adapter)
    await fill(create('Interaction'))
    assert.equal(await keptIn(adapter), many)
  })
