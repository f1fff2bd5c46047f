/** Everything as shipped, questions of many requesters, and people with real browsers. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { parse } from 'yaml'
import { kubectl, tryKubectl } from '../../tools/envtest/kubectl.ts'
import { exampleManifest, isAsked } from '../../tools/local/agent.ts'
import { startWithoutController } from '../../tools/local/cluster.ts'
import type { ClusterWithoutController } from '../../tools/local/cluster.ts'
import { operatorNamespace } from '../../tools/local/processes.ts'
import type { ApprovalRequest, ApprovalRequestSpec } from '../../src/api/objects.ts'
import { credentialsFrom } from '../../src/kubernetes/client/credentials.ts'
import { createTransport } from '../../src/kubernetes/client/transport.ts'
import { launchChromium } from './chromium.ts'
import { watchRequests } from '../support/assertions/request-watch.ts'
import type { RequestWatch } from '../support/assertions/request-watch.ts'
import { widenForEveryone } from '../support/clusters/widen-limits.ts'

export type BrowserLab = Pick<RequestWatch, 'until'> & {
  readonly inboxUrl: string
  /** Each by a requester of its own, so that none waits for another's answer. Resolves when alice is asked. */
  ask(name: string, claims?: Claims): Promise<void>
  addressOf(name: string): string
  /** By an administrator who took the operator's identity. */
  patchStatus(name: string, status: object): Promise<void>
  /** By an administrator who has lifted the rule that a spec is immutable. */
  patchSpec(name: string, spec: object): Promise<void>
  /** What is answered meanwhile stays without an outcome. */
  withoutController(act: () => Promise<void>): Promise<void>
  /** A browser profile of its own. */
  aContext(options?: { readonly javaScriptEnabled?: boolean }): Promise<BrowserContext>
  /** What pages complained about so far: violated policies, errors of scripts, requests that lead elsewhere. */
  complaints(): readonly string[]
  stop(): Promise<void>
}

/** What differs from the founding example, or nothing but what a question must have. */
type Claims = Partial<ApprovalRequestSpec> | 'Nothing'

const namespace = 'demo'
const operator = `system:serviceaccount:${operatorNamespace}:countersign-controller`

export async function startBrowserLab(): Promise<BrowserLab> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-browser-'))
  const closers: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    const browser = await launchChromium()
    closers.push(() => browser.close())
    const cluster = await startWithoutController(directory, () => undefined)
    closers.push(() => cluster.stop())
    await widenForEveryone(cluster.controlPlane.kubeconfig)
    let controller = await cluster.startController()
    closers.push(() => controller.stop())
    const admin = createTransport(credentialsFrom(cluster.controlPlane.kubeconfig))
    closers.push(() => admin.close())
    const watch = await watchRequests(admin)
    closers.push(() => watch.stop())
    await serveEveryRequester(cluster)
    return {
      until: (name, isReached) => watch.until(name, isReached),
      ...asking(cluster, watch),
      ...profiles(browser, [cluster.inboxUrl, cluster.issuer]),
      withoutController: async (act) => {
        await controller.stop()
        try {
          await act()
        } finally {
          controller = await cluster.startController()
        }
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function serveEveryRequester(cluster: ClusterWithoutController): Promise<void> {
  const patch = [{ op: 'remove', path: '/spec/clients/0/requesters' }]
  await kubectl({
    ...administrator(cluster),
    args: ['patch', 'idp', 'embedded', '--type=json', `--patch=${JSON.stringify(patch)}`],
  })
}

function asking(
  cluster: ClusterWithoutController,
  watch: RequestWatch,
): Pick<BrowserLab, 'inboxUrl' | 'ask' | 'addressOf' | 'patchStatus' | 'patchSpec'> {
  const { inboxUrl } = cluster
  const as = (username: string): string[] => [`--as=${username}`, '--as-group=system:masters']
  const patched = (name: string, patch: object): string[] => [
    ...['patch', 'approvalrequest', name, `--namespace=${namespace}`, '--type=merge'],
    `--patch=${JSON.stringify(patch)}`,
  ]
  return {
    inboxUrl,
    addressOf: (name) => `${inboxUrl}/requests/${namespace}/${name}`,
    async ask(name, claims = {}) {
      const input = JSON.stringify(questionNamed(name, claims))
      const args = ['create', '--filename=-', ...as(`system:serviceaccount:${namespace}:${name}-bot`)]
      await kubectl({ ...administrator(cluster), args, input })
      await watch.until(name, isAsked)
    },
    async patchStatus(name, status) {
      const args = [...patched(name, { status }), '--subresource=status', ...as(operator)]
      await kubectl({ ...administrator(cluster), args })
    },
    async patchSpec(name, spec) {
      await liftImmutability(cluster)
      for (;;) {
        const { exitCode, errors } = await tryKubectl({
          ...administrator(cluster),
          args: patched(name, { spec }),
        })
        if (exitCode === 0) return
        // The API server takes up a changed schema within a second or so.
        assert.match(errors, /spec is immutable/)
      }
    },
  }
}

async function liftImmutability(cluster: ClusterWithoutController): Promise<void> {
  const path = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations/0'
  const args = ['patch', 'crd', 'approvalrequests.countersign.dev', '--type=json']
  const patch = JSON.stringify([{ op: 'remove', path }])
  await kubectl({ ...administrator(cluster), args: [...args, `--patch=${patch}`] })
}

/** Browser profiles, and what their pages complained about. @param hosts the origins that pages may ask */
export function profiles(
  browser: Browser,
  hosts: readonly string[],
): Pick<BrowserLab, 'aContext' | 'complaints'> {
  const complaints: string[] = []
  return {
    complaints: () => complaints,
    async aContext({ javaScriptEnabled = true } = {}) {
      const context = await browser.newContext({ javaScriptEnabled, locale: 'en' })
      context.setDefaultTimeout(20_000)
      context.on('weberror', (error) => complaints.push(String(error.error())))
      context.on('dialog', (dialog) => complaints.push(`a dialog opened: ${dialog.message()}`))
      context.on('request', (request) => {
        if (!hosts.includes(new URL(request.url()).origin)) complaints.push(`asked for ${request.url()}`)
      })
      context.on('console', (message) => {
        // Chromium says so of every page with a status of 400 or more.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text())
      })
      return context
    },
  }
}

function questionNamed(name: string, claims: Claims): object {
  const { spec: example, ...object } = parse(exampleManifest()) as ApprovalRequest
  const { action, environment, summary, target } = example
  const spec =
    claims === 'Nothing'
      ? { action, environment, summary, target: { kind: target.kind, name } }
      : { ...example, target: { ...target, name }, ...claims }
  return { ...object, metadata: { ...object.metadata, namespace, name }, spec }
}

function administrator({ controlPlane }: ClusterWithoutController): { kubeconfig: string } {
  return { kubeconfig: controlPlane.kubeconfig }
}

/** Fills in the login form that the page shows. */
export async function logIn(page: Page, username: 'alice' | 'bob', password: string): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}
