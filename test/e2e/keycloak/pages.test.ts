/**
 * A reader follows Keycloak's page and then the one for Argo Rollouts, with the real Keycloak and the real Argo Rollouts. Commands and
 * manifests are those of the pages. Helm installs into a real API server; what its Deployments would run runs beside it, and Keycloak
 * reaches the inbox on the way that the Ingress of the release leads.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { asWritten, shipped } from '../../../tools/argo-rollouts/manifests.ts'
import { freePort } from '../../../tools/envtest/free-port.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { isAsked, isFinal } from '../../../tools/local/agent.ts'
import { answerAs } from '../../../tools/local/person.ts'
import type { LeashedProcess } from '../../../tools/envtest/leashed-process.ts'
import { startUnpacked, unpackKeycloak } from '../../../tools/keycloak/start.ts'
import type { ApprovalRequest, IdentityProvider } from '../../../src/api/objects.ts'
import { isPromotedTo } from '../../support/builders/argo-objects.ts'
import type { Rollout } from '../../support/builders/argo-objects.ts'
import { runDeployed } from '../../support/fakes/cluster/deployed.ts'
import { edit } from '../../support/docs/edited.ts'
import { startIngressController } from '../../support/fakes/cluster/ingress-controller.ts'
import type { IngressController } from '../../support/fakes/cluster/ingress-controller.ts'
import { aReader, pageAt } from '../../support/docs/reader.ts'
import type { Reader } from '../../support/docs/reader.ts'
import { startRolloutsWithoutNodes } from '../../support/clusters/rollouts-without-nodes.ts'
import { sought } from '../../support/assertions/sought.ts'
import { releaseOf } from '../../support/builders/rollouts.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'countersign-pages-'))
const clone = join(directory, 'clone')
const keycloakDirectory = join(directory, 'keycloak')
const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
const publicUrl = 'https://approve.company.com'

const password = 'of-the-administrator'
const quickstart = pageAt('docs/quickstart.md')
const keycloakPage = pageAt('docs/how-to/keycloak.md')
const rolloutsPage = pageAt('docs/argo-rollouts.md')

let controlPlane: ControlPlane
let ingress: IngressController
let reader: Reader
let ports: { readonly keycloak: number; readonly inbox: number; readonly gate: number }
let keycloakUrl: string

before(async () => {
  ports = { keycloak: await freePort(), inbox: await freePort(), gate: await freePort() }
  keycloakUrl = `http://127.0.0.1:${ports.keycloak}`
  controlPlane = await startRolloutsWithoutNodes(directory, closers)
  ingress = await startIngressController(controlPlane.kubeconfig)
  closers.push(() => ingress.close())
  await administer(['create', 'namespace', 'prod'])
  await administer(['label', 'namespace', 'prod', 'countersign.dev/environment=prod'])
  prepareClone()
  unpackKeycloak(keycloakDirectory)
  // The realm that the reader has: Keycloak adds what each realm has by default.
  const acme = JSON.stringify({ realm: 'acme', enabled: true })
  writeFileSync(join(keycloakDirectory, 'data/import/acme-realm.json'), acme)
  reader = aReader({
    clone,
    env: {
      KUBECONFIG: controlPlane.kubeconfig,
      KEYCLOAK: keycloakDirectory,
      HOME: directory,
      KC_CLI_PASSWORD: password,
      // Compiling quickly instead of well halves what a short program costs.
      KC_OPTS: '-XX:TieredStopAtLevel=1',
    },
    programs: [join(keycloakDirectory, 'bin')],
    replaced: [
      [publicUrl, ingress.url],
      ['https://sso.company.com', keycloakUrl],
    ],
  })
})

after(async () => {
  for (const close of closers.toReversed()) await close()
})

// Keycloak alone may take more than two minutes on a machine that has much else to do.
const timeout = 300_000

test(
  'Countersign is installed, the agent has its key, and Keycloak starts with its realm',
  { timeout },
  async () => {
    await reader.follow(pageAt('docs/install.md'), 'Helm')
    await reader.follow(pageAt('docs/client-authentication.md'), 'A key pair')
    await reader.follow(keycloakPage, 'A new realm')
    const starting = startKeycloak()
    // It also ends where the test has not waited for it.
    closers.push(() => starting.then((keycloak) => keycloak.stop()).catch(() => undefined))
    await reader.follow(quickstart, '2. An agent, and what it may do')
    const controller = await runDeployed({
      ...{ controlPlane, directory, bundle: 'controller' },
      listeners: ['--gate-bind-address', `127.0.0.1:${ports.gate}`],
    })
    closers.push(() => controller.stop())
    await starting
  },
)

test('the release gets the inbox, and keeps what it was given at the installation', async () => {
  await reader.follow(keycloakPage, '3. The cluster')
  for (const [name, replicas] of [
    ['countersign-controller', '3'],
    ['countersign-inbox', '2'],
  ] as const) {
    const path = '{.spec.replicas} {.spec.template.spec.containers[0].image}'
    const deployed = await get(
      'deployment',
      name,
      '--namespace=countersign-system',
      `--output=jsonpath=${path}`,
    )
    assert.match(deployed, new RegExp(`^${replicas} registry\\.company\\.com/countersign:`))
  }
  const inbox = await runDeployed({
    ...{ controlPlane, directory, bundle: 'inbox' },
    listeners: ['--host=127.0.0.1', `--port=${ports.inbox}`],
  })
  closers.push(() => inbox.stop())
  ingress.serve('countersign-inbox', `http://127.0.0.1:${ports.inbox}`)
})

test('the agent asks, and alice approves', async () => {
  await Promise.all([reader.follow(quickstart, '5. Ask'), aliceApproves('demo')])
  assert.deepEqual(
    ingress.led.filter((path) => path === '/channel'),
    ['/channel'],
  )
  assert.deepEqual(ingress.refused, [])
})

test('a Rollout asks by its own client, under its own policy', async () => {
  await reader.follow(keycloakPage, 'A realm that you have', 'One more client')
  await reader.follow(rolloutsPage, 'Whom to ask', 'Gate a Rollout that exists')
  await administer(['apply', `--filename=${shipped}examples/canary.yaml`])
  await untilRollout(isPromotedTo('v1'))
  await administer(releaseOf('v2'))
  await aliceApproves('prod')
  await untilRollout(isPromotedTo('v2'))
  const [request] = await requests('prod')
  assert.equal(request?.status?.effective?.policy, 'prod-rollouts')
})

test('what the first page made is still there: provider, client and policy', async () => {
  const { spec } = JSON.parse(await get('idp', 'company', '--output=json')) as IdentityProvider
  assert.equal(spec.profile, 'Keycloak')
  assert.deepEqual(
    spec.clients.map(({ clientID }) => clientID),
    ['agent-release-bot', 'rollouts-gate'],
  )
  await administer([
    'wait',
    'idp/company',
    'apol/prod-promotions',
    'apol/prod-rollouts',
    '--for=condition=Ready',
  ])
  await administer(['delete', 'apr/foo-v2', '--namespace=demo'])
  await Promise.all([reader.follow(quickstart, '5. Ask'), aliceApproves('demo')])
})

/** With what the page has put into the reader's environment, and the option that it shows. */
async function startKeycloak(): Promise<LeashedProcess> {
  const names = ['AGENT_JWKS', 'INBOX_URL', 'INBOX_CLIENT_SECRET', 'ALICE_PASSWORD', 'BOB_PASSWORD']
  const given = await Promise.all(names.map(async (name) => [name, await reader.variable(name)] as const))
  const administrator = { KC_BOOTSTRAP_ADMIN_USERNAME: 'admin', KC_BOOTSTRAP_ADMIN_PASSWORD: password }
  return startUnpacked({
    ...{ port: ports.keycloak, url: keycloakUrl, directory: keycloakDirectory },
    logFile: join(directory, 'keycloak.log'),
    args: ['--import-realm', channelOption().replace(publicUrl, ingress.url)],
    env: { ...Object.fromEntries(given), ...administrator },
  })
}

