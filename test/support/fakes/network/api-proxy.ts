/** Stands between a controller and the API server: counts what comes through, and does what networks do on bad days. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request as send } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ControlPlane } from '../../../../tools/envtest/start.ts'
import type { Handler } from './http-answers.ts'

export type Exchange = {
  /** `PUT approvalrequests/status`, for example, or `POST secrets (dry run)`. */
  readonly call: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly isWatch: boolean
  /** Of an ApprovalRequest or a Secret, other than a dry run. */
  readonly isWrite: boolean
  /** Of a watch: where it goes on, or undefined for one that begins with what exists. */
  readonly resourceVersion: string | undefined
}

/** How one exchange is to go; undefined for as it should. */
export type Disturbance = (exchange: Exchange) => Handler | undefined

export type ApiProxy = {
  /** With the API server's own certificate. */
  readonly url: string
  /** Everything that was asked, in order. */
  readonly exchanges: readonly Exchange[]
  disturb(how: Disturbance): void
  undisturb(): void
  /** Passes the exchange on, and back whatever is answered; parts of it may be replaced. */
  pass(detour?: Partial<Passage>): Handler
  /** Ends every watch that was opened by passing it on. @returns how many */
  cutWatches(): number
  close(): Promise<void>
}

type Passage = {
  /** Before anything is sent. */
  readonly before: () => Promise<unknown>
  /** Hands the API server's answer on. */
  readonly back: (answer: IncomingMessage, response: ServerResponse) => void
}

export async function startApiProxy({
  url,
  caFile,
}: Pick<ControlPlane, 'url' | 'caFile'>): Promise<ApiProxy> {
  const cert = readFileSync(caFile)
  const key = readFileSync(caFile.replace(/crt$/, 'key'))
  const agent = new Agent({ ca: cert, keepAlive: true })
  const exchanges: Exchange[] = []
  const watches = new Set<ServerResponse>()
  let disturbance: Disturbance = () => undefined
  const pass: ApiProxy['pass'] = (detour) => (response, request) => {
    forward({ agent, url, passage: { ...straight, ...detour } }, response, request)
  }
  const server = createServer({ cert, key }, (request, response) => {
    const exchange = exchangeOf(request)
    exchanges.push(exchange)
    const handler = disturbance(exchange)
    if (exchange.isWatch && handler === undefined) track(watches, response)
    ;(handler ?? pass())(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    disturb: (how) => void (disturbance = how),
    undisturb: () => void (disturbance = () => undefined),
    pass,
    cutWatches: () => {
      const open = [...watches].filter(({ headersSent }) => headersSent)
      for (const { socket } of open) socket?.destroy()
      return open.length
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

function track(watches: Set<ServerResponse>, response: ServerResponse): void {
  watches.add(response)
  response.once('close', () => watches.delete(response))
}

const straight: Passage = {
  before: () => Promise.resolve(),
  back: (answer, response) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    response.flushHeaders()
    answer.pipe(response)
  },
}

type Way = { readonly agent: Agent; readonly url: string; readonly passage: Passage }

function forward({ agent, url, passage }: Way, response: ServerResponse, request: IncomingMessage): void {
  const cut = (): void => void response.socket?.destroy()
  void passage.before().then(() => {
    const onward = send(new URL(request.url ?? '/', url), {
      agent,
      headers: request.headers,
      method: request.method,
    })
    onward.once('error', cut)
    onward.once('response', (answer) => {
      answer.once('error', cut)
      passage.back(answer, response)
    })
    response.once('close', () => onward.destroy())
    request.pipe(onward)
  })
}

const path =
  /^\/apis?\/(?:[^/]+\/)?v[^/]+\/(?:namespaces\/([^/]+)\/(?=.))?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/

function exchangeOf({ method = '', url = '/' }: IncomingMessage): Exchange {
  const { pathname, searchParams } = new URL(url, 'http://api')
  const [, namespace, plural = pathname, name, subresource] = path.exec(pathname) ?? []
  const isCounted = ['approvalrequests', 'secrets'].includes(plural)
  const isDryRun = searchParams.has('dryRun')
  const what = subresource === undefined ? plural : `${plural}/${subresource}`
  return {
    call: `${method} ${what}${isDryRun ? ' (dry run)' : ''}`,
    ...{ namespace, name },
    isWatch: searchParams.get('watch') === 'true',
    isWrite: isCounted && method !== 'GET' && !isDryRun,
    resourceVersion: searchParams.get('resourceVersion') ?? undefined,
  }
}
