import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { securityHeaders } from '../../../src/inbox/headers.ts'
import { messagePage } from '../../../src/inbox/pages.ts'

test('the policy admits the style sheet of the page and nothing else', async () => {
  const page = String(await messagePage({ title: 'Title', text: 'Text' }))
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  assert.equal(
    securityHeaders(new URL('https://inbox.company.com'))['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  )
})

test('TLS is insisted on where there is TLS', () => {
  assert.ok('strict-transport-security' in securityHeaders(new URL('https://inbox.company.com')))
  assert.ok(!('strict-transport-security' in securityHeaders(new URL('http://127.0.0.1:8080'))))
})

test('nothing is stored, framed, sniffed or told to others', () => {
  const headers = securityHeaders(new URL('http://127.0.0.1:8080'))
  assert.deepEqual(
    [
      headers['cache-control'],
      headers['x-frame-options'],
      headers['x-content-type-options'],
      headers['referrer-policy'],
    ],
    ['no-store', 'DENY', 'nosniff', 'no-referrer'],
  )
})
