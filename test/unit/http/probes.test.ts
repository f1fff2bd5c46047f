import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probesHandler } from '../../../src/http/probes.ts'
import type { Check } from '../../../src/http/probes.ts'

const well: Check = { name: 'ping', fault: () => undefined }
const ill: Check = { name: 'watch-namespaces', fault: () => 'no sign of life for 200 s' }

for (const [name, path, readyz, want] of [
  ['all well is a bare ok', '/readyz', [well], [200, 'ok']],
  ['verbose lists what is well', '/readyz?verbose', [well], [200, '[+]ping ok\nreadyz check passed\n']],
  [
    'a failure lists everything',
    '/readyz',
    [well, ill],
    [503, '[+]ping ok\n[-]watch-namespaces failed: no sign of life for 200 s\nreadyz check failed\n'],
  ],
  ['liveness knows nothing of readiness', '/livez', [ill], [200, 'ok']],
  ['liveness is listed as well', '/livez?verbose', [ill], [200, '[+]ping ok\nlivez check passed\n']],
  ['other paths are not found', '/healthz', [well], [404, 'not found: try /livez or /readyz\n']],
] as const) {
  test(name, async () => {
    const response = probesHandler({ livez: [well], readyz })(new Request(`http://probes${path}`))
    assert.deepEqual([response.status, await response.text()], want)
  })
}
