/** Where an Ingress or an HTTPRoute leads, by the rules of Kubernetes for the paths in them. */
import type { KubernetesObject } from '../../../tools/chart/render.ts'

export type Route = {
  readonly host: string
  readonly path: string
  /** `Prefix` counts by the parts between slashes: `/login` is one of `/login/callback`, and not of `/logins`. */
  readonly match: 'Exact' | 'Prefix'
  readonly service: string
}

/** @param object an Ingress or an HTTPRoute */
export function routesOf(object: KubernetesObject): readonly Route[] {
  return object.kind === 'Ingress' ? ofIngress(object.spec as Ingress) : ofHttpRoute(object.spec as HttpRoute)
}

/** The route that a request to this host and path takes; undefined if none leads there. */
export function routeFor(
  routes: readonly Route[],
  { host, path }: { readonly host: string; readonly path: string },
): Route | undefined {
  return routes.find((route) => route.host === host && leads(route, path))
}

function leads({ match, path }: Route, asked: string): boolean {
  if (match === 'Exact') return asked === path
  const prefix = path.replace(/\/$/, '')
  return asked === prefix || asked.startsWith(`${prefix}/`)
}

type Ingress = {
  readonly rules: readonly {
    readonly host: string
    readonly http: {
      readonly paths: readonly {
        readonly path: string
        readonly pathType: 'Exact' | 'Prefix'
        readonly backend: { readonly service: { readonly name: string } }
      }[]
    }
  }[]
}

function ofIngress({ rules }: Ingress): readonly Route[] {
  return rules.flatMap(({ host, http }) =>
    http.paths.map(({ path, pathType, backend }) => ({
      ...{ host, path, match: pathType, service: backend.service.name },
    })),
  )
}

type HttpRoute = {
  readonly hostnames: readonly string[]
  readonly rules: readonly {
    readonly matches: readonly {
      readonly path: { readonly type: 'Exact' | 'PathPrefix'; readonly value: string }
    }[]
    readonly backendRefs: readonly { readonly name: string }[]
  }[]
}

function ofHttpRoute({ hostnames, rules }: HttpRoute): readonly Route[] {
  return hostnames.flatMap((host) =>
    rules.flatMap(({ matches, backendRefs: [backend] }) =>
      matches.map(({ path: { type, value } }) => ({
        ...{ host, path: value, service: backend?.name ?? '' },
        match: type === 'Exact' ? ('Exact' as const) : ('Prefix' as const),
      })),
    ),
  )
}
