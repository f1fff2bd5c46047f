/** Which tokens were used already. */

/** What became of noting a token: `Full` means that it could not be noted, and so must not be used. */
export type Noted = 'First' | 'Again' | 'Full'

/**
 * Where used tokens are noted. Several replicas of a resource server need one that they share. `note` must look up and write in
 * one step, or two uses at the same time both count as the first one.
 */
export type Seen = {
  /** @param until when the token has expired for certain, and may be forgotten */
  note(tokenId: string, until: Date): Noted | Promise<Noted>
}

const usualMost = 10_000

/**
 * Notes tokens in the memory of this process, and forgets them at a restart and once they have expired.
 * @param most how many at a time; what does not fit is Full: a token that could be used again is never forgotten
 */
export function seenInMemory({
  most = usualMost,
  now = (): Date => new Date(),
}: { readonly most?: number; readonly now?: () => Date } = {}): Seen {
  const untilById = new Map<string, number>()

  function forgetExpired(nowMs: number): void {
    for (const [id, until] of untilById) if (until <= nowMs) untilById.delete(id)
  }

  return {
    note(tokenId, until) {
      const nowMs = now().getTime()
      const noted = untilById.get(tokenId)
      if (noted !== undefined && noted > nowMs) return 'Again'
      if (untilById.size >= most) forgetExpired(nowMs)
      if (untilById.size >= most) return 'Full'
      untilById.set(tokenId, until.getTime())
      return 'First'
    },
  }
}
