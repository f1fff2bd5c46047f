/** Fetches an iCalendar feed and reads who is on call. */
import type { FeedQuery, GroupSources, SourceFault } from '../core/ports/group-sources.ts'
import { mayBeContacted } from '../core/provider/address.ts'
import type { CalendarReader } from './reader.ts'
import { sourceFault } from '../core/approver-group/source-fault.ts'

/** An answer that is read whole, within 1 MiB and a few seconds, and no redirect followed. Rejects without naming the URL. */
export type FetchFeed = (url: string, caBundle: string | undefined) => Promise<Response>

/** The error of `FetchFeed` for an answer that is larger. */
export class FeedTooLargeError extends Error {
  readonly code = 'ERR_FEED_TOO_LARGE'
}

/** @returns never rejects for what the feed or its server does */
export function shiftsBy(fetch: FetchFeed, read: CalendarReader): GroupSources['shiftsAt'] {
  return async (query) => {
    const url = query.url.trim()
    if (!mayBeContacted(url, query))
      return sourceFault(
        'InvalidURL',
        `the Secret holds ${URL.canParse(url) ? 'a URL that is not https' : 'no URL'}`,
      )
    const feed = await fetchText(fetch, { ...query, url })
    if (typeof feed !== 'string') return feed
    const found = await read({ feed, at: query.at, timeZone: query.timeZone })
    return found.kind === 'Read'
      ? { kind: 'Shifts', shifts: found.shifts }
      : sourceFault('FeedInvalid', `the feed cannot be read: ${found.detail}`)
  }
}

async function fetchText(fetch: FetchFeed, { url, caBundle }: FeedQuery): Promise<string | SourceFault> {
  let response: Response
  try {
    response = await fetch(url, caBundle)
  } catch (error) {
    if (error instanceof FeedTooLargeError)
      return sourceFault('FeedTooLarge', 'the feed is larger than 1 MiB')
    const detail = error instanceof Error ? error.message : 'no answer'
    return sourceFault('SourceUnreachable', `fetching the feed failed: ${detail}`)
  }
  const { status } = response
  if (status === 200) return response.text()
  if (status === 401 || status === 403)
    return {
      ...sourceFault('Unauthorized', `the feed's server answered HTTP ${status}`),
      remedy: 'Put a URL that is valid now into the Secret. It is read again automatically.',
    }
  const isRedirect = status >= 300 && status < 400
  return {
    ...sourceFault(
      'SourceUnreachable',
      `fetching the feed failed: HTTP ${status}${isRedirect ? ', a redirect' : ''}`,
    ),
    ...(isRedirect && {
      remedy:
        'No redirect is followed: put the URL that it leads to into the Secret. It is read again automatically.',
    }),
  }
}
