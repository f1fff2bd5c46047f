/** Backup and restore of a control plane's etcd, as its administrator does it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { requireBinary } from '../../../tools/envtest/binaries.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'

/** Of the whole cluster, while it runs: what `etcdctl snapshot save` writes. */
export async function saveSnapshot({ etcdUrl }: Pick<ControlPlane, 'etcdUrl'>, file: string): Promise<void> {
  const response = await fetch(`${etcdUrl}/v3/maintenance/snapshot`, { method: 'POST', body: '{}' })
  assert.equal(response.status, 200)
  const lines = (await response.text()).trimEnd().split('\n')
  const blobs = lines.map((line) => JSON.parse(line) as { readonly result: { readonly blob?: string } })
  writeFileSync(file, Buffer.concat(blobs.map(({ result }) => Buffer.from(result.blob ?? '', 'base64'))))
}

/**
 * The control plane is as it was, under revisions that nobody has seen: that is what etcd recommends where something watches
 * (https://etcd.io/docs/v3.6/op-guide/recovery/).
 */
export async function restoreSnapshot(
  { replaceData }: Pick<ControlPlane, 'replaceData'>,
  file: string,
): Promise<void> {
  await replaceData(async (dataDirectory) => {
    rmSync(dataDirectory, { recursive: true })
    const unseen = ['--bump-revision=1000000000', '--mark-compacted']
    const args = ['snapshot', 'restore', file, `--data-dir=${dataDirectory}`, ...unseen]
    await promisify(execFile)(requireBinary('etcdutl'), args)
  })
}
