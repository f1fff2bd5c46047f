/** NO_PROXY with ranges of addresses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressRanges } from '../../../../src/oidc/http/no-proxy.ts'

for (const [noProxy, host, want] of [
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['.svc, 10.0.0.0/8 192.168.7.0/24', '192.168.7.9', true],
  ['10.1.2.3/32', '10.1.2.4', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['fd00::/8', '[fd12::1]', true],
  ['[fd00::]/8', 'fd12::1', true],
  ['fd00::/8', '[fe80::1]', false],
  ['10.0.0.0/8', 'sso.company.com', false],
  ['10.0.0.0/8', '10.company.com', false],
  ['10.0.0.0/33', '10.1.2.3', false],
  ['10.0.0/8', '10.1.2.3', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['', '10.1.2.3', false],
  ['*', '10.1.2.3', false],
] as const) {
  test(`NO_PROXY ${noProxy} ${want ? 'covers' : 'does not cover'} ${host}`, () => {
    assert.equal(addressRanges(noProxy)(host), want)
  })
}
