/** Each bundle as an image holds it: alone in a directory, with nothing but Node. Prints sizes and how long a start takes. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startLeashed } from '../../../tools/envtest/leashed-process.ts'
import { logged } from '../../../tools/local/processes.ts'
import type { Bundle } from '../../../tools/local/processes.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import { microTime } from '../../../src/kubernetes/micro-time.ts'
import { testKubeconfig, testNamespace, testTransport } from '../../support/clusters/shared.ts'

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'countersign-bundles-'))
after(() => {
  rmSync(directory, { recursive: true, force: true })
})
const transport = testTransport()

for (const bundle of ['controller', 'inbox', 'identity-provider'] as const) {
  const alone = mkdtempSync(join(directory, `${bundle}-`))
  cpSync(`${dist}${bundle}.mjs`, join(alone, `${bundle}.mjs`))
  const run = (flag: string): string =>
    execFileSync(process.execPath, [`${bundle}.mjs`, flag], { cwd: alone, env: {}, encoding: 'utf8' })

  test(`${bundle} alone says its flags and its version`, () => {
    assert.match(run('--help'), /^Usage: /)
    assert.equal(run('--version').trim(), packageJson.version)
  })

  test(`${bundle} alone becomes ready, and ends as soon as it is told to`, async (t) => {
    const namespace = await testNamespace(t)
    if (bundle === 'controller') await letAnotherLead(namespace)
    const logFile = join(alone, 'log')
    const args = [join(alone, `${bundle}.mjs`), ...flagsOf(bundle, namespace)]
    const command = { program: process.execPath, args, logFile, directory: alone, env: { KUBECONFIG: '' } }
    const startedAt = performance.now()
    const running = startLeashed(command)
    t.after(() => running.stop())
    const isReady = (line: object): boolean =>
      Object.values(line).some((value) => /^ready$/i.test(String(value)))
    await Promise.race([logged(logFile, isReady), running.failed])
    const seconds = (performance.now() - startedAt) / 1000
    const megabytes = statSync(join(alone, `${bundle}.mjs`)).size / 1e6
    const stoppedAt = performance.now()
    await running.stop()
    assert.equal(await running.ended, 0)
    const stopSeconds = (performance.now() - stoppedAt) / 1000
    assert.ok(stopSeconds < 3, `nothing was under way, and it took ${stopSeconds} s`)
    t.diagnostic(`${bundle}: ${megabytes.toFixed(1)} MB, ready in ${seconds.toFixed(2)} s`)
  })

  function flagsOf(of: Bundle, namespace: string): readonly string[] {
    const secretFile = join(alone, 'secret')
    writeFileSync(secretFile, 'secret')
    const people = join(alone, 'people.yaml')
    writeFileSync(people, JSON.stringify(aDirectory))
    const flags: Readonly<Record<Bundle, readonly string[]>> = {
      controller: [
        ...['--kubeconfig', testKubeconfig(), '--namespace', namespace],
        ...['--health-probe-bind-address', '127.0.0.1:0', '--metrics-bind-address', '127.0.0.1:0'],
      ],
      inbox: [
        ...[
          '--kubeconfig',
          testKubeconfig(),
          '--namespace',
          namespace,
          '--port',
          '0',
          '--issuer',
          'https://sso.company.com',
        ],
        ...['--client-id', 'inbox', '--client-secret-file', secretFile],
      ],
      'identity-provider': [
        '--development',
        '--config',
        people,
        '--channel-uri',
        'http://127.0.0.1:9/channel',
      ],
    }
    return flags[of]
  }
}

/** The cluster is that of all tests, so this controller must not work in it. */
async function letAnotherLead(namespace: string): Promise<void> {
  const spec = { holderIdentity: 'another', leaseDurationSeconds: 3600, renewTime: microTime(new Date()) }
  await transport.request({
    method: 'POST',
    path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'countersign-controller' },
      spec,
    },
  })
}

const aDirectory = {
  people: [{ username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }],
  clients: [{ kind: 'Ciba', client_id: 'agent', client_secret: 'a-secret-of-some-length', scopes: [] }],
  audience: 'urn:countersign:test',
  intervalSeconds: 1,
}
