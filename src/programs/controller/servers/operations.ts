/** For whoever runs the operator: `/livez` and `/readyz` for the kubelet, `/metrics` for Prometheus. */
import { probesHandler } from '../../../http/probes.ts'
import { checksOf } from '../caches.ts'
import type { ServerDefinition } from '../parts.ts'

/** That it answers is all there is to liveness: neither the API server nor a provider is a reason to kill a process. */
const ping = { name: 'ping', fault: () => undefined }

export const probeServer: ServerDefinition = {
  name: 'probes',
  address: ({ healthProbeBindAddress }) => healthProbeBindAddress,
  connect: ({ caches, flags }) => ({
    // A watch that fell silent has half as long again to be opened anew.
    fetch: probesHandler({
      livez: [ping],
      readyz: [ping, ...checksOf(caches, flags.watchSilenceSeconds * 1.5)],
    }),
  }),
}

export const metricsServer: ServerDefinition = {
  name: 'metrics',
  address: ({ metricsBindAddress }) => metricsBindAddress,
  connect: ({ instruments }) => ({
    fetch: (request) =>
      new URL(request.url).pathname === '/metrics'
        ? instruments.expose()
        : new Response('not found: try /metrics\n', { status: 404 }),
  }),
}
