/** `docs/reasons.md`, made of the three tables of reasons. */
import { format, resolveConfig } from 'prettier'
import { groupReasons, policyReasons, providerReasons, reasons } from 'countersign/api'

type Row = { readonly outcome?: string; readonly meaning: string; readonly next: string }

const top = `<!-- Generated from src/api/reasons.ts, policy-reasons.ts, provider-reasons.ts and group-reasons.ts by \`make generate\`. Do not edit. -->

# Reasons

Why an ApprovalRequest waits, or how it ended, and below why people can or cannot be asked under an
ApprovalPolicy, why an IdentityProvider can or cannot be asked, and why the members of an ApproverGroup are known or not.

## Of an ApprovalRequest

It is the reason of its condition \`Complete\` and the column STATUS of \`kubectl get apr\`; an Event about the change has it too, unless
the change is that a prompt is about to be sent. The list is closed: there are no others. The condition's message says the same for the case at hand,
with names and times.

\`\`\`console
$ kubectl -n demo get apr foo-v2 -o jsonpath='{.status.conditions[?(@.type=="Complete")].reason}{"\\n"}'
AuthorizationPending
\`\`\`
`

const waiting = `### While it waits

\`Complete\` is False and \`status.outcome\` is empty. The request is checked again when policy, provider or Namespace change, and
resumes automatically; at its deadline it ends in \`RequestExpired\`.
`

const final = `### When it has ended

\`Complete\` is True. \`status.outcome\` stays as it is: what was denied, has expired or failed is asked again as a new object.
`

const policy = `## Of an ApprovalPolicy

It is the reason of the condition \`Ready\`, and the column READY of \`kubectl get apol\` tells its status. It reports what admission cannot
refuse, since it depends on other objects; each request is checked separately all the same.
`

const provider = `## Of an IdentityProvider

It is the reason of the condition \`Ready\`, and the column READY of \`kubectl get idp\` tells its status. While it is False, requests that would be
asked there wait in \`IdentityProviderNotReady\` and resume automatically.
`

const approverGroup = `## Of an ApproverGroup

It is the reason of the condition \`Ready\`, and the column READY of \`kubectl get agrp\` tells its status. While it is False, the members that were
known before are asked until they are older than \`maxAge\`, unless the source itself says that there are none.
`

export async function reasonsPage(): Promise<string> {
  const page = [
    top,
    waiting,
    table(['reason', 'cause', 'next step'], where('Waiting')),
    final,
    table(['reason', 'outcome', 'cause', 'next step'], where('Final')),
    policy,
    table(['reason', 'Ready', 'cause', 'next step'], rowsOf(policyReasons)),
    provider,
    table(['reason', 'Ready', 'cause', 'next step'], rowsOf(providerReasons)),
    approverGroup,
    table(['reason', 'Ready', 'cause', 'next step'], rowsOf(groupReasons)),
  ]
  return format(page.join('\n'), { ...(await resolveConfig('docs/reasons.md')), parser: 'markdown' })
}

/** Some stand in both. */
function where(stands: 'Waiting' | 'Final'): readonly (readonly string[])[] {
  const rows: readonly (readonly [string, Row & { readonly stands: string }])[] = Object.entries(reasons)
  return rows
    .filter(([, row]) => row.stands.includes(stands))
    .map(([reason, { outcome = '', meaning, next }]) => [
      `\`${reason}\``,
      ...(stands === 'Final' ? [`\`${outcome}\``] : []),
      meaning,
      next,
    ])
}

function rowsOf(
  table: Readonly<Record<string, Row & { readonly ready: string }>>,
): readonly (readonly string[])[] {
  return Object.entries(table).map(([reason, { ready, meaning, next }]) => [
    `\`${reason}\``,
    ready,
    meaning,
    next,
  ])
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .concat('\n')
}
