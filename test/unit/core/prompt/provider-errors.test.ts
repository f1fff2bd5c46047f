import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meaningAtBackchannel, meaningAtToken } from '../../../../src/core/prompt/provider-errors.ts'
import type { ErrorMeaning } from '../../../../src/core/prompt/provider-errors.ts'

for (const [error, atBackchannel, atToken] of [
  ['server_error', 'Retry', 'Retry'],
  ['temporarily_unavailable', 'Retry', 'Retry'],
  ['invalid_client', 'Misconfigured', 'Misconfigured'],
  ['unauthorized_client', 'Misconfigured', 'UnauthorizedClient'],
  ['invalid_request', 'InvalidRequest', 'InvalidRequest'],
  ['invalid_scope', 'InvalidScope', 'InvalidScope'],
  ['invalid_target', 'InvalidTarget', 'InvalidTarget'],
  ['unknown_user_id', 'UnknownUserId', 'ProviderError'],
  ['invalid_binding_message', 'InvalidBindingMessage', 'ProviderError'],
  ['expired_login_hint_token', 'ExpiredLoginHintToken', 'ProviderError'],
  ['missing_user_code', 'MissingUserCode', 'ProviderError'],
  ['invalid_user_code', 'InvalidUserCode', 'ProviderError'],
  // A person refuses at the token endpoint only.
  ['access_denied', 'PromptRefused', 'AccessDenied'],
  ['expired_token', 'ProviderError', 'RequestExpired'],
  ['unsupported_grant_type', 'ProviderError', 'ProviderError'],
  ['something_of_its_own', 'ProviderError', 'ProviderError'],
  ['', 'ProviderError', 'ProviderError'],
  ['constructor', 'ProviderError', 'ProviderError'],
  ['__proto__', 'ProviderError', 'ProviderError'],
] as const)
  test(`"${error}" is ${atBackchannel} for a prompt and ${atToken} for a token`, () => {
    assert.equal(nameOf(meaningAtBackchannel(error)), atBackchannel)
    assert.equal(nameOf(meaningAtToken(error)), atToken)
  })

function nameOf(meaning: ErrorMeaning): string {
  return meaning.kind === 'Final' ? meaning.reason : meaning.kind
}
