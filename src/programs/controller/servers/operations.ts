/** For whoever runs the operator: `/livez` and `/readyz` for the kubelet, `/metrics` for Prometheus. */
import { probesHandler } from '../../../http/probes.ts'
import { checksOf } from '../caches.ts'
import type { ServerDefinition } from '../parts.ts'

/** That it answers is all there is to liveness: neither the API server nor a provider is a reason to kill a process. */
const ping = { name: 'ping', fault: () => undefined }

/**
 * `/livez` and `/readyz`: ready once all watches are filled and not silent for half as long again as
 * `--watch-silence-seconds`.
 */
export const probeServer: ServerDefinition = {
  name: 'probes',
  address: ({ healthProbeBindAddress }) => healthProbeBindAddress,
  connect: ({ caches, flags }) => ({
    // A watch that fell silent has half as long again to be opened again.
    fetch: probesHandler({
      livez: [ping],
      readyz: [ping, ...checksOf(caches, flags.watchSilenceSeconds * 1.5)],
    }),
  }),
}

/** `/metrics` in the text format of Prometheus; every other path is 404. */
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
