/** `countersign inbox`: where people answer prompts. Holds no CIBA client's credential and writes nothing to the cluster. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { ApprovalRequest } from '../api/objects.ts'
import { serve } from '../http/server.ts'
import { createInbox } from '../inbox/app.ts'
import { credentialsFrom } from '../kubernetes/credentials.ts'
import { kinds } from '../kubernetes/kinds.ts'
import { resource } from '../kubernetes/resource.ts'
import { createTransport } from '../kubernetes/transport.ts'
import { createAuthenticationChannel } from '../oidc/authentication-channel.ts'
import { createBoundedFetch, defaultLimits } from '../oidc/bounded-fetch.ts'
import { createLogin } from '../oidc/login.ts'
import { systemClock } from '../runtime/clock.ts'
import { closeOnSignal } from '../runtime/shutdown.ts'
import { createCookieSealer } from '../sealing/cookies.ts'
import { createLog } from '../telemetry/log.ts'

type Flags = {
  readonly kubeconfig?: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretFile: string
  readonly publicUrl?: string
  readonly host: string
  readonly port: number
  readonly caFile?: string
  readonly allowInsecureHttp?: true
  readonly logLevel: string
}

const program = new Command('countersign inbox')
  .description('Shows people what they are asked to approve, and takes their answers to the OpenID Provider.')
  .option(
    '--kubeconfig <file>',
    "how to reach the cluster; in a Pod its ServiceAccount's token is used",
    process.env.KUBECONFIG,
  )
  .requiredOption('--issuer <url>', 'the OpenID Provider that people log in at and prompts come from')
  .requiredOption('--client-id <id>', 'the client that logs people in; not the one that asks for approvals')
  .requiredOption('--client-secret-file <file>', "that client's secret")
  .option('--public-url <url>', 'where browsers find the inbox, if not where it listens')
  .option('--host <address>', 'where to listen', '127.0.0.1')
  .option('--port <number>', 'where to listen; 0 takes a free one', Number, 8080)
  .option('--ca-file <file>', 'certificates to trust for the provider, PEM')
  .option('--allow-insecure-http', 'speak http to a provider on loopback')
  .option('--log-level <level>', 'debug, info, warn or error', 'info')
  .parse()

const flags = program.opts<Flags>()
const log = createLog('inbox', flags.logLevel)
const transport = createTransport(credentialsFrom(flags.kubeconfig))
const caBundle = flags.caFile === undefined ? undefined : readFileSync(flags.caFile, 'utf8')
const provider = { issuer: flags.issuer, allowInsecureHTTP: flags.allowInsecureHttp === true }

// The app needs the public URL, which may need the port: until then the server answers that it is not ready.
let handle: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
const server = await serve({ fetch: (request) => handle(request), host: flags.host, port: flags.port })
const publicUrl = new URL(flags.publicUrl ?? server.url)
handle = inboxAt(publicUrl)
log.info('ready', { event: 'Ready', url: publicUrl.origin, port: server.port })
await closeOnSignal({
  onSignal: (signal) => {
    log.info('stopping', { signal })
  },
  onError: (part, error) => {
    log.error('could not be closed', { part, error: String(error) })
  },
  closers: [
    { name: 'server', close: () => server.close() },
    { name: 'transport', close: () => transport.close() },
  ],
})

function inboxAt(url: URL): (request: Request) => Response | Promise<Response> {
  const app = createInbox({
    requests: resource<ApprovalRequest>(transport, kinds.approvalRequests),
    login: createLogin({
      ...provider,
      clientID: flags.clientId,
      clientSecret: readFileSync(flags.clientSecretFile, 'utf8').trim(),
      redirectUri: new URL('/login/callback', url).href,
      ...(caBundle !== undefined && { caBundle }),
    }),
    channel: createAuthenticationChannel({
      provider,
      fetch: createBoundedFetch({ caBundle, limits: defaultLimits, reuse: 'Kept' }),
      clock: systemClock,
      timeoutSeconds: defaultLimits.metadataSeconds,
    }),
    // Made at the start: who was logged in before has to log in again, as with every fresh question.
    cookies: createCookieSealer(randomBytes(32), systemClock),
    clock: systemClock,
    publicUrl: url,
    log,
  })
  return (request) => app.fetch(request)
}
