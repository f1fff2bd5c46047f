/** The sources of ApproverGroups: Keycloak's Admin API, and iCalendar feeds. */
import { FeedTooLargeError, shiftsBy } from '../../calendar/feed.ts'
import type { FetchFeed } from '../../calendar/feed.ts'
import { calendarReader } from '../../calendar/reader.ts'
import type { GroupSources } from '../../core/ports/group-sources.ts'
import { createBoundedFetch, defaultLimits, NoAnswerError } from '../../oidc/http/bounded-fetch.ts'
import { parseCaBundle } from '../../oidc/http/ca-bundle.ts'
import { keycloakUsers } from '../../oidc/keycloak/group-users.ts'

const limits = { ...defaultLimits, bodyBytes: 1024 * 1024 }
const feedSeconds = 10

/** Both are read over connections of their own, each within its limits. */
export function createGroupSources(): GroupSources {
  return { keycloakUsers, shiftsAt: shiftsBy(fetchFeed, calendarReader(bundledThread())) }
}

/** In the bundle the thread's program is a file beside this program; see tools/bundle.ts. */
function bundledThread(): URL | undefined {
  return import.meta.url.endsWith('.mjs') ? new URL('calendar-thread.mjs', import.meta.url) : undefined
}

const fetchFeed: FetchFeed = async (url, caBundle) => {
  const trusted = caBundle === undefined ? undefined : parseCaBundle(caBundle)
  const fetch = createBoundedFetch({ caBundle: trusted, limits, reuse: 'Fresh' })
  try {
    return await fetch(url, {
      method: 'GET',
      headers: { accept: 'text/calendar, text/plain;q=0.5' },
      timeoutMs: feedSeconds * 1000,
    })
  } catch (error) {
    if (error instanceof NoAnswerError && isTooLarge(error.cause)) throw new FeedTooLargeError()
    throw error
  }
}

function isTooLarge(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
}
