/** The figures on docs/security.md and docs/guarantees.md are those of the code. That each is kept to is tested where it is kept. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { mostPrompts } from '../../../src/controllers/approval-request/limits/record-format.ts'
import {
  defaultLimits as policy,
  namespaceShareOf,
  namespaceShareOfHour,
} from '../../../src/core/limits/policy-limits.ts'
import { answeredReasons } from '../../../src/core/prompt/provider-errors.ts'
import { loginRates } from '../../../src/embedded-provider/login-rate.ts'
import { newTokenRates } from '../../../src/gate/callers.ts'
import { liveReadRates } from '../../../src/gate/live-reads.ts'
import { listenerLimits as listener } from '../../../src/http/server.ts'
import { defaultLimits as provider } from '../../../src/oidc/http/bounded-fetch.ts'
import { knownForSeconds } from '../../../src/oidc/providers.ts'
import { readRates } from '../../../src/ping/receive.ts'

function figures(page: string): string {
  return readFileSync(new URL(`../../../docs/${page}.md`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
}

const pages = { security: figures('security'), guarantees: figures('guarantees') }
const group = new Intl.NumberFormat('en-US')
const { openPromptsPerApprover: open, promptsPerApproverPerHour: hourly } = policy

for (const [page, what, said] of [
  ['security', 'connections', `${listener.connections} of each listener; one more closes`],
  ['security', 'waiting connections', `${group.format(listener.unaccepted)} of each listener, if the node's`],
  [
    'security',
    'headers',
    `${listener.headerBytes / 1024} KiB, ${listener.headers} of them, ${listener.headersMs / 1000} s`,
  ],
  [
    'security',
    'requests',
    `${listener.bodyBytes / 1024} KiB, ${listener.requestMs / 1000} s; a client that takes no answer is closed after ${listener.silenceMs / 1000} s`,
  ],
  [
    'security',
    'tokens that the gate does not know',
    `${newTokenRates.each.perSecond} new tokens a second from one address after ${newTokenRates.each.burst} at once, ${newTokenRates.all.perSecond} and ${newTokenRates.all.burst} from all`,
  ],
  [
    'security',
    'reads of the gate',
    `${liveReadRates.caller.perSecond} a second for one ServiceAccount after ${liveReadRates.caller.burst} at once, ${liveReadRates.namespace.perSecond} and ${liveReadRates.namespace.burst} for its namespace`,
  ],
  [
    'security',
    'logins',
    `five a second from one address after ${loginRates.each.burst} at once, ${loginRates.all.perSecond} and ${loginRates.all.burst} from all`,
  ],
  [
    'security',
    'pings',
    `${readRates.all.perSecond} a second for all after ${readRates.all.burst} at once; 429 beyond that`,
  ],
  ['security', 'an answer of a provider', `${provider.bodyBytes / 1024} KiB, not decompressed`],
  [
    'security',
    'the time of an answer',
    `${provider.metadataSeconds} s for metadata, keys and revocation, ${provider.promptSeconds} s for a prompt, ${provider.tokenSeconds} s for a token request`,
  ],
  [
    'security',
    'prompts',
    `by default ${open} prompts at once and ${hourly} an hour for one person, ${namespaceShareOf(open)} and ${namespaceShareOfHour(hourly)} of them from one namespace`,
  ],
  ['guarantees', 'recorded prompts', `${group.format(mostPrompts)} for each sixteenth of the approvers`],
  ['guarantees', 'the age of metadata', `read at most ${knownForSeconds / 60} minutes ago, are compared`],
] as const)
  test(`docs/${page}.md has the figures of ${what}`, () => {
    assert.ok(pages[page].includes(said), said)
  })

test('docs/guarantees.md names each reason by which an answer is given up', () => {
  const [, row = ''] = /\| An answer is not lost silently\.(.*?)`test\/crash`/.exec(pages.guarantees) ?? []
  const lost = [...answeredReasons].filter((reason) => !reason.startsWith('Approved'))
  assert.deepEqual(
    lost.filter((reason) => !row.includes(`\`${reason}\``)),
    [],
  )
})
