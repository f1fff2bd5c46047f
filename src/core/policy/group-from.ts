/** Which group of approvers a Namespace names, and whether the policy lets it. */
import type { ApprovalPolicySpec, Namespace } from '../../api/objects.ts'
import { inWords } from '../words.ts'
import type { Where } from './group-use.ts'
import { blocked } from './selection.ts'
import type { Blocked } from './selection.ts'

type GroupFrom = NonNullable<ApprovalPolicySpec['stages'][number]['groupFrom']>

/** The group that the Namespace names by its label, if the policy allows it. */
export function groupNamedBy(
  { namespaceLabel, allowed }: GroupFrom,
  { policy, stage }: Where,
  { metadata }: Namespace,
): { readonly kind: 'Named'; readonly group: string } | Blocked {
  const group = metadata.labels?.[namespaceLabel]
  const of = `stage ${stage} of policy ${policy.metadata.name}`
  const which = inWords(allowed, 'or', { most: 8, room: 300 })
  if (group === undefined || group === '')
    return blocked(
      'GroupLabelMissing',
      `namespace ${metadata.name} has no label ${namespaceLabel}, by which ${of} finds its approvers. Ask a platform engineer to label it with ${which}.`,
    )
  if (allowed.includes(group)) return { kind: 'Named', group }
  return blocked(
    'GroupNotAllowed',
    `namespace ${metadata.name} names group ${group} by its label ${namespaceLabel}, which ${of} does not allow: it allows ${which}. Ask a platform engineer to correct the label, or to allow the group.`,
  )
}
