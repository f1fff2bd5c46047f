/** Serves the Ingresses of a cluster on loopback: a request goes where the objects in the API server lead it, or nowhere. */
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { KubernetesObject } from '../../../../tools/chart/render.ts'
import { kubectl } from '../../../../tools/envtest/kubectl.ts'
import { routeFor, routesOf } from '../../assertions/routes.ts'

export type IngressController = {
  /** Of the host `localhost`, which an Ingress can name. */
  readonly url: string
  /** Where the Pods of a Service are. */
  serve(service: string, address: string): void
  /** Paths that were asked and led to a Service, in order. */
  readonly led: readonly string[]
  /** Paths that no Ingress leads on. */
  readonly refused: readonly string[]
  close(): Promise<void>
}

/** Asks for the Ingresses at each request. */
export async function startIngressController(kubeconfig: string): Promise<IngressController> {
  const [led, refused]: [string[], string[]] = [[], []]
  const services = new Map<string, string>()

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const { method, url = '/', rawHeaders } = incoming
    const { hostname: host, pathname: path } = new URL(url, `http://${incoming.headers.host ?? ''}`)
    const route = routeFor((await ingresses(kubeconfig)).flatMap(routesOf), { host, path })
    const address = services.get(route?.service ?? '')
    if (address === undefined) {
      refused.push(path)
      outgoing.writeHead(404).end()
      return
    }
    led.push(path)
    const forwarded = send(address, { method, path: url, headers: rawHeaders, agent: false }).end(body)
    const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders).end(await buffer(response))
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => outgoing.writeHead(502).end(String(error)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    serve: (service, address) => void services.set(service, address),
    ...{ led, refused },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function ingresses(kubeconfig: string): Promise<readonly KubernetesObject[]> {
  const args = ['get', 'ingress', '--all-namespaces', '--output=json']
  const { items } = JSON.parse(await kubectl({ kubeconfig, args })) as {
    readonly items: readonly KubernetesObject[]
  }
  return items
}
