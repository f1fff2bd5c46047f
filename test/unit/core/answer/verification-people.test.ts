/** Who is told to be the approver, or the requester, by which spelling. */
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, EffectiveTerms } from '../../../../src/api/objects.ts'
import { judge } from '../../../../src/core/answer/verification.ts'
import type { Judgement } from '../../../../src/core/answer/verification.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { start, t } from '../../../support/fakes/clocks/clock.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest().wantingToken().pending()
const approvers = (claim: string, expected: string): Pick<EffectiveTerms, 'approvers'> => ({
  approvers: [{ name: 'alice@company.com', hint: 'alice', claim, expected }],
})
const byClaim = (prefix: string, claim: string): Pick<EffectiveTerms, 'kubernetesUsernames'> => ({
  kubernetesUsernames: { prefix, claim },
})

type Given = {
  readonly request?: ApprovalRequest
  readonly terms?: Partial<EffectiveTerms>
  readonly claims?: Readonly<Record<string, unknown>>
}

function judged({ claims, terms, ...given }: Given): Judgement {
  const iat = start.getTime() / 1000 + 20
  const asked = given.request ?? request
  return judge(asked, theTerms(terms), {
    prompt: onlyPromptOf(asked) ?? assert.fail('nobody was asked'),
    response: aTokenResponse(),
    claims: { iss: 'https://sso.company.com', sub: '750e', iat, preferred_username: 'alice', ...claims },
    receivedAt: t(21),
  })
}

const accepted = 'Accepted'
const rejected = 'TokenRejected'
const mismatch = 'ApproverMismatch'
const email = approvers('email', 'alice@company.com')

for (const [name, given, want] of [
  ['the approver in look-alike letters', { claims: { preferred_username: '\u0430lice' } }, mismatch],
  [
    'the approver in other letters, by terms that compare exactly',
    { terms: approvers('preferred_username', 'alice'), claims: { preferred_username: 'Alice' } },
    mismatch,
  ],
  ['the subject in other letters', { terms: approvers('sub', '750E') }, mismatch],
  ['a requester behind a prefix', { request: request.by('oidc:alice@company.com') }, mismatch],
  [
    'a requester behind a prefix, in other letters',
    { request: request.by('oidc:Alice@company.com') },
    mismatch,
  ],
  [
    'a requester with the e-mail address of the answer',
    { request: request.by('oidc:a.l@company.com'), claims: { email: 'A.L@company.com' } },
    mismatch,
  ],
  [
    'a requester spelled as the IdentityProvider says',
    { request: request.by('corp-a17'), terms: byClaim('corp-', 'employee'), claims: { employee: 'A17' } },
    mismatch,
  ],
  [
    'a requester of another provider',
    { request: request.by('partner:alice'), terms: byClaim('oidc:', 'preferred_username') },
    accepted,
  ],
  [
    'a requester who cannot be told from the approver',
    { request: request.by('oidc:a17'), terms: byClaim('oidc:', 'employee') },
    rejected,
  ],
  ['a ServiceAccount, where people have no prefix', { terms: byClaim('', 'employee') }, accepted],
] as const)
  test(`${name}: ${want}`, () => {
    const judgement = judged(given)
    assert.equal(judgement.kind === 'Accepted' ? accepted : judgement.reason, want)
  })

for (const [given, message] of [
  [
    { claims: { preferred_username: 'Bob' } },
    'the ID token\'s preferred_username is "Bob" and does not name alice@company.com, who was asked; expected was "alice"',
  ],
  [
    { claims: { preferred_username: undefined } },
    'the ID token\'s preferred_username is absent and does not name alice@company.com, who was asked; expected was "alice"',
  ],
  [
    { claims: { preferred_username: `\u0430\n${'x'.repeat(500)}` } },
    `the ID token\'s preferred_username is "\\u{430}\\u{a}${'x'.repeat(98)}…" and does not name alice@company.com, who was asked; expected was "alice"`,
  ],
  [
    { terms: email, claims: { email: 'alice@company.com' } },
    'the ID token\'s email is "alice@company.com", which the provider has not verified (email_verified)',
  ],
  [
    { request: request.by('oidc:a17'), terms: byClaim('oidc:', 'employee') },
    'employee: the ID token lacks it, so whether the requester answered its own request cannot be told (spec.kubernetesUsernames)',
  ],
] as const)
  test(`it is said: ${message.slice(0, 60)}`, () => {
    const judgement = judged(given)
    assert.equal(judgement.kind === 'Rejected' && judgement.message, message)
  })
