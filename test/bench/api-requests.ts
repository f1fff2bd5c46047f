/** What the API server was asked, by its own count (`apiserver_request_total`), and the CPU that it took. */
import { kubectl } from '../../tools/envtest/kubectl.ts'

/** `PUT approvalrequests/status` → how many. Dry runs are `POST secrets (dry run)`. */
export type ApiRequests = ReadonlyMap<string, number>

/** What an API server has done since it was started. */
export type ApiServerUse = {
  readonly requests: ApiRequests
  /** The kernel's figure for its process, as `process_cpu_seconds_total` says it. */
  readonly cpuSeconds: number
}

export async function apiServerUse(kubeconfig: string): Promise<ApiServerUse> {
  const text = await kubectl({ kubeconfig, args: ['get', '--raw=/metrics'] })
  const cpuSeconds = Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1])
  return { requests: requestsIn(text), cpuSeconds }
}

export async function apiRequests(kubeconfig: string): Promise<ApiRequests> {
  const { requests } = await apiServerUse(kubeconfig)
  return requests
}

function requestsIn(text: string): ApiRequests {
  const counts = new Map<string, number>()
  for (const [, labels = '', value] of text.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const { verb = '', resource = '', subresource = '', dry_run: dryRun = '' } = parse(labels)
    const name = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}${dryRun === '' ? '' : ' (dry run)'}`
    counts.set(name, (counts.get(name) ?? 0) + Number(value))
  }
  return counts
}

/** What came in between. */
export function since(before: ApiRequests, after: ApiRequests): ApiRequests {
  const grown = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
  return new Map(grown.filter(([, count]) => count > 0))
}

export function select(
  requests: ApiRequests,
  names: readonly string[],
): readonly (readonly [string, number])[] {
  return names.map((name) => [name, requests.get(name) ?? 0] as const)
}

function parse(labels: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )
}
