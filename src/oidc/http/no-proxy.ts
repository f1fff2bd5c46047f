/** Address ranges in NO_PROXY, which undici passes over: it takes names, domains and single addresses. */
import { BlockList, isIP } from 'node:net'

/** Whether a host is to be reached without the proxy because its address is in a range. */
export type InRange = (hostname: string) => boolean

/**
 * @param noProxy entries separated by commas or spaces; those that are ranges, such as `10.0.0.0/8` or `fd00::/8`, count here.
 *   As with curl and Go, a range covers hosts that are given as addresses: no name is looked up for it.
 * @returns takes a URL's hostname, an IPv6 address with or without brackets
 */
export function addressRanges(noProxy: string): InRange {
  const ranges = new BlockList()
  for (const entry of noProxy.split(/[\s,]+/)) {
    const [, address = '', prefix = ''] = /^\[?([0-9a-fA-F.:]+)\]?\/(\d{1,3})$/.exec(entry) ?? []
    const family = familyOf(address)
    const bits = Number(prefix)
    if (family !== undefined && bits <= (family === 'ipv4' ? 32 : 128))
      ranges.addSubnet(address, bits, family)
  }
  return (hostname) => {
    const address = hostname.replace(/^\[|\]$/g, '')
    const family = familyOf(address)
    return family !== undefined && ranges.check(address, family)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : `ipv${version === 4 ? 4 : 6}`
}
