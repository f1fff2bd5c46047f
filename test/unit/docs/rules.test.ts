/** Pages can be followed one after the other: none shows a policy that matches what another page's policy matches. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { ApprovalPolicy, IdentityProvider } from '../../../src/api/objects.ts'
import { mayOverlap } from '../../../src/core/policy/overlap.ts'
import { usernameOf } from '../../../src/core/policy/subject.ts'
import { fencesOf } from '../../support/docs/markdown-commands.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8')

type Shown<T> = { readonly where: string; readonly object: T }

const texts = [
  ...globSync('deploy/{examples,keycloak,argo-rollouts}/**/*.yaml', { cwd: root }).map(
    (file) => [file, read(file)] as const,
  ),
  ...globSync('{README.md,docs/**/*.md}', { cwd: root }).flatMap((page) =>
    fencesOf(read(page))
      .filter(({ language }) => language === 'yaml')
      .map(({ body, lineNumber }) => [`${page}:${lineNumber}`, body.join('\n')] as const),
  ),
]
const policies = shown<ApprovalPolicy>('ApprovalPolicy')
const providers = shown<IdentityProvider>('IdentityProvider')

test('there are policies and providers to look at', () => {
  assert.ok(policies.length >= 9 && providers.length >= 8)
})

for (const [index, { where, object }] of policies.entries()) {
  test(`${where}: policy ${object.metadata.name} matches no request that another one matches`, () => {
    const others = policies.slice(index + 1).filter((other) => mayOverlap(object, other.object))
    assert.deepEqual(
      others.map((other) => other.where),
      [],
    )
  })

  test(`${where}: the provider of policy ${object.metadata.name} has a client for each of its requesters`, () => {
    const { identityProvider, match } = object.spec
    const clients = providers
      .filter((provider) => provider.object.metadata.name === identityProvider)
      .flatMap((provider) => provider.object.spec.clients)
    const served = clients.flatMap(({ requesters = [] }) => requesters.map(usernameOf))
    assert.ok(match.requesters !== undefined, 'it names its requesters')
    assert.deepEqual(
      match.requesters.map(usernameOf).filter((requester) => !served.includes(requester)),
      [],
    )
  })
}

for (const { where, object } of providers) {
  const { profile, clients } = object.spec as Partial<IdentityProvider['spec']> &
    Pick<IdentityProvider['spec'], 'clients'>
  test(`${where}: ${profile === undefined ? 'a client is added to' : 'the release bot asks'} ${object.metadata.name}`, () => {
    const requesters = clients.flatMap((client) => client.requesters ?? []).map(usernameOf)
    // Whoever brings a whole provider brings the same requester, so that one of these pages can follow another.
    if (profile !== undefined) assert.deepEqual(requesters, ['system:serviceaccount:demo:agent-release-bot'])
    else assert.ok(!requesters.includes('system:serviceaccount:demo:agent-release-bot'))
  })
}

function shown<T extends { readonly kind: string }>(kind: T['kind']): readonly Shown<T>[] {
  return texts.flatMap(([where, text]) =>
    parseAllDocuments(text).flatMap((document) => {
      const object = document.toJS() as T | null
      return object?.kind === kind ? [{ where, object }] : []
    }),
  )
}
