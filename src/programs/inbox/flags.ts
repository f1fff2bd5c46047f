/** The flags of `countersign inbox`. */
import { Command } from 'commander'
import packageJson from '../../../package.json' with { type: 'json' }
import * as shared from '../flags/shared.ts'
import * as flag from '../flags/values.ts'

/** The flags of the inbox, parsed; docs/flags.md says what each is for. */
export type InboxFlags = {
  readonly kubeconfig?: string
  readonly namespace: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretFile: string
  readonly publicUrl?: string
  readonly host: string
  readonly port: number
  readonly caFile?: string
  readonly allowInsecureHttp?: true
  readonly claimSeconds: number
  readonly shutdownDelaySeconds: number
  readonly logLevel: string
}

/** `refuse` ends the process, as a flag does that cannot be used; for what shows only when a file is read. */
export type ParsedInboxFlags = {
  readonly flags: InboxFlags
  readonly refuse: (message: string) => never
}

/** Ends the process with a sentence about the flag that cannot be used. */
export function parseInboxFlags(): ParsedInboxFlags {
  const program = new Command('countersign inbox')
    .version(packageJson.version)
    .description(
      'Shows people what they are asked to approve, and takes their answers to the OpenID Provider.',
    )
    .addOption(shared.kubeconfig())
    .addOption(shared.operatorNamespace('where the inbox keeps its keys and prompts'))
    .requiredOption(
      '--issuer <url>',
      'the OpenID Provider that people log in at and prompts come from',
      flag.httpUrl,
    )
    .requiredOption(
      '--client-id <id>',
      'the client that logs people in; not the one that asks for approvals',
      flag.text,
    )
    .requiredOption('--client-secret-file <file>', "that client's secret; read again when it changes")
    .option('--public-url <url>', 'where browsers find the inbox, if not where it listens', flag.origin)
    .option('--host <address>', 'where to listen', flag.host, '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes a free one', flag.port, 8080)
    .option('--ca-file <file>', 'certificates to trust for the provider, PEM; read again when it changes')
    .option('--allow-insecure-http', 'speak http to a provider on loopback')
    .option(
      '--claim-seconds <seconds>',
      'after how long without a word about it an answer may be given again; longer than the provider may take',
      flag.seconds,
      30,
    )
    .addOption(shared.shutdownDelay())
    .addOption(shared.logLevel())
    .parse()
  return { flags: program.opts<InboxFlags>(), refuse: (message) => program.error(`error: ${message}`) }
}