/** The option that the page starts Keycloak with. */
function channelOption(): string {
  const [option] = /--spi-ciba-auth-channel\S+/.exec(keycloakPage.markdown) ?? []
  assert.ok(option)
  return option
}

/** The reader's clone, with the edits that the pages ask for. The gate has no Service here, and is asked each second. */
function prepareClone(): void {
  mkdirSync(clone)
  for (const part of ['deploy', 'charts']) cpSync(join(root, part), join(clone, part), { recursive: true })
  const issuer = `${keycloakUrl}/realms/company`
  edit(join(clone, 'deploy/keycloak/1-identity-provider.yaml'), [
    ['issuer: https://sso.company.com/realms/company', `issuer: ${issuer}\n  allowInsecureHTTP: true`],
  ])
  edit(join(clone, 'charts/countersign/examples/keycloak.yaml'), [
    [
      'issuer: https://sso.company.com/realms/company',
      `issuer: ${issuer}\n  extraArgs: [--allow-insecure-http]`,
    ],
    [`publicUrl: ${publicUrl}`, `publicUrl: ${ingress.url}`],
  ])
  edit(join(clone, 'deploy/argo-rollouts/templates/templates.yaml'), [
    [asWritten.gateUrl, `http://127.0.0.1:${ports.gate}/v1/gates/argo-rollouts`],
    ['interval: 10s', 'interval: 1s'],
  ])
}

/** Through the Ingress, as soon as somebody in this namespace has asked. */
async function aliceApproves(namespace: string): Promise<void> {
  const { metadata } = await sought(
    async () => (await requests(namespace)).find((one) => isAsked(one) && !isFinal(one)),
    () => `an open request in ${namespace}`,
  )
  const alice = { username: 'alice', password: await reader.variable('ALICE_PASSWORD') }
  const request = { namespace, name: metadata.name }
  await answerAs({ ...alice, inboxUrl: ingress.url, request, decision: 'approve' })
}

async function requests(namespace: string): Promise<readonly ApprovalRequest[]> {
  const list = await get('apr', `--namespace=${namespace}`, '--output=json')
  return (JSON.parse(list) as { readonly items: readonly ApprovalRequest[] }).items
}

function untilRollout(isReached: (rollout: Rollout) => boolean): Promise<Rollout> {
  return sought(async () => {
    const rollout = JSON.parse(await get('rollout', 'foo', '--namespace=prod', '--output=json')) as Rollout
    return isReached(rollout) ? rollout : undefined
  })
}

function get(...args: readonly string[]): Promise<string> {
  return administer(['get', ...args])
}

function administer(args: readonly string[], input = ''): Promise<string> {
  return kubectl({ kubeconfig: controlPlane.kubeconfig, args, input })
}
