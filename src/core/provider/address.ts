/** Which addresses the operator connects to. */

/** An https URL, or http on a loopback address where that is allowed. */
export function mayBeContacted(
  address: unknown,
  { allowInsecureHTTP }: { readonly allowInsecureHTTP: boolean },
): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (url?.protocol === 'https:') return true
  return allowInsecureHTTP && url?.protocol === 'http:' && isLoopback(url.hostname)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
