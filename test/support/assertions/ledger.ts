/**
 * What a question came to, by everyone's own count: the provider's of prompts and tokens, the watch's of writes, and what the
 * cluster holds in the end.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { linesOf } from '../../../tools/local/processes.ts'
import { tokenSecretName, tokenSecretType } from '../../../src/api/names.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { namespace } from '../labs/crash-lab.ts'
import type { CrashLab } from '../labs/crash-lab.ts'
import { assertSoundStatus } from './sound-status.ts'

/** Prompts that were shown and tokens that were minted, by the provider's log. */
type ProviderCount = { readonly prompts: number; readonly tokens: number }

/** Reasons that say that a token was given out and reached nobody. */
const tokenIsLost = ['TokenLost', 'TokenRejected', 'SecretConflict']

export type Ledger = {
  countOf(request: ApprovalRequest): ProviderCount
  /**
   * Checks a request, by its name, when it is final: nobody was asked more often than is recorded, and every token is in its
   * Secret or reported lost.
   * @returns for example `Approved: 1 prompt, 1 token, 3 writes`
   */
  close(name: string): Promise<string>
  /** Nothing that was closed has changed since, and no log holds a token. */
  audit(): Promise<void>
}

export function ledgerOf(lab: CrashLab): Ledger {
  const closed: (readonly [ApprovalRequest, ProviderCount])[] = []
  const tokens = new Set<string>()
  const countOf: Ledger['countOf'] = ({ metadata: { name, uid = '' } }) => {
    const about = `${namespace}/${name}/${uid}`
    const lines = linesOf(join(lab.directory, 'identity-provider.log'))
    const count = (wanted: string): number =>
      lines.filter(({ event, approvalRequest }) => event === wanted && approvalRequest === about).length
    return { prompts: count('PromptShown'), tokens: count('TokenMinted') }
  }
  return {
    countOf,
    async close(name) {
      const request = await lab.until(name, ({ status }) => status?.outcome !== undefined)
      const reason = summaryOf(request)?.reason ?? ''
      const count = countOf(request)
      const token = await storedToken(lab, request)
      if (token !== undefined) tokens.add(token)
      assert.ok(
        count.prompts <= attemptsOf(request),
        `${count.prompts} prompts, ${attemptsOf(request)} recorded`,
      )
      const accountedFor = (token === undefined ? 0 : 1) + (tokenIsLost.includes(reason) ? 1 : 0)
      assert.equal(count.tokens, accountedFor, `of ${name}, so many tokens are stored or reported lost`)
      assertSoundStatus(request, [...tokens])
      closed.push([request, count])
      const versions = lab.versions(name).filter(({ metadata }) => metadata.uid === request.metadata.uid)
      const amounts = [
        amount(count.prompts, 'prompt'),
        amount(count.tokens, 'token'),
        amount(versions.length - 1, 'write'),
      ]
      return `${reason}: ${amounts.join(', ')}`
    },
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

function attemptsOf({ status }: ApprovalRequest): number {
  return Math.max(0, ...(status?.prompts ?? []).map(({ attempt }) => attempt))
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
