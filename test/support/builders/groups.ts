/** ApproverGroups, with a status that holds together. */
import { groupReasons } from '../../../src/api/group-reasons.ts'
import type { GroupReason } from '../../../src/api/group-reasons.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { ApproverGroup, ApproverGroupSpec, GroupMember } from '../../../src/api/objects.ts'
import { at } from '../fakes/clocks/clock.ts'

export const alice = { name: 'alice@company.com', hint: 'alice' } as const
export const bob = { name: 'bob@company.com', hint: 'bob' } as const

export const fromKeycloak = {
  identityProvider: 'company',
  group: '/sre',
  clientID: 'countersign-groups',
  secretRef: { name: 'sre-source', key: 'value' },
} as const satisfies ApproverGroupSpec['keycloak']

export const fromCalendar = {
  secretRef: { name: 'sre-source', key: 'value' },
  by: 'Summary',
  people: [
    { match: 'Alice', ...alice },
    { match: 'Bob', ...bob },
  ],
  allowInsecureHTTP: true,
} as const satisfies ApproverGroupSpec['calendar']

/** Nothing is known of its members. */
export function aGroup(
  name: string,
  source: Partial<ApproverGroupSpec> = { members: [alice] },
): ApproverGroup {
  return {
    apiVersion,
    kind: 'ApproverGroup',
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: '1', generation: 1 },
    spec: { refresh: '5m', maxAge: '1h', ...source },
  }
}

type Known = { readonly reason?: GroupReason; readonly asOfSeconds?: number; readonly generation?: number }

/** As its controller has left it. */
export function knownGroup(
  group: ApproverGroup,
  members: readonly GroupMember[] | undefined,
  { reason = 'Resolved', asOfSeconds = 0, generation = 1 }: Known = {},
): ApproverGroup {
  const { ready } = groupReasons[reason]
  const said = {
    reason,
    message: 'because',
    lastTransitionTime: at(asOfSeconds),
    observedGeneration: generation,
  }
  return {
    ...group,
    status: {
      conditions: [{ type: 'Ready', status: ready, ...said }],
      ...(members !== undefined && { members, asOf: at(asOfSeconds) }),
    },
  }
}
