/** How an OpenID Provider brings prompts to the inbox: in the cluster by the Service, from outside by the inbox's routes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readFileSync } from 'node:fs'
import { chart, render } from '../../../tools/chart/render.ts'
import type { Rendering } from '../../../tools/chart/render.ts'
import { everything, notes, rendered } from '../../support/docs/chart.ts'
import { routeFor, routesOf } from '../../support/assertions/routes.ts'

const name = 'countersign-system/countersign-inbox'
const host = 'approve.company.com'
const ingressNginx = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } },
}
const keycloak = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'keycloak' } } }
const service = 'http://countersign-inbox.countersign-system.svc/channel'
const pages = ['/', '/login', '/login/callback', '/requests/demo/foo-v2', '/requests/demo/foo-v2/answer']

type Policy = { readonly ingress: readonly { readonly from?: readonly object[] }[] }

for (const [where, file, address, isPublic, from] of [
  ['outside of the cluster', 'keycloak-outside.yaml', `https://${host}/channel`, true, [ingressNginx]],
  ['in the cluster', 'keycloak-in-cluster.yaml', service, false, [ingressNginx, keycloak]],
] as const) {
  const valuesFiles = ['examples/keycloak.yaml', `examples/${file}`]

  for (const kind of ['Ingress', 'HTTPRoute'] as const) {
    test(`for a provider ${where} the ${kind} leads ${isPublic ? '' : 'not '}to the channel`, async () => {
      const values = { inbox: { httpRoute: { enabled: true, parentRefs: [{ name: 'gateway' }] } } }
      const routes = await routesIn({ values, valuesFiles }, kind)
      for (const path of pages)
        assert.equal(routeFor(routes, { host, path })?.service, 'countersign-inbox', path)
      const channel = routeFor(routes, { host, path: '/channel' })
      assert.equal(channel?.service, isPublic ? 'countersign-inbox' : undefined)
      for (const path of ['/channel/more', '/channels', '/healthz', '/anything'])
        assert.equal(routeFor(routes, { host, path }), undefined, path)
    })
  }

  test(`for a provider ${where} the NetworkPolicy admits who brings prompts, and what serves browsers`, async () => {
    assert.deepEqual(await admitted({ valuesFiles }), from)
  })

  test(`for a provider ${where} the notes name the channel's address`, async () => {
    const said = await notes([], valuesOf(valuesFiles))
    assert.ok(said.includes(`\n${address}\n`), said)
    assert.equal(said.includes('inbox.channel.route'), !isPublic)
    assert.doesNotMatch(said, /inbox\.channel\.from/)
  })
}

test('without a word about it no route leads to the channel, and everyone in the cluster reaches it', async () => {
  for (const kind of ['Ingress', 'HTTPRoute'] as const)
    assert.equal(
      routeFor(await routesIn({ values: everything }, kind), { host, path: '/channel' }),
      undefined,
    )
  assert.equal(await admitted({ valuesFiles: ['examples/keycloak.yaml'] }), undefined)
})

test('a provider that is named alone shuts nobody out', async () => {
  const values = { inbox: { channel: { from: [keycloak] } } }
  assert.equal(await admitted({ values, valuesFiles: ['examples/keycloak.yaml'] }), undefined)
})

test('the embedded provider is admitted whoever else is, to the inbox and to ping', async () => {
  const objects = await rendered({ values: everything })
  for (const [component, port] of [
    ['inbox', 'http'],
    ['controller', 'ping'],
  ] as const) {
    const policy = objects.get(`NetworkPolicy/countersign-system/countersign-${component}`)
    const { ingress } = policy?.spec as Policy
    const rule = ingress.find((one) => JSON.stringify(one).includes(`"port":"${port}"`))
    assert.match(JSON.stringify(rule?.from), /"app.kubernetes.io\/component":"identity-provider"/, component)
    assert.equal(rule?.from?.length, 2, component)
  }
})

test('the notes say who is shut out', async () => {
  const values = valuesOf(['examples/keycloak.yaml'])
  const said = await notes([], { inbox: { ...values.inbox, allowedFrom: [ingressNginx] } })
  assert.match(
    said,
    /^NetworkPolicy admits inbox\.allowedFrom alone: name the provider's Pods in inbox\.channel\.from\.$/m,
  )
})

test('a route to the channel that leads nowhere is refused', async () => {
  const values = { inbox: { channel: { route: true } } }
  await assert.rejects(
    render({ values, valuesFiles: ['examples/keycloak.yaml'] }),
    /inbox\.channel\.route leads nowhere: enable inbox\.ingress or inbox\.httpRoute/,
  )
})

async function routesIn(rendering: Rendering, kind: 'Ingress' | 'HTTPRoute') {
  const object = (await rendered(rendering)).get(`${kind}/${name}`)
  assert.ok(object, kind)
  return routesOf(object)
}

/** Undefined if everyone is. */
async function admitted(rendering: Rendering): Promise<readonly object[] | undefined> {
  const policy = (await rendered(rendering)).get(`NetworkPolicy/${name}`)
  return (policy?.spec as Policy).ingress[0]?.from
}

type Values = { readonly inbox: object }

/** As Helm merges the files. */
function valuesOf(files: readonly string[]): Values {
  const [first, second] = files.map((file) => parse(readFileSync(`${chart}${file}`, 'utf8')) as Values)
  return { ...first, ...second, inbox: { ...first?.inbox, ...second?.inbox } }
}
