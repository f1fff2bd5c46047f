/** The two flags by which a server is given its certificate. */
import { Option } from 'commander'
import type { Command } from 'commander'
import type { TlsFiles } from '../../http/tls.ts'

/**
 * Adds `--tls-cert-file` and `--tls-key-file`.
 * @param what what the certificate is for, in the help
 * @param server stands in the names of the flags where a process has several servers
 */
export function addTlsFlags(command: Command, what: string, server = ''): void {
  const { certFile, keyFile } = flagsOf(server)
  command.option(`${certFile} <file>`, `${what}, PEM; read again when it changes`)
  command.option(`${keyFile} <file>`, 'its private key, PEM')
}

/** The two files, or undefined for plain HTTP. Where one is given without the other, the process ends with a message. */
export function tlsFilesIn(command: Command, server = ''): TlsFiles | undefined {
  const names = flagsOf(server)
  const [certFile, keyFile] = [names.certFile, names.keyFile].map(
    (name) => command.getOptionValue(new Option(name).attributeName()) as string | undefined,
  )
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile }
  if (certFile !== keyFile) command.error(`error: ${names.certFile} and ${names.keyFile} go together.`)
  return undefined
}

function flagsOf(server: string): TlsFiles {
  const prefix = server === '' ? '--tls' : `--${server}-tls`
  return { certFile: `${prefix}-cert-file`, keyFile: `${prefix}-key-file` }
}
