/** A server's certificate that is renewed under it: cert-manager writes new files, Kubernetes swaps a symbolic link. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'

/** PEM. */
export type TlsFiles = { readonly certFile: string; readonly keyFile: string }

const lookEveryMs = 2000
/** Node's own is 120 s. */
const handshakeTimeout = 10_000

/** @throws if there is no usable pair to begin with; later the one before stays until there is */
export function createTlsServer(
  options: ServerOptions,
  { certFile, keyFile }: TlsFiles,
  onRenewalFailed: (error: unknown) => void,
): Server {
  const read = (): { cert: Buffer; key: Buffer } => ({
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
  })
  const server = createServer({ ...options, handshakeTimeout, ...read() })
  const renew = (): void => {
    try {
      server.setSecureContext(read())
    } catch (error) {
      onRenewalFailed(error)
    }
  }
  for (const file of [certFile, keyFile]) watchFile(file, { interval: lookEveryMs, persistent: false }, renew)
  // What is written before the watch's own first look goes unnoticed by it.
  const secondLook = setTimeout(renew, lookEveryMs).unref()
  server.once('close', () => {
    clearTimeout(secondLook)
    for (const file of [certFile, keyFile]) unwatchFile(file, renew)
  })
  return server
}
