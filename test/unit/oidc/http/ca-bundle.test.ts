import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCaBundle } from '../../../../src/oidc/http/ca-bundle.ts'
import { aCertificate } from '../../../support/builders/certificate.ts'

const { cert, key } = aCertificate('sso.company.com')
const cut = cert.replace(/\n[^\n-]{10}/, '\n')

for (const [name, text] of [
  ['one certificate', cert],
  ['several, with remarks between them', `# ours\n${cert}\n# theirs\n${cert}`],
] as const)
  test(`a CA bundle of ${name} is taken as it is`, () => {
    assert.equal(parseCaBundle(text), text)
  })

for (const [name, text, says] of [
  ['nothing', '', 'it holds no certificate in PEM'],
  ['a key', key, 'it holds no certificate in PEM'],
  ['half a certificate', cert.slice(0, cert.length / 2), 'it holds no certificate in PEM'],
  ['a certificate that was cut', cut, 'certificate 1 of 1 cannot be read'],
  ['a good and a bad one', `${cert}\n${cut}`, 'certificate 2 of 2 cannot be read'],
] as const)
  test(`a CA bundle of ${name} is refused`, () => {
    assert.throws(() => parseCaBundle(text), { code: 'ERR_CA_BUNDLE', message: says })
  })
