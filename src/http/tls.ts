/** A server's certificate that is renewed under it, by cert-manager say. */
import type { ServerOptions } from 'node:http'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import { followFiles } from '../runtime/followed-file.ts'

/** Paths of a certificate chain and its private key, both PEM. */
export type TlsFiles = { readonly certFile: string; readonly keyFile: string }

/** Node's own is 120 s. */
const handshakeTimeout = 10_000

/**
 * Creates an HTTPS server that takes a renewed pair of files within seconds, without a restart.
 * @param onRenewalFailed called once for each pair that cannot be used; the one before stays
 * @throws if there is no usable pair to begin with
 */
export function createTlsServer(
  options: ServerOptions,
  { certFile, keyFile }: TlsFiles,
  onRenewalFailed: (error: unknown) => void,
): Server {
  const followed = followFiles([certFile, keyFile], {
    parse: ([cert, key]) => ({ cert, key }),
    onChange: (pair) => {
      server.setSecureContext(pair)
    },
    onRejected: onRenewalFailed,
  })
  const server: Server = serverWith({ ...options, handshakeTimeout, ...followed.current() }, followed.stop)
  server.once('close', followed.stop)
  return server
}

/** A pair that cannot be used is not followed either. */
function serverWith(options: Parameters<typeof createServer>[0], stop: () => void): Server {
  try {
    return createServer(options)
  } catch (error) {
    stop()
    throw error
  }
}
