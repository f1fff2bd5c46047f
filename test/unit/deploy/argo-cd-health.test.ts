/** Argo CD's health check for ApprovalRequests, run by the version of Lua that Argo CD embeds, for each state of a request. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { reasons } from '../../../src/api/reasons.ts'
import type { Outcome } from '../../../src/api/objects.ts'

const file = new URL('../../../deploy/examples/argo-cd/argocd-cm.yaml', import.meta.url)
const { data } = parse(readFileSync(file, 'utf8')) as { readonly data: Readonly<Record<string, string>> }
const check = data['resource.customizations.health.countersign.dev_ApprovalRequest'] ?? ''
const isThere = spawnSync('lua5.1', ['-v']).error === undefined
const skip = isThere || process.env.CI !== undefined ? false : 'lua5.1 is absent: install it'

type Health = { readonly status: string; readonly message: string }
type Row = readonly [state: string, object: object, health: Health]

const outcomes = {
  Approved: 'Healthy',
  Denied: 'Degraded',
  Expired: 'Degraded',
  Withdrawn: 'Degraded',
  Failed: 'Degraded',
} satisfies Record<Outcome, string>

const notLookedAt = { status: 'Progressing', message: 'not looked at yet' }
const said = 'what "was" said'

const table: readonly Row[] = [
  ['without a status', { spec: {} }, notLookedAt],
  ['with an empty status', { status: {} }, notLookedAt],
  ['with an empty outcome', { status: { outcome: '' } }, notLookedAt],
  ['with no conditions', { status: { conditions: [] } }, notLookedAt],
  [
    'with a word that is no outcome',
    { status: { outcome: 'approved' } },
    { ...notLookedAt, status: 'Degraded' },
  ],
  ...Object.entries(reasons).flatMap(([reason, row]): readonly Row[] => {
    const message = `${reason}: ${said}`
    const conditions = [
      { type: 'Approved', status: 'False', reason: 'Other', message: 'other' },
      { type: 'Complete', status: 'False', reason, message: said },
    ]
    const waits: Row = [
      `that waits in ${reason}`,
      { status: { conditions } },
      { status: 'Progressing', message },
    ]
    if (row.stands === 'Waiting') return [waits]
    const { outcome } = row
    const ended: Row = [
      `that ended in ${reason}`,
      { status: { conditions, outcome } },
      { status: outcomes[outcome], message },
    ]
    return row.stands === 'Final' ? [ended] : [waits, ended]
  }),
]

for (const [state, object, health] of table) {
  test(`a request ${state} is ${health.status}`, { skip }, () => {
    assert.deepEqual(healthOf(object), health)
  })
}

function healthOf(object: object): Health {
  const program = `local obj = ${inLua(object)}
    local health = (function() ${check} end)()
    io.write(health.status, "\\n", health.message)`
  const { status, stdout, stderr } = spawnSync('lua5.1', ['-'], { input: program, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const [first = '', message = ''] = stdout.split('\n')
  return { status: first, message }
}

/** A Lua table, as Argo CD makes one of an object. */
function inLua(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `{ ${value.map(inLua).join(', ')} }`
  const entries = Object.entries(value as object)
  return `{ ${entries.map(([key, inner]) => `[${JSON.stringify(key)}] = ${inLua(inner)}`).join(', ')} }`
}
