/** Where the chart lets OpenID Providers ping, and where not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { render } from '../../../tools/chart/render.ts'
import { everything, notes, rendered, workloads } from '../../support/docs/chart.ts'

const name = 'countersign-system/countersign-ping'
const service = 'countersign-ping.countersign-system.svc'

test('by default no ping is taken', async () => {
  const objects = JSON.stringify(
    [...(await rendered()).values()].filter(({ kind }) => !kind.startsWith('Custom')),
  )
  assert.doesNotMatch(objects, /"ping"|--ping-|countersign-ping/)
  assert.doesNotMatch(await notes(), /Ping|v1\/ping/)
})

for (const [given, ping, url, port] of [
  ['nothing', {}, `http://${service}/v1/ping`, 80],
  ['a Secret', { tlsSecretName: 'ping' }, `https://${service}/v1/ping`, 443],
  ['an issuer', { issuerRef: { name: 'company' } }, `https://${service}/v1/ping`, 443],
  ['a host of its own', { host: 'ping.company.com' }, 'https://ping.company.com/v1/ping', 80],
  [
    'an Ingress',
    { host: 'ping.company.com', ingress: { enabled: true } },
    'https://ping.company.com/v1/ping',
    80,
  ],
  [
    'a Secret for its host',
    { host: 'ping.company.com', tlsSecretName: 'ping' },
    'https://ping.company.com/v1/ping',
    443,
  ],
] as const) {
  test(`with ${given} pings are taken at ${url}`, async () => {
    const values = { ping: { ...ping, enabled: true } }
    const objects = await rendered({ values })
    assert.match(
      JSON.stringify(objects.get(`Service/${name}`)),
      new RegExp(`"port":${port},"targetPort":"ping"`),
    )
    const server = JSON.stringify(objects.get('Deployment/countersign-system/countersign-controller'))
    assert.match(server, /--ping-bind-address=:8083/)
    assert.match(server, /"containerPort":8083/)
    assert.equal(server.includes('--ping-tls-cert-file='), port === 443)
    const said = await notes([], values)
    assert.ok(said.includes(`\n${url}\n`))
    assert.equal(said.includes('plain http'), url.startsWith('http:'))
    assert.match(said, /^ {2}delivery: Ping$/m)
  })
}

test('nothing but the one path is public', async () => {
  const objects = await rendered({ values: everything })
  for (const kind of ['Ingress', 'HTTPRoute']) {
    const exposed = JSON.stringify(objects.get(`${kind}/${name}`))
    assert.match(exposed, /"countersign\.company\.com"/, kind)
    assert.deepEqual(exposed.match(/"\/[^"]*"/g), ['"/v1/ping"'], kind)
    assert.ok(exposed.includes('"Exact"'), kind)
  }
})

test('who may ping is narrowed, and the embedded provider may', async () => {
  const policies = await rendered({ values: everything })
  const policy = (component: string): string =>
    JSON.stringify(policies.get(`NetworkPolicy/countersign-system/countersign-${component}`))
  assert.match(
    policy('controller'),
    /\{"ports":\[\{"port":"ping","protocol":"TCP"\}\],"from":\[\{"ipBlock":\{"cidr":"192\.0\.2\.0\/24"\}\},\{"podSelector":.*"identity-provider"\}\}\}\]\}/,
  )
  assert.match(
    policy('identity-provider'),
    /"egress":.*\{"ports":\[\{"port":"ping","protocol":"TCP"\}\],"to":\[\{"podSelector":.*"controller"\}\}\}\]\}/,
  )
})

test('a flag of the user wins over the chart', async () => {
  const values = { ping: { enabled: true }, controller: { extraArgs: ['--ping-bind-address=:9000'] } }
  const [controller] = await workloads({ values })
  const { args = [] } = controller?.spec.template.spec.containers[0] ?? {}
  assert.equal(
    args.findLast((arg) => arg.startsWith('--ping-bind-address')),
    '--ping-bind-address=:9000',
  )
})

for (const [what, values, want] of [
  ['an Ingress without a host', { ping: { enabled: true, ingress: { enabled: true } } }, /ping\.host/],
  ['a route without a host', { ping: { enabled: true, httpRoute: { enabled: true } } }, /ping\.host/],
  ['a host with a path', { ping: { host: 'company.com/v1/ping' } }, /host/],
] as const) {
  test(`${what} is refused`, () => assert.rejects(render({ values }), want))
}
