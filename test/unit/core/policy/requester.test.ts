import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPerson, isRequester } from '../../../../src/core/policy/requester.ts'

const oidc = { prefix: 'oidc:', claim: 'email' }
const alice = 'alice@company.com'

for (const [name, username, usernames, names, want] of [
  ['the same name', 'alice', undefined, ['alice'], true],
  ['the same name in other letters', 'Alice@Company.com', undefined, [alice], true],
  ['the same name in full-width letters', '\uFF41lice', undefined, ['alice'], true],
  ['another name', 'bob', undefined, ['alice'], false],
  ['a name that ends alike', 'malice', undefined, ['alice'], false],
  ['a name that ends alike behind a hyphen', 'not-alice', undefined, ['alice'], false],
  ['the same name behind a prefix', `oidc:${alice}`, undefined, [alice], true],
  ['the same name in other letters behind a prefix', 'oidc:Alice@Company.com', undefined, [alice], true],
  ['the same name behind the issuer', 'https://sso.company.com#750e', undefined, ['750e'], true],
  ['the same name behind a path', 'company/alice', undefined, ['alice'], true],
  ['the same name behind a domain', 'COMPANY\\alice', undefined, ['alice'], true],
  ['a ServiceAccount that is called so', 'system:serviceaccount:demo:alice', undefined, ['alice'], false],
  ['nothing', 'oidc:', undefined, [''], false],
  ['what is no name', 'oidc:1', undefined, [undefined, 1, null], false],
  ['the same name behind the prefix', `oidc:${alice}`, oidc, [alice], true],
  ['the same name in other letters behind the prefix', 'oidc:Alice@company.com', oidc, [alice], true],
  ['the same name behind another prefix', `partner:${alice}`, oidc, [alice], false],
  ['the same name without the prefix', alice, oidc, [alice], true],
  ['the same name where there is no prefix', alice, { prefix: '', claim: 'email' }, [alice], true],
] as const)
  test(`${name}: ${want ? 'the requester' : 'someone else'}`, () => {
    assert.equal(isRequester({ username, usernames }, names), want)
  })

for (const [username, usernames, want] of [
  ['oidc:alice', oidc, true],
  ['partner:alice', oidc, false],
  ['alice', undefined, false],
  ['alice', { prefix: '', claim: 'sub' }, true],
  ['system:serviceaccount:demo:bot', { prefix: '', claim: 'sub' }, false],
] as const)
  test(`${username} is ${want ? '' : 'not '}known to be a person by ${JSON.stringify(usernames)}`, () => {
    assert.equal(isPerson({ username, usernames }), want)
  })
