/** Whether the person who answered is one whom the policy excludes, by everything that the ID token says of her. */
import type { EffectiveTerms } from '../../api/objects.ts'
import { isRequester } from '../policy/requester.ts'
import { roleOf } from '../policy/separation.ts'
import type { IdTokenClaims } from '../ports/redeeming.ts'
import { shown } from '../provider/names.ts'

/** Claims that may name a person, whatever the policy compares. */
const personalClaims = ['sub', 'name', 'email', 'preferred_username', 'upn', 'unique_name']

/** Everything that the ID token says of who the person is, by the claims that the terms compare as well. */
export function namesIn(
  claims: IdTokenClaims,
  { approvers, kubernetesUsernames: usernames }: EffectiveTerms,
): readonly unknown[] {
  const named = [...personalClaims, usernames?.claim ?? 'sub', ...approvers.map(({ claim }) => claim)]
  return named.map((claim) => claims[claim])
}

/** Why the answer does not count, as a clause; undefined where nobody is excluded, or somebody else answered. */
export function exclusionOf(terms: EffectiveTerms, claims: IdTokenClaims): string | undefined {
  const { excluded = [], kubernetesUsernames: usernames } = terms
  const names = namesIn(claims, terms)
  const found = excluded.find(({ name }) => isRequester({ username: name, usernames }, names))
  return found && `the person who answered is excluded as ${roleOf[found.as]}, ${shown(found.name)}`
}
