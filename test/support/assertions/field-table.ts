/** A table of values that a field may or may not have, each tried on the API server. */
import test from 'node:test'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { assertAccepted, assertRefused, tryOut } from './attempt.ts'
import { withField } from '../builders/manifests.ts'
import type { Manifest } from '../builders/manifests.ts'

/** Without words the value is accepted; with words the refusal contains them, and the path. */
export type FieldCase = readonly [name: string, path: string, value: unknown, ...words: string[]]

/** One test per row: a dry-run create of the manifest with that one field changed. */
export function testFields(transport: Transport, manifest: Manifest, cases: readonly FieldCase[]): void {
  for (const [name, path, value, ...words] of cases) {
    test(name, async () => {
      const body = withField(manifest, path, value)
      const answer = await tryOut(transport, { method: 'POST', path: collectionOf(manifest), query, body })
      if (words.length === 0) assertAccepted(answer)
      else assertRefused(answer, path, ...words)
    })
  }
}

/** As kubectl asks: a field that is not in the schema is refused. */
const query = { fieldValidation: 'Strict' }

const plurals: Readonly<Record<string, string>> = {
  ApprovalPolicy: 'approvalpolicies',
  ApprovalRequest: 'namespaces/default/approvalrequests',
  ApproverGroup: 'approvergroups',
  IdentityProvider: 'identityproviders',
}

function collectionOf({ apiVersion, kind }: Manifest): string {
  return `/apis/${apiVersion}/${plurals[kind] ?? kind}`
}
