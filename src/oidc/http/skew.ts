/** How far another clock is from ours, as an HTTP answer tells (RFC 9110 §6.6.1). Pure. */

type Exchange = { readonly sentAt: Date; readonly receivedAt: Date }

/**
 * Seconds by which the sender is ahead, negative if it is behind, as few as the time on the way allows; undefined without a
 * usable `Date`.
 */
export function skewOf(headers: Headers, { sentAt, receivedAt }: Exchange): number | undefined {
  const theirs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(theirs)) return undefined
  // `Date` is cut to whole seconds, so it lies up to one before the moment that it tells.
  const ahead = theirs - receivedAt.getTime()
  const behind = theirs + 1000 - sentAt.getTime()
  if (ahead > 0) return Math.floor(ahead / 1000)
  return behind < 0 ? Math.ceil(behind / 1000) : 0
}
