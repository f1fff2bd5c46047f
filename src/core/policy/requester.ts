/**
 * Whether a user of Kubernetes is a person at the provider, who must not approve the own request. The API server may put a prefix
 * before the claim that it takes for a user name (`oidc:alice@company.com`, `https://sso.company.com#750e`).
 */
import type { EffectiveTerms } from '../../api/objects.ts'

/** How the API server spells the provider's users: a prefix, and the value of a claim. */
export type KubernetesUsernames = NonNullable<EffectiveTerms['kubernetesUsernames']>

/** Who asks, by the name that Kubernetes has for it. */
export type Requester = {
  readonly username: string
  /** Undefined where the IdentityProvider does not say. */
  readonly usernames: KubernetesUsernames | undefined
}

/**
 * Whether one of these names is the requester's. Case and compatibility forms (NFKC) do not count: to exclude one person too
 * many costs an approval, to exclude one too few is an approval of one's own request. Where the IdentityProvider does not say how
 * users are spelled, whatever ends in `:`, `#`, `/`, `|` or `\` counts as a prefix; `system:` is never a person's.
 */
export function isRequester({ username, usernames }: Requester, names: readonly unknown[]): boolean {
  const asked = folded(username)
  return names.some((name) => {
    if (typeof name !== 'string' || name === '') return false
    const known = folded(name)
    if (asked === known) return true
    if (usernames !== undefined) return asked === folded(`${usernames.prefix}${name}`)
    return hasPrefix(asked, known)
  })
}

/** By what the terms know an approver. */
export function namesOfApprover({
  name,
  hint,
  expected,
}: EffectiveTerms['approvers'][number]): readonly string[] {
  return [name, hint, expected]
}

/** Whether the user name is one of the provider's people, by the prefix. */
export function isPerson({ username, usernames }: Requester): boolean {
  return usernames !== undefined && !isOfSystem(username) && username.startsWith(usernames.prefix)
}

function hasPrefix(username: string, name: string): boolean {
  return !isOfSystem(username) && username.endsWith(name) && /[:#/|\\]$/.test(username.slice(0, -name.length))
}

/** ServiceAccounts, nodes and the API server's own users. */
function isOfSystem(username: string): boolean {
  return username.startsWith('system:')
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
