/** What every replica serves by HTTP, Lease or not. A server that is new is a file beside this and a line in the list. */
import { crowdReport } from '../../http/crowd-report.ts'
import { serve } from '../../http/server.ts'
import type { ListeningServer, ServeOptions } from '../../http/server.ts'
import { gateServer } from './argo-rollouts/gate.ts'
import { metricsServer, probeServer } from './servers/operations.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Parts, ServerDefinition } from './parts.ts'
import { pingServer } from './servers/ping.ts'

const definitions: readonly ServerDefinition[] = [probeServer, metricsServer, gateServer, pingServer]

/**
 * Starts every server that has an address.
 * @returns the servers, in the form that `closeOnSignal` takes
 * @throws if one of them cannot listen, or has no usable certificate
 */
export async function startServers(
  parts: Parts,
): Promise<readonly (ListeningServer & { readonly name: string })[]> {
  return Promise.all(
    definitions.flatMap(({ name, address, connect, tls }) => {
      const at = address(parts.flags)
      return at === undefined
        ? []
        : [start(parts, { name, ...connect(parts), tls: tls?.(parts.flags), ...at })]
    }),
  )
}

async function start(
  { log }: Parts,
  { name, ...options }: ServeOptions & { readonly name: string },
): Promise<ListeningServer & { readonly name: string }> {
  const onRenewalFailed = (error: unknown): void => {
    log.error('certificate cannot be used, the one before stays', { server: name, error: String(error) })
  }
  const server = await serve({
    ...options,
    onRenewalFailed,
    onCrowded: crowdReport({ clock: systemClock, log, server: name }),
  })
  log.info('serving', { server: name, url: server.url })
  return { ...server, name }
}
