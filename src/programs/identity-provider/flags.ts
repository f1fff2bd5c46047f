/** The flags of `identity-provider`. */
import { Command } from 'commander'
import packageJson from '../../../package.json' with { type: 'json' }
import type { TlsFiles } from '../../http/tls.ts'
import { addTlsFlags, tlsFilesIn } from '../flags/tls.ts'
import * as flag from '../flags/values.ts'

/** The flags of the embedded provider, parsed; docs/flags.md says what each is for. */
export type IdentityProviderFlags = {
  readonly config: string
  readonly host: string
  readonly port: number
  readonly issuer?: string
  readonly channelUri?: string
  readonly development?: true
}

/** `refuse` ends the process, as a flag does that cannot be used; for what shows only when a file is read. */
export type ParsedIdentityProviderFlags = {
  readonly flags: IdentityProviderFlags
  /** Undefined: it serves http. */
  readonly tls: TlsFiles | undefined
  readonly refuse: (message: string) => never
}

/** Ends the process with a sentence about the flag that cannot be used, or that is absent. */
export function parseIdentityProviderFlags(): ParsedIdentityProviderFlags {
  const program = new Command('identity-provider')
    .version(packageJson.version)
    .description('An OpenID Provider with people from a file and its state in memory. For development only.')
    .requiredOption('--config <file>', 'people, clients and audience (YAML); read again when it changes')
    .option('--host <address>', 'where to listen', flag.host, '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes a free one', flag.port, 0)
    .option('--issuer <url>', 'how clients and browsers reach it, if not by that address', flag.httpUrl)
    .option(
      '--channel-uri <url>',
      "the inbox's address for prompts, instead of the file's channel.uri",
      flag.httpUrl,
    )
    .option('--development', 'says that you know: passwords stand in a file')
  addTlsFlags(program, 'certificate to serve https with')
  const flags = program.parse().opts<IdentityProviderFlags>()
  if (flags.development !== true)
    program.error('This provider is for development only. If that is what you want, add --development.')
  return { flags, tls: tlsFilesIn(program), refuse: (message) => program.error(`error: ${message}`) }
}
