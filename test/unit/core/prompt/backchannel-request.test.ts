import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizationDetailOf } from '../../../../src/core/action/authorization-details.ts'
import { codeOf, digestOf } from '../../../../src/api/digest.ts'
import { promptRequestOf } from '../../../../src/core/prompt/backchannel-request.ts'
import { anApprovalRequest, aProvider, theTerms } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()
const asking = { prompt: 'approver-1', terms: theTerms(), provider: aProvider(), deadline: t(600) }

test('another prompt than the first names itself as well', () => {
  const { extraParameters } = promptRequestOf(request, { ...asking, prompt: 'approver-2' }, t(0))
  assert.equal(extraParameters.approval_request, `demo/foo-v2/${request.metadata.uid ?? ''}#approver-2`)
})

test('a prompt names the approver, the question and the code', () => {
  assert.deepEqual(promptRequestOf(request, { ...asking, assertion: undefined }, t(0)), {
    loginHint: 'alice',
    bindingMessage: `foo-v2-${codeOf(request)}`,
    scope: 'openid',
    requestedExpirySeconds: 600,
    extraParameters: {
      approval_request: `demo/foo-v2/${request.metadata.uid ?? ''}`,
      approval_digest: digestOf(request),
    },
  })
})

test('a prompt asks for the login that the terms require, preferred ones first', () => {
  const terms = theTerms({ require: { acrValues: ['phrh', 'phr'], maxAuthenticationAgeSeconds: 300 } })
  assert.equal(promptRequestOf(request, { ...asking, terms }, t(0)).acrValues, 'phrh phr')
  const age = theTerms({ require: { maxAuthenticationAgeSeconds: 300 } })
  assert.equal(promptRequestOf(request, { ...asking, terms: age }, t(0)).acrValues, undefined)
})

test('a prompt asks for the scopes and the audience of the terms', () => {
  const terms = theTerms({ scopes: ['openid', 'rollouts:promote'], audience: 'https://deploy.company.com' })
  const { scope, resource } = promptRequestOf(request, { ...asking, terms, assertion: undefined }, t(0))
  assert.deepEqual([scope, resource], ['openid rollouts:promote', 'https://deploy.company.com'])
})

test('Auth0 is told the approver by issuer and sub, and the audience by its own parameter', () => {
  const provider = aProvider({ profile: 'Auth0' })
  const [approver] = theTerms().approvers
  assert.ok(approver !== undefined)
  const terms = theTerms({
    issuer: 'https://company.eu.auth0.com/',
    audience: 'https://deploy.company.com',
    approvers: [{ ...approver, hint: 'auth0|507f1f77bcf86cd799439020' }],
  })
  const { loginHint, extraParameters, resource } = promptRequestOf(
    request,
    { ...asking, provider, terms },
    t(0),
  )
  assert.deepEqual(JSON.parse(loginHint), {
    format: 'iss_sub',
    iss: 'https://company.eu.auth0.com/',
    sub: 'auth0|507f1f77bcf86cd799439020',
  })
  assert.equal(extraParameters.audience, 'https://deploy.company.com')
  assert.equal(resource, undefined)
})

test('a prompt asks to grant the action where the provider can', () => {
  const terms = theTerms({ authorizationDetails: 'Supported' })
  const { authorizationDetails } = promptRequestOf(request, { ...asking, terms }, t(0))
  assert.deepEqual(authorizationDetails, [authorizationDetailOf(request)])
})

for (const [name, seconds, want] of [
  ['what is left', 590, 10],
  ['whole seconds', 590.5, 9],
  ['at least a second', 599.5, 1],
  ['at least a second, even too late', 700, 1],
] as const)
  test(`requested_expiry is ${name}`, () => {
    const prompt = promptRequestOf(request, { ...asking, assertion: undefined }, t(seconds))
    assert.equal(prompt.requestedExpirySeconds, want)
  })

test('the binding message follows the provider’s rules', () => {
  const provider = aProvider({ bindingMessage: { pattern: 'a-zA-Z0-9._-', maxLength: 10 } })
  const { bindingMessage } = promptRequestOf(request, { ...asking, provider, assertion: undefined }, t(0))
  assert.equal(bindingMessage, `fo.${codeOf(request)}`)
})

test('the assertion is the one of the attempt', () => {
  const assertion = { jti: 'derived', expiresAt: t(45) }
  assert.deepEqual(promptRequestOf(request, { ...asking, assertion }, t(0)).assertion, assertion)
})
