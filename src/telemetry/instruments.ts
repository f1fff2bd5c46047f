/** Counts and measures, by prom-client, what the table of metrics lists. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { rarely } from './exposition.ts'
import { metrics } from './metrics.ts'
import type { Metric } from './metrics.ts'

type Metrics = typeof metrics
type NameOf<Type> = { [N in keyof Metrics]: Metrics[N]['type'] extends Type ? N : never }[keyof Metrics]
type Values<V> = V extends readonly string[] ? V[number] : string

/** A value for each label of the metric, out of those that the table lists. */
export type LabelsOf<N extends keyof Metrics> = {
  readonly [L in keyof Metrics[N]['labels']]: Values<Metrics[N]['labels'][L]>
}
/** What a gauge shows at the moment it is asked. */
export type Reading<N extends keyof Metrics> = readonly [labels: LabelsOf<N>, value: number]

/** What emits metrics: only names and labels of the table in `metrics.ts` compile. */
export type Instruments = {
  /** By 0 for a series that shall be there before its first event. */
  count<N extends NameOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void
  observe<N extends NameOf<'histogram'>>(name: N, labels: LabelsOf<N>, seconds: number): void
  /** Read at each scrape, and so free of cost in between. May be called several times for one gauge. */
  gauge<N extends NameOf<'gauge'>>(name: N, read: () => readonly Reading<N>[]): void
  /** The text exposition format of Prometheus. */
  expose(): Promise<Response>
}

const elapsed = { monotonicMs: () => performance.now() }

/** A registry of its own, with the process metrics of prom-client and every metric of the table. */
export function createInstruments(): Instruments {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = new Map(namesOf('counter').map((name) => [name, counter(registry, name)]))
  const histograms = new Map(namesOf('histogram').map((name) => [name, histogram(registry, name)]))
  const readers = new Map<string, (() => readonly Reading<keyof Metrics>[])[]>()
  for (const name of namesOf('gauge')) gauge(registry, name, () => readers.get(name) ?? [])
  const expose = rarely(() => registry.metrics(), elapsed)
  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    observe: (name, labels, seconds) => histograms.get(name)?.observe(labels, seconds),
    gauge: (name, read) => void readers.set(name, [...(readers.get(name) ?? []), read]),
    expose: async () => new Response(await expose(), { headers: { 'content-type': registry.contentType } }),
  }
}

function namesOf<Type extends Metric['type']>(type: Type): readonly NameOf<Type>[] {
  const names = Object.keys(metrics) as (keyof Metrics)[]
  return names.filter((name): name is NameOf<Type> => metrics[name].type === type)
}

function counter(registry: Registry, name: NameOf<'counter'>): Counter {
  return new Counter({ ...common(registry, name) })
}

function histogram(registry: Registry, name: NameOf<'histogram'>): Histogram {
  return new Histogram({ ...common(registry, name), buckets: [...metrics[name].buckets] })
}

function gauge(
  registry: Registry,
  name: NameOf<'gauge'>,
  readers: () => readonly (() => readonly Reading<keyof Metrics>[])[],
): Gauge {
  return new Gauge({
    ...common(registry, name),
    collect() {
      this.reset()
      for (const [labels, value] of readers().flatMap((read) => read())) this.set(labels, value)
    },
  })
}

function common(
  registry: Registry,
  name: keyof Metrics,
): {
  name: string
  help: string
  labelNames: string[]
  registers: Registry[]
} {
  const { help, labels } = metrics[name]
  return { name, help, labelNames: Object.keys(labels), registers: [registry] }
}
