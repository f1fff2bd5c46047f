/** Whether the person who answered is one whom the policy excludes, by everything that the ID token says of her. */
import type { EffectiveTerms } from '../../api/objects.ts'
import { isRequester } from '../policy/requester.ts'
import { roleOf } from '../policy/separation.ts'
import type { IdTokenClaims } from '../ports/redeeming.ts'
import { shown } from '../provider/names.ts'

/** Claims that may name a person, whatever the policy compares. */
export const personalClaims = ['sub', 'name', 'email', 'preferred_username', 'upn', 'unique_name']

/** Why the answer does not count, as a clause; undefined where nobody is excluded, or somebody else answered. */
export function exclusionOf(
  { approvers, excluded = [], kubernetesUsernames: usernames }: EffectiveTerms,
  claims: IdTokenClaims,
): string | undefined {
  const named = [...personalClaims, usernames?.claim ?? 'sub', ...approvers.map(({ claim }) => claim)]
  const names = named.map((claim) => claims[claim])
  const found = excluded.find(({ name }) => isRequester({ username: name, usernames }, names))
  return found && `the person who answered is excluded as ${roleOf[found.as]}, ${shown(found.name)}`
}
