import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '../../../../src/api/objects.ts'
import { createCredentials } from '../../../../src/controllers/approval-request/credentials.ts'
import { aClient } from '../../../support/builders/builders.ts'
import { manualClock } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'

const client = aClient('bot')

function clientSecret(value: string, key = 'client_secret'): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'countersign-system', name: 'bot' },
    data: { [key]: Buffer.from(value).toString('base64') },
  }
}

function holding(...secrets: readonly Secret[]): InMemoryResource<Secret> {
  const resource = inMemoryResource<Secret>()
  for (const secret of secrets) resource.put(secret)
  return resource
}

for (const [name, secrets, want] of [
  ['the Secret’s key', [clientSecret('hunter2')], 'hunter2'],
  ['the Secret’s key without the newline that editors add', [clientSecret('hunter2\n')], 'hunter2'],
  ['nothing without the Secret', [], undefined],
  ['nothing without the key', [clientSecret('hunter2', 'password')], undefined],
  ['nothing for an empty key', [clientSecret('')], undefined],
  ['nothing for white space', [clientSecret(' \n')], undefined],
] as const)
  test(`a credential is ${name}`, async () => {
    const credentials = createCredentials(holding(...secrets), {
      clock: manualClock(),
      namespace: 'countersign-system',
      refusedClientSeconds: 60,
    })
    assert.equal((await credentials.read(client)).value, want)
  })

test('a credential is kept for half a minute, then a rotated one counts', async () => {
  const secrets = holding(clientSecret('old'))
  const clock = manualClock()
  const credentials = createCredentials(secrets, {
    clock,
    namespace: 'countersign-system',
    refusedClientSeconds: 60,
  })
  await credentials.read(client)
  secrets.put(clientSecret('new'))
  clock.advance(29.999)
  assert.equal((await credentials.read(client)).value, 'old')
  assert.equal(secrets.calls.length, 1)
  clock.advance(0.001)
  assert.equal((await credentials.read(client)).value, 'new')
})

test('a credential that the provider refused is read again', async () => {
  const secrets = holding(clientSecret('old'))
  const credentials = createCredentials(secrets, {
    clock: manualClock(),
    namespace: 'countersign-system',
    refusedClientSeconds: 60,
  })
  await credentials.read(client)
  secrets.put(clientSecret('new'))
  credentials.forget(client)
  assert.equal((await credentials.read(client)).value, 'new')
})

test('what is missing is looked for each time', async () => {
  const secrets = holding()
  const credentials = createCredentials(secrets, {
    clock: manualClock(),
    namespace: 'countersign-system',
    refusedClientSeconds: 60,
  })
  await credentials.read(client)
  secrets.put(clientSecret('hunter2'))
  assert.equal((await credentials.read(client)).value, 'hunter2')
})

test('a Secret that vanishes is not remembered', async () => {
  const secrets = holding(clientSecret('hunter2'))
  const clock = manualClock()
  const credentials = createCredentials(secrets, {
    clock,
    namespace: 'countersign-system',
    refusedClientSeconds: 60,
  })
  await credentials.read(client)
  secrets.remove('bot')
  clock.advance(30)
  assert.equal((await credentials.read(client)).value, undefined)
})
