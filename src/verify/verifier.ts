/**
 * `countersign/verify`: whether an access token says that a person approved exactly this action. The acting party is never `sub`:
 * in CIBA that is the person who approved.
 */
import type { JWTPayload } from 'jose'
import { approvedActionIn } from './approved-action.ts'
import type { ApprovedAction, Target } from './approved-action.ts'
import { settingsOf } from './options.ts'
import type { Settings, VerifierOptions } from './options.ts'
import { refusals } from './reasons.ts'
import type { Refusal } from './reasons.ts'
import { signedClaims } from './signature.ts'

export { VerifierOptionsError } from './options.ts'
export type { VerifierOptions } from './options.ts'
export { refusals } from './reasons.ts'
export type { Refusal } from './reasons.ts'
export { seenInMemory } from './seen.ts'
export type { Noted, Seen } from './seen.ts'
export type { ApprovedAction, Target } from './approved-action.ts'

/** What is about to be done. Where a revision or a digest is given, the token must have the same one. */
export type Expected = {
  readonly action: string
  readonly target: Target
  readonly revision?: string
  readonly digest?: string
}

/** What was approved, by whom, and until when. */
export type Approval = ApprovedAction & {
  /** The operator's client at the provider. It stands for no single agent: whoever holds the token can use it. */
  readonly clientId: string
  /** For the record, never for a decision. */
  readonly approver: { readonly issuer: string; readonly subject: string | undefined }
  readonly expiresAt: Date
}

/** Anything but `Approved` opens nothing. `message` repeats nothing of the token. */
export type Verdict =
  | { readonly kind: 'Approved'; readonly approval: Approval }
  | { readonly kind: 'Refused'; readonly reason: Refusal; readonly message: string }

/** Verifies the tokens of one provider for one resource server. */
export type Verifier = {
  /** Never throws, unless `now` does. With `seen`, an approved token is used up: call it once, right before the action. */
  verify(token: string, expected: Expected): Promise<Verdict>
}

/** Nothing is loaded before the first token. @throws VerifierOptionsError */
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = settingsOf(options)
  return {
    async verify(token, expected) {
      const found = await approvalIn(token, expected, settings)
      return typeof found === 'string'
        ? { kind: 'Refused', reason: found, message: refusals[found] }
        : { kind: 'Approved', approval: found }
    },
  }
}

async function approvalIn(
  token: string,
  expected: Expected,
  settings: Settings,
): Promise<Approval | Refusal> {
  const claims = await signedClaims(token, settings)
  if (typeof claims === 'string') return claims
  const { iss = '', sub: subject, exp = 0, cnf } = claims
  const clientId = clientIn(claims)
  if (clientId === undefined || !settings.clients.includes(clientId)) return 'ClientMismatch'
  if (cnf !== undefined) return 'SenderConstrained'
  const reading = approvedActionIn(claims)
  if (reading.kind !== 'Approved') return `Action${reading.kind}`
  const mismatch = mismatchOf(reading.approved, expected)
  if (mismatch !== undefined) return mismatch
  const used = await useOf(claims, settings)
  if (used !== undefined) return used
  const approver = { issuer: iss, subject }
  return { ...reading.approved, clientId, approver, expiresAt: new Date(exp * 1000) }
}

/** `client_id` (RFC 9068 §2.2) or `azp` (Keycloak, Auth0); where there are both they must agree. */
function clientIn({ client_id: id, azp }: JWTPayload): string | undefined {
  const [name, ...others] = new Set([id, azp].filter((value) => value !== undefined))
  return typeof name === 'string' && others.length === 0 ? name : undefined
}

function mismatchOf(approved: ApprovedAction, expected: Expected): Refusal | undefined {
  const { namespace, kind, name } = expected.target
  const { target } = approved
  if (approved.action !== expected.action) return 'ActionMismatch'
  if (target.namespace !== namespace || target.kind !== kind || target.name !== name) return 'TargetMismatch'
  return (
    textMismatch(approved.revision, expected.revision, ['RevisionMissing', 'RevisionMismatch']) ??
    textMismatch(approved.digest, expected.digest, ['DigestMissing', 'DigestMismatch'])
  )
}

function textMismatch(
  approved: string | undefined,
  expected: string | undefined,
  [missing, other]: readonly [Refusal, Refusal],
): Refusal | undefined {
  if (expected === undefined || approved === expected) return undefined
  return approved === undefined ? missing : other
}

const longestTokenId = 255

/** Last of all, so that only a token that opens something is noted. */
async function useOf({ iss, jti, exp = 0 }: JWTPayload, settings: Settings): Promise<Refusal | undefined> {
  const { seen, clockToleranceSeconds } = settings
  if (seen === undefined) return undefined
  if (typeof jti !== 'string' || jti === '' || jti.length > longestTokenId) return 'TokenIdMissing'
  try {
    const until = new Date((exp + clockToleranceSeconds + 1) * 1000)
    const noted = await seen.note(JSON.stringify([iss, jti]), until)
    if (noted === 'First') return undefined
    return noted === 'Again' ? 'Replayed' : 'ReplayStoreUnavailable'
  } catch {
    // Unknown never means unused.
    return 'ReplayStoreUnavailable'
  }
}
