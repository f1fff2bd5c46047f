/** What the chart lets each process have. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

type Component = 'controller' | 'inbox' | 'identityProvider'

type Values = Readonly<
  Record<Component, { readonly resources: { readonly limits: { readonly memory: string } } }>
>

/** The memory limit of its container, in bytes. A process that uses more is ended by the kernel. */
export function memoryLimitOf(component: Component): number {
  const values = parse(readFileSync('charts/countersign/values.yaml', 'utf8')) as Values
  const { memory } = values[component].resources.limits
  const [, number] = /^(\d+)Mi$/.exec(memory) ?? []
  if (number === undefined) throw new Error(`${component}: ${memory} is not in Mi`)
  return Number(number) * 1024 ** 2
}

/** What Node takes for itself in a container of that size: a half. */
export function nodeOptionsFor(component: Component): string {
  return `--max-old-space-size=${memoryLimitOf(component) / 2 / 1024 ** 2}`
}

/** Runs something with these options for every process that it starts. */
export async function withNodeOptions<T>(options: string, run: () => Promise<T>): Promise<T> {
  const usual = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = options
  try {
    return await run()
  } finally {
    if (usual === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = usual
  }
}
