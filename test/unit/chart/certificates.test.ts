/** Certificates that cert-manager makes are those that the programs serve. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { render } from '../../../tools/chart/render.ts'
import { everything, rendered } from '../../support/docs/chart.ts'

type Certificate = { readonly secretName: string; readonly dnsNames: readonly string[] }

for (const [certificate, workload, host] of [
  ['gate', 'controller', 'countersign-gate.countersign-system.svc'],
  ['ping', 'controller', 'countersign.company.com'],
  ['identity-provider', 'identity-provider', 'countersign-identity-provider.countersign-system.svc'],
] as const) {
  test(`the certificate ${certificate} is made for ${host} and served`, async () => {
    const { secretName, dnsNames } = await certificateOf(everything, certificate)
    assert.deepEqual(dnsNames, [host])
    const server = (await rendered({ values: everything })).get(
      `Deployment/countersign-system/countersign-${workload}`,
    )
    assert.match(JSON.stringify(server), new RegExp(`"secretName":"${secretName}"`))
  })
}

for (const part of ['gate', 'ping', 'identityProvider'] as const) {
  test(`${part}: a Secret that is named is made under that name`, async () => {
    const values = { ...everything, [part]: { ...everything[part], tlsSecretName: 'mine' } }
    const name = part === 'identityProvider' ? 'identity-provider' : part
    assert.equal((await certificateOf(values, name)).secretName, 'mine')
  })
}

test('an embedded provider without a certificate is refused', async () => {
  const identityProvider = { enabled: true, development: true, directory: { secretName: 'directory' } }
  await assert.rejects(render({ values: { identityProvider } }), /identityProvider\.tlsSecretName/)
})

async function certificateOf(values: object, name: string): Promise<Certificate> {
  const object = (await rendered({ values })).get(`Certificate/countersign-system/countersign-${name}`)
  assert.ok(object, name)
  // Earned by the kind: cert-manager's schema takes it in test/integration/chart.
  return object.spec as Certificate
}
