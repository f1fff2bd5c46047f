import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressText } from '../../../../src/inbox/views/address.ts'

for (const [name, text, want] of [
  [
    'shows its host',
    'https://grafana.company.com:8443/d/1?x=1#y',
    'https://<b>grafana.company.com:8443</b>/d/1?x=1#y',
  ],
  ['in another alphabet becomes xn--', 'https://gоogle.com/', 'https://<b>xn--gogle-jye.com</b>/'],
  ['in a percent-encoded alphabet too', 'https://%D0%B0pple.com/', 'https://<b>xn--pple-43d.com</b>/'],
  [
    'hides no host behind a name',
    'https://github.com@evil.example/a@b',
    'https://github.com@<b>evil.example</b>/a@b',
  ],
  [
    'hides no host in a query',
    'https://evil.example?@github.com',
    'https://<b>evil.example</b>/?@github.com',
  ],
  ['of another kind shows its host too', 'foo://a@b?c@d/', 'foo://a@<b>b</b>?c@d/'],
  ['that repeats its host', 'https://a.b@a.b/a.b', 'https://a.b@<b>a.b</b>/a.b'],
  ['that is none stays as it is', 'not an address', 'not an address'],
  ['that is a script stays text', 'javascript:alert(1)', 'javascript:alert(1)'],
  ['is escaped', 'https://a.b/"><script>', 'https://<b>a.b</b>/%22%3E%3Cscript%3E'],
] as const) {
  test(`an address ${name}`, async () => {
    const shown = String(await addressText(text)).replaceAll(/<span[^>]*>|<\/span\s*>/g, '')
    assert.equal(shown, want)
  })
}
