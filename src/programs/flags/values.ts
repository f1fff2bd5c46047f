/** What a flag's value may be. Each throws commander's error, which names the flag and ends the process, before anything has begun. */
import { isIP, isIPv6 } from 'node:net'
import { InvalidArgumentError } from 'commander'

/** Ten years; more than that is no date any more once it is added to one. */
const longestSeconds = 315_360_000
const mostWorkers = 10_000

/** A duration in seconds, above 0; fractions are allowed. */
export function seconds(text: string): number {
  const number = secondsOrNone(text)
  if (number > 0) return number
  throw new InvalidArgumentError('It must be a number of seconds above 0.')
}

/** A duration in seconds, 0 included; at most ten years. */
export function secondsOrNone(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (number >= 0 && number <= longestSeconds) return number
  throw new InvalidArgumentError(`It must be a number of seconds, such as 30, and at most ${longestSeconds}.`)
}

/** How many keys a controller works on at once: 1 to 10,000. */
export function workers(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= mostWorkers) return number
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostWorkers}.`)
}

/** A TCP port; 0 takes a free one. */
export function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  if (number <= 65_535) return number
  throw new InvalidArgumentError('It must be a port: a whole number from 0 to 65535.')
}

const hostName = /^[A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?$/

/** Where to listen: an address or a name, an IPv6 address also in the brackets that it has in a URL. */
export function host(text: string): string {
  const bare = /^\[(?<address>.*)\]$/.exec(text)?.groups?.address
  if (bare !== undefined && isIPv6(bare)) return bare
  if (isIP(text) !== 0 || hostName.test(text)) return text
  throw new InvalidArgumentError(
    'It must be an address or a host name, such as 127.0.0.1, ::1, [::1] or localhost.',
  )
}

/** An http or https URL, returned as it was written. */
export function httpUrl(text: string): string {
  if (['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '')) return text
  throw new InvalidArgumentError('It must be a URL, such as https://sso.company.com.')
}

/** Where browsers find a server: a URL without a path. */
export function origin(text: string): string {
  const url = URL.parse(httpUrl(text))
  if (url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '') return text
  throw new InvalidArgumentError('It must be a URL without a path, such as https://approvals.company.com.')
}

/** The lowest level that is logged. */
export function logLevel(text: string): string {
  if (['debug', 'info', 'warn', 'error'].includes(text)) return text
  throw new InvalidArgumentError('It must be debug, info, warn or error.')
}

/** The name of a Namespace. */
export function namespace(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text
  throw new InvalidArgumentError(
    'It must be the name of a namespace: at most 63 lower-case letters, digits and hyphens.',
  )
}

/** A value that is not blank. */
export function text(value: string): string {
  if (value.trim() !== '') return value
  throw new InvalidArgumentError('It must not be empty.')
}
