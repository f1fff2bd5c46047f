/** `identity-provider`: the embedded OpenID Provider, for demo, development and tests. Never for people's real logins. */
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { listen } from '../http/server.ts'
import { DirectoryError } from '../identity-provider/fields.ts'
import { reportTo } from '../identity-provider/log.ts'
import { parseDirectory } from '../identity-provider/people.ts'
import type { Directory } from '../identity-provider/people.ts'
import { createIdentityProvider } from '../identity-provider/provider.ts'
import { closeOnSignal } from '../runtime/shutdown.ts'
import { addTlsFlags, tlsFilesIn } from './flags/tls.ts'
import * as flag from './flags/values.ts'

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
  .requiredOption('--config <file>', 'people, clients and audience (YAML)')
  .option('--host <address>', 'where to listen', '127.0.0.1')
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

const directory = directoryFrom(flags.config)
const channelUri = flags.channelUri ?? directory.channelUri
if (channelUri === undefined)
  program.error('No authentication channel: give --channel-uri, or channel.uri in the file.')
else await run(directory, channelUri)

async function run(people: Directory, channel: string): Promise<void> {
  const report = reportTo((line) => process.stdout.write(line))
  // The issuer's port is known only once the server listens.
  let handle: RequestListener = (_request, response) => response.writeHead(503).end()
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
  handle = await createIdentityProvider({ directory: people, issuer, channelUri: channel, report })
  report({ event: 'Ready', issuer })
  await closeOnSignal({
    onError: (part, error) => process.stderr.write(`${part} could not be closed: ${String(error)}\n`),
    closers: [{ name: 'server', close: () => server.close() }],
  })
}

function directoryFrom(file: string): Directory {
  try {
    return parseDirectory(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof DirectoryError) program.error(`${file}: ${error.message}`)
    throw error
  }
}
