/**
 * `/livez` and `/readyz`, in the shape that the API server and controller-runtime answer: `ok`, or with `?verbose`, and after
 * every failure, one line for each check.
 */

/** Answers at once, without asking anybody: undefined if all is well, otherwise what is wrong. */
export type Check = { readonly name: string; readonly fault: () => string | undefined }

/** The checks behind each path; a probe fails if one of its checks does. */
export type Probes = { readonly livez: readonly Check[]; readonly readyz: readonly Check[] }

/**
 * Answers 200 while every check passes and 503 otherwise, so that the kubelet restarts the container or stops sending
 * requests.
 */
export function probesHandler(probes: Probes): (request: Request) => Response {
  return (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const probe = pathname.slice(1)
    if (probe !== 'livez' && probe !== 'readyz') return answer(404, 'not found: try /livez or /readyz\n')
    const faults = probes[probe].map(({ name, fault }) => ({ name, fault: fault() }))
    const isWell = faults.every(({ fault }) => fault === undefined)
    if (isWell && !searchParams.has('verbose')) return answer(200, 'ok')
    const lines = faults.map(({ name, fault }) =>
      fault === undefined ? `[+]${name} ok` : `[-]${name} failed: ${fault}`,
    )
    const verdict = `${probe} check ${isWell ? 'passed' : 'failed'}`
    return answer(isWell ? 200 : 503, `${[...lines, verdict].join('\n')}\n`)
  }
}

function answer(status: number, body: string): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  return new Response(body, { status, headers })
}
