/**
 * Runs once around `node --test` (`--test-global-setup`): one control plane with Countersign's kinds and policies for all
 * test files, which find it by KUBECONFIG. Interrupted or killed, it leaves nothing behind: see `leash.sh`.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../../tools/envtest/install.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'

let controlPlane: ControlPlane | undefined

export async function globalSetup(): Promise<void> {
  controlPlane = await startControlPlane({ directory: mkdtempSync(join(tmpdir(), 'countersign-test-')) })
  await install(controlPlane.kubeconfig)
  process.env.KUBECONFIG = controlPlane.kubeconfig
}

export async function globalTeardown(): Promise<void> {
  await controlPlane?.stop()
}
