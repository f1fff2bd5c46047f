import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { securityHeaders } from '../../../src/inbox/headers.ts'
import { requestPage } from '../../../src/inbox/views/request.ts'
import { anApprovalRequest } from '../../support/builders/builders.ts'
import { t } from '../../support/fakes/clocks/clock.ts'

test('the policy admits the style sheet and the script of the page and nothing else', async () => {
  const page = String(await requestPage(anOpenQuestion))
  const hashIn = (element: string): string => {
    const [, text = ''] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page) ?? []
    return createHash('sha256').update(text).digest('base64')
  }
  assert.equal(
    securityHeaders(new URL('https://inbox.company.com'))['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${hashIn('style')}'; script-src 'sha256-${hashIn('script')}'; require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
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

const anOpenQuestion = {
  request: anApprovalRequest(),
  person: { issuer: 'i', subject: 'alice', name: 'Alice', preferredUsername: 'alice', authTime: 0 },
  answerBy: t(60),
  now: t(0),
  unconfirmed: undefined,
  adjustable: [],
  deciders: undefined,
  formToken: 'f',
  questionToken: 'q',
}
