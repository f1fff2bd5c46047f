/** What is shipped for Argo Rollouts, with the addresses of this machine in it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const shipped = fileURLToPath(new URL('../../deploy/argo-rollouts/', import.meta.url))

export type Addresses = { readonly gateUrl: string; readonly issuer: string }

/** The addresses that stand there. */
export const asWritten: Addresses = {
  gateUrl: 'http://countersign-gate.countersign-system.svc/v1/gates/argo-rollouts',
  issuer: 'https://sso.company.com',
}

/** The text of a file below `deploy/argo-rollouts`. */
export function rendered(file: string, { gateUrl, issuer }: Addresses): string {
  const insecure = issuer.startsWith('http:') ? '\n  allowInsecureHTTP: true' : ''
  return readFileSync(`${shipped}${file}`, 'utf8')
    .replaceAll(asWritten.gateUrl, gateUrl)
    .replaceAll(`issuer: ${asWritten.issuer}`, `issuer: ${issuer}${insecure}`)
}
