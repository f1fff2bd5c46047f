/** Reads durations such as `90s` or `1h30m`, in the form that the CRDs accept. */
const form = /^(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?$/

/** How far two clocks may differ, the operator's or the inbox's and a provider's. */
export const clockToleranceSeconds = 60

/** Is this a duration that the CRDs would take? */
export function isDuration(text: string): boolean {
  return text !== '' && form.test(text)
}

/** @returns whole seconds; a text that the CRDs would refuse counts as 0 */
export function secondsOf(duration: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = form.exec(duration) ?? []
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** The shortest text for whole seconds, as the CRDs accept it. */
export function durationOf(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const text = parts.flatMap(([amount, unit]) => (amount === 0 ? [] : `${amount}${unit}`)).join('')
  return text === '' ? '0s' : text
}

/** The moment that lies `seconds` after `moment`. */
export function secondsAfter(moment: Date | string, seconds: number): Date {
  return new Date(new Date(moment).getTime() + seconds * 1000)
}

/** Whole seconds from `from` to `to`, rounded down; negative when `to` lies before. */
export function secondsBetween(from: Date | string, to: Date | string): number {
  return Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 1000)
}

/** As `metav1.Time` is written: UTC, whole seconds. */
export function timestamp(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** The later of two. */
export function later(a: Date, b: Date): Date {
  return a > b ? a : b
}

/** The earlier of two. */
export function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}
