/** `identity-provider`: the embedded OpenID Provider, for demo, development and tests. Never for people's real logins. */
import type { RequestListener } from 'node:http'
import { Command } from 'commander'
import packageJson from '../../../package.json' with { type: 'json' }
import { listen } from '../../http/server.ts'
import { DirectoryError } from '../../identity-provider/fields.ts'
import { reportTo } from '../../identity-provider/log.ts'
import { parseDirectory } from '../../identity-provider/people.ts'
import { createIdentityProvider } from '../../identity-provider/provider.ts'
import type { EmbeddedProvider, Whereabouts } from '../../identity-provider/provider.ts'
import { followFile } from '../../runtime/followed-file.ts'
import type { FollowedFile } from '../../runtime/followed-file.ts'
import { closeOnSignal } from '../../runtime/shutdown.ts'
import { addTlsFlags, tlsFilesIn } from '../flags/tls.ts'
import * as flag from '../flags/values.ts'

type Flags = {
  readonly config: string
  readonly host: string
  readonly port: number
  readonly issuer?: string
  readonly channelUri?: string
  readonly development?: true
}

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
const flags = program.parse().opts<Flags>()

if (flags.development !== true)
  program.error('This provider is for development only. If that is what you want, add --development.')

const tls = tlsFilesIn(program)

const report = reportTo((line) => process.stdout.write(line))
// The issuer's port is known only once the server listens.
let handle: RequestListener = (_request, response) => response.writeHead(503).end()
let replace: EmbeddedProvider['replace'] = () => undefined
const file = followConfig(flags.config)
const server = await listen(
  (request, response) => {
    handle(request, response)
  },
  {
    ...{ host: flags.host, port: flags.port },
    tls,
    onRenewalFailed: (error) => {
      process.stderr.write(`the new certificate is not used: ${String(error)}\n`)
    },
  },
)
const issuer = flags.issuer ?? server.url
const provider = await createIdentityProvider({ ...file.current(), issuer, report })
handle = provider.listener
replace = provider.replace
report({ event: 'Ready', issuer })
await closeOnSignal({
  onError: (part, error) => process.stderr.write(`${part} could not be closed: ${String(error)}\n`),
  closers: [
    { name: 'server', close: () => server.close() },
    { name: 'config', close: stopFile },
  ],
})

function stopFile(): Promise<void> {
  file.stop()
  return Promise.resolve()
}

function followConfig(path: string): FollowedFile<Whereabouts> {
  try {
    return followFile(path, {
      parse: whereaboutsIn,
      onChange: (next) => {
        replace(next)
        report({ event: 'DirectoryReloaded' })
      },
      onRejected: (error) => {
        report({ event: 'DirectoryRejected', error: messageOf(error) })
      },
    })
  } catch (error) {
    return program.error(`error: ${path}: ${messageOf(error)}`)
  }
}

function whereaboutsIn(text: string): Whereabouts {
  const directory = parseDirectory(text)
  const channelUri = flags.channelUri ?? directory.channelUri
  if (channelUri === undefined)
    throw new DirectoryError('No authentication channel: give --channel-uri, or channel.uri in the file.')
  return { directory, channelUri }
}

/** A DirectoryError's own names the field, and repeats no value. */
function messageOf(error: unknown): string {
  return error instanceof DirectoryError ? error.message : String(error)
}
