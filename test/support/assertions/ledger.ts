/**
 * What a question came to, by everyone's own count: the provider's of prompts and tokens, the watch's of writes, and what the
 * cluster holds in the end.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { isFinal } from '../../../tools/local/agent.ts'
import { linesOf } from '../../../tools/local/processes.ts'
import { tokenSecretName, tokenSecretType } from '../../../src/api/names.ts'
import type { ApprovalRequest, Prompt } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { fetchedAsWell, perhapsFetched } from '../../../src/core/sentences/progress.ts'
import { promptIdOf, promptOf } from '../../../src/core/prompt/prompt.ts'
import { namespace } from '../labs/crash-lab.ts'
import type { CrashLab } from '../labs/crash-lab.ts'
import { assertSoundStatus } from './sound-status.ts'

/** Prompts that were shown and tokens that were minted, by the provider's log. */
type ProviderCount = { readonly prompts: number; readonly tokens: number }

/** Reasons that say that a token was given out and reached nobody. */
const tokenIsLost = ['TokenLost', 'TokenRejected', 'SecretConflict']
/** Of one of several prompts: the provider gives no answer any more. */
const saysTokenMayBeLost = /no token is stored|dropped it/

export type Ledger = {
  countOf(request: ApprovalRequest): ProviderCount
  /**
   * Checks a request, by its name, when it is final: nobody was asked more often than is recorded, and every token is in its
   * Secret, was revoked, or is reported lost.
   * @returns for example `Approved: 1 prompt, 1 token, 3 writes`
   */
  close(name: string): Promise<string>
  /** The same of a request that is still open. @returns for example `AuthorizationPending: 2 prompts, 1 token, 4 writes` */
  look(name: string): Promise<string>
  /** Nothing that was closed has changed since, and no log holds a token. */
  audit(): Promise<void>
}

export function ledgerOf(lab: CrashLab): Ledger {
  const closed: (readonly [ApprovalRequest, ProviderCount])[] = []
  const tokens = new Set<string>()
  const countOf: Ledger['countOf'] = (request) => {
    const events = eventsOf(lab, request)
    return { prompts: events.prompts.length, tokens: events.tokens.length }
  }
  const check = async (request: ApprovalRequest): Promise<string> => {
    const { name, uid } = request.metadata
    const count = countOf(request)
    const token = await storedToken(lab, request)
    for (const known of [...(token === undefined ? [] : [token]), ...lab.proxy.revoked()]) tokens.add(known)
    assertNobodyAskedAgain(lab, request)
    assertAccountedFor(lab, request, token)
    assertSoundStatus(request, [...tokens])
    const versions = lab.versions(name).filter(({ metadata }) => metadata.uid === uid)
    const amounts = [
      amount(count.prompts, 'prompt'),
      amount(count.tokens, 'token'),
      amount(versions.length - 1, 'write'),
    ]
    return `${summaryOf(request)?.reason ?? ''}: ${amounts.join(', ')}`
  }
  return {
    countOf,
    async close(name) {
      const request = await lab.until(name, isFinal)
      const said = await check(request)
      closed.push([request, countOf(request)])
      return said
    },
    look: async (name) => check(await lab.until(name, () => true)),
    async audit() {
      for (const [request, count] of closed) {
        const { name, resourceVersion } = request.metadata
        const now = await lab.requests.get({ namespace, name })
        assert.equal(now?.metadata.resourceVersion, resourceVersion, `${name} was written again`)
        assert.deepEqual(countOf(request), count, `the provider was asked again for ${name}`)
      }
      for (const file of readdirSync(lab.directory).filter((entry) => entry.endsWith('.log'))) {
        const text = readFileSync(join(lab.directory, file), 'utf8')
        assert.ok(![...tokens].some((token) => text.includes(token)), `${file} holds a token`)
      }
    },
  }
}

/** By the provider's log: the hint of each prompt, and the subject of each token. */
function eventsOf(
  { directory }: CrashLab,
  { metadata: { name, uid = '' } }: ApprovalRequest,
): { readonly prompts: readonly string[]; readonly tokens: readonly string[] } {
  const first = `${namespace}/${name}/${uid}`
  const lines = linesOf(join(directory, 'identity-provider.log')).filter(
    ({ approvalRequest }) => approvalRequest === first || String(approvalRequest).startsWith(`${first}#`),
  )
  return {
    prompts: lines.filter(({ event }) => event === 'PromptShown').map(({ loginHint }) => String(loginHint)),
    tokens: lines.filter(({ event }) => event === 'TokenMinted').map(({ subject }) => String(subject)),
  }
}

function assertNobodyAskedAgain(lab: CrashLab, request: ApprovalRequest): void {
  const { prompts } = eventsOf(lab, request)
  for (const hint of new Set(prompts)) {
    const shown = prompts.filter((each) => each === hint).length
    const recorded = promptFor(request, hint)?.attempt ?? 0
    assert.ok(shown <= recorded, `${hint} saw ${shown} prompts, ${recorded} recorded`)
  }
}

/** Of each person one token at most; and none is delivered, revoked or reported lost that was never minted. */
function assertAccountedFor(lab: CrashLab, request: ApprovalRequest, stored: string | undefined): void {
  const { tokens } = eventsOf(lab, request)
  assert.equal(new Set(tokens).size, tokens.length, 'nobody gave two tokens')
  const revoked = lab.proxy.revoked().filter((token) => decodeJwt(token).digest === request.status?.digest)
  for (const { hint } of request.status?.effective?.approvers ?? []) {
    const isStored = stored !== undefined && decodeJwt(stored).sub === hint
    const isRevoked = revoked.some((token) => decodeJwt(token).sub === hint)
    const isLost = isReportedLost(request, hint)
    const end = { isMinted: tokens.includes(hint), isStored, isRevoked, isLost }
    const said = `the token of ${hint} for ${request.metadata.name}: ${JSON.stringify(end)}`
    const isKnown = isStored || isRevoked || isLost
    assert.ok(end.isMinted ? isKnown || mayBeLost(request, hint) : !isKnown, said)
    assert.ok(!isStored || !(isRevoked || isLost), said)
  }
}

function isReportedLost(request: ApprovalRequest, hint: string): boolean {
  if (request.status?.effective?.stages === undefined)
    return tokenIsLost.includes(summaryOf(request)?.reason ?? '')
  return promptFor(request, hint)?.answer?.tokenValidUntil !== undefined
}

/** It is reported that an answer may have been fetched, by a controller that was killed; whether one was, nobody knows. */
function mayBeLost(request: ApprovalRequest, hint: string): boolean {
  const { state, message = '' } = promptFor(request, hint) ?? {}
  return state === 'NotNeeded'
    ? [fetchedAsWell, perhapsFetched].includes(message)
    : state === 'Failed' && saysTokenMayBeLost.test(message)
}

function promptFor(request: ApprovalRequest, hint: string): Prompt | undefined {
  const { approvers = [] } = request.status?.effective ?? {}
  return promptOf(request, promptIdOf(approvers.findIndex((approver) => approver.hint === hint)))
}

/** The token in the request's Secret, if it was minted for this request. */
async function storedToken(
  lab: CrashLab,
  { metadata, status }: ApprovalRequest,
): Promise<string | undefined> {
  const secret = await lab.secrets.get({ namespace, name: tokenSecretName(metadata.name) })
  if (secret?.type !== tokenSecretType) return undefined
  const token = Buffer.from(secret.data?.access_token ?? '', 'base64').toString()
  return decodeJwt(token).digest === status?.digest ? token : undefined
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
