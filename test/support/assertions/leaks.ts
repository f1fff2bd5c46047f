/** Looks for secrets where they must not be. */
import assert from 'node:assert/strict'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { tokenSecretType } from '../../../src/api/names.ts'
import type { KubernetesObject, Secret } from '../../../src/api/objects.ts'
import { collectionPath } from '../../../src/kubernetes/client/paths.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import type { ResourceType } from '../../../src/kubernetes/client/paths.ts'
import { scrapedText } from './operations.ts'
import type { Operator } from '../scenes/operator.ts'

type Place = { readonly name: string; readonly text: string }

/** In the log, in metrics, in Events, in the objects that anyone may read, nor more than an access token in a token's Secret. */
export async function assertNothingShown(operator: Operator, secrets: ReadonlySet<string>): Promise<void> {
  const [events, requests, providers, policies, groups, stored] = await Promise.all([
    listed(operator, { apiVersion: 'events.k8s.io/v1', plural: 'events', namespaced: true }),
    listed(operator, kinds.approvalRequests),
    listed(operator, kinds.identityProviders),
    listed(operator, kinds.approvalPolicies),
    listed(operator, kinds.approverGroups),
    listed<Secret>(operator, kinds.secrets),
  ])
  const objects = [...events, ...requests, ...providers, ...policies, ...groups]
  assert.ok(events.length > 0 && requests.length > 0, 'there is something to be found in')
  const places = [
    { name: 'the log', text: operator.log() },
    { name: '/metrics', text: await scrapedText(operator.log()) },
    ...objects.map((object) => placeOf(object)),
    ...stored.filter(({ metadata }) => metadata.namespace !== operatorNamespace).map(withoutAccessToken),
  ]
  const shown = places.flatMap(({ name, text }) =>
    forms(secrets).flatMap(([secret, form]) =>
      text.includes(form) ? [`${name}: ${secret.slice(0, 24)}…`] : [],
    ),
  )
  assert.deepEqual(shown, [])
}

/** As it is and, unless other characters went before it, in base64 and base64url. */
function forms(secrets: ReadonlySet<string>): readonly (readonly [secret: string, form: string])[] {
  return [...secrets].flatMap((secret) => {
    const encoded = Buffer.from(secret).toString('base64url').slice(0, -2)
    // The signature alone would be as good as the ID token.
    const signature = /^eyJ[^.]+\.[^.]+\.([^.]+)$/.exec(secret)?.[1]
    return [secret, encoded, ...(signature === undefined ? [] : [signature])].map(
      (form) => [secret, form] as const,
    )
  })
}

async function listed<T extends KubernetesObject>(
  { admin }: Operator,
  type: ResourceType,
): Promise<readonly T[]> {
  const { items } = (await admin.request({ method: 'GET', path: collectionPath(type, undefined) })) as {
    items: readonly T[]
  }
  return items
}

function placeOf(object: KubernetesObject): Place {
  const { namespace = '', name } = object.metadata
  return { name: `${object.kind} ${namespace}/${name}`, text: JSON.stringify(object) }
}

/** The rest in clear, as whoever may read the Secret sees it. */
function withoutAccessToken(secret: Secret): Place {
  assert.equal(secret.type, tokenSecretType)
  const { access_token, ...others } = secret.data ?? {}
  assert.notEqual(access_token, undefined)
  const values = Object.values(others).map((value) => Buffer.from(value, 'base64').toString())
  const { name, text } = placeOf({ ...secret, data: undefined } as KubernetesObject)
  return { name, text: `${text} ${values.join(' ')}` }
}
