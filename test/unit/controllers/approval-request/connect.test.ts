import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '../../../../src/api/objects.ts'
import { connect } from '../../../../src/controllers/approval-request/connect.ts'
import { createCredentials } from '../../../../src/controllers/approval-request/credentials.ts'
import { aProvider, theTerms } from '../../../support/builders/builders.ts'
import { manualClock } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'
import { scriptedOpenID } from '../../../support/fakes/providers/port.ts'

for (const [refusedClientSeconds, duration] of [
  [60, '1m'],
  [300, '5m'],
  [5, '5s'],
] as const)
  test(`a client refused for ${duration} at a time is said to be tried every ${duration}`, async () => {
    const namespace = 'countersign-system'
    const secrets = inMemoryResource<Secret>()
    secrets.put({
      ...{ apiVersion: 'v1', kind: 'Secret' },
      metadata: { namespace, name: 'agent-release-bot' },
      data: { client_secret: Buffer.from('hunter2').toString('base64') },
    })
    const credentials = createCredentials(secrets, { clock: manualClock(), namespace, refusedClientSeconds })
    const openid = scriptedOpenID()
    const dependencies = { credentials, openid, tellExperience: () => undefined }
    const client = {
      provider: { name: 'company', uid: 'uid-of-company', generation: 1 },
      ...{ clientID: 'agent-release-bot', secretVersion: (await read(credentials)).version },
    }
    credentials.refused.refused(client, { error: 'invalid_client' })
    const connection = await connect(dependencies, aProvider(), theTerms())
    assert.ok(connection.kind === 'Connected')
    assert.equal(
      connection.mismatch,
      'IdentityProvider company does not let in client agent-release-bot: it answered invalid_client. All requests of this client ' +
        'wait until its Secret or the IdentityProvider changes; one attempt every ' +
        `${duration} finds out what was changed at the provider.`,
    )
  })

async function read(
  credentials: ReturnType<typeof createCredentials>,
): Promise<{ readonly version: string }> {
  const [client] = aProvider().spec.clients
  assert.ok(client !== undefined)
  const credential = await credentials.read(client)
  assert.ok(credential.kind !== 'Missing')
  return credential
}
