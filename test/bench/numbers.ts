/** What many measurements come to. */

export type Spread = {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

/** The one in the middle; of an even number the lower of both. */
export function median(values: readonly number[]): number {
  return spreadOf(values).p50
}

/** `p50 12 ms  p99 40 ms  max 51 ms` */
export function inMs({ p50, p99, max }: Spread): string {
  return `p50 ${ms(p50)}  p99 ${ms(p99)}  max ${ms(max)}`
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
}

export function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
