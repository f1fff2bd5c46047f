/** What is shipped for Argo Rollouts, with the addresses of this machine in it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const shipped = fileURLToPath(new URL('../../deploy/argo-rollouts/', import.meta.url))

export type Addresses = { readonly gateUrl: string; readonly issuer: string }

/** The gate's address as it stands there. */
export const asWritten: Pick<Addresses, 'gateUrl'> = {
  gateUrl: 'http://countersign-gate.countersign-system.svc/v1/gates/argo-rollouts',
}

/** The text of a file below `deploy/argo-rollouts`. */
export function rendered(file: string, { gateUrl }: Pick<Addresses, 'gateUrl'>): string {
  return readFileSync(`${shipped}${file}`, 'utf8').replaceAll(asWritten.gateUrl, gateUrl)
}
