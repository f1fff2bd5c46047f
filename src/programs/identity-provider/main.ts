/** `identity-provider`: the embedded OpenID Provider, for demo, development and tests. Never for people's real logins. */
import type { RequestListener } from 'node:http'
import { listen } from '../../http/server.ts'
import { DirectoryError } from '../../embedded-provider/fields.ts'
import { reportTo } from '../../embedded-provider/log.ts'
import { parseDirectory } from '../../embedded-provider/people.ts'
import { createIdentityProvider } from '../../embedded-provider/provider.ts'
import type { EmbeddedProvider, Whereabouts } from '../../embedded-provider/provider.ts'
import { followFile } from '../../runtime/followed-file.ts'
import type { FollowedFile } from '../../runtime/followed-file.ts'
import { closeOnSignal } from '../../runtime/shutdown.ts'
import { parseIdentityProviderFlags } from './flags.ts'

const { flags, tls, refuse } = parseIdentityProviderFlags()
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
// A signal may follow as soon as somebody has read that it is ready.
const closed = closeOnSignal({
  onError: (part, error) => process.stderr.write(`${part} could not be closed: ${String(error)}\n`),
  closers: [
    { name: 'server', close: () => server.close() },
    { name: 'config', close: stopFile },
  ],
})
report({ event: 'Ready', issuer })
await closed

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
    return refuse(`${path}: ${messageOf(error)}`)
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
