/** A person who opens the page of a request in the inbox of `startInbox`. */
import assert from 'node:assert/strict'
import { createBrowser } from '../../../tools/local/person.ts'
import type { Browser, Page } from '../../../tools/local/person.ts'
import type { ApprovalRequest, ApprovalRequestSpec } from '../../../src/api/objects.ts'
import { passwords } from '../worlds/inbox-world.ts'
import type { InboxWorld } from '../worlds/inbox-world.ts'

export type Visit = { readonly browser: Browser; readonly page: Page }

/** A request that alice was asked about. */
export async function askAlice(
  world: InboxWorld,
  spec: Partial<ApprovalRequestSpec> = {},
): Promise<ApprovalRequest> {
  const request = world.aRequest(spec)
  world.put(request)
  assert.equal((await world.ask(request)).status, 200)
  return request
}

/** In a browser of her own, after a login. */
export async function visit(
  world: InboxWorld,
  username: keyof typeof passwords,
  request: ApprovalRequest,
): Promise<Visit> {
  const browser = createBrowser()
  const login = await browser.open(pageOf(world, request))
  return { browser, page: await browser.send(login, { username, password: passwords[username] }) }
}

export function pageOf({ inboxUrl }: InboxWorld, { metadata }: ApprovalRequest): string {
  return `${inboxUrl}/requests/${metadata.namespace ?? ''}/${metadata.name}`
}
