/** What an IdentityProvider on a page or in `deploy` names as a credential is made by a command of a page, under that name and key. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { IdentityProvider } from '../../../src/api/objects.ts'
import { fencesOf } from '../../support/docs/markdown-commands.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8')
const pages = globSync('{README.md,docs/**/*.md}', { cwd: root })
const manifests = globSync('deploy/{examples,keycloak,argo-rollouts}/**/*.yaml', { cwd: root })

/** The founding example is run by the demo, which makes its client, and that client's Secret, itself. */
const madeByTheDemo = 'deploy/examples/promote-rollout/2-identity-provider.yaml'

type Part = {
  readonly kind?: string
  readonly clients?: Clients
  readonly spec?: { readonly clients?: Clients }
}
type Clients = IdentityProvider['spec']['clients']

const commands = pages.flatMap((page) =>
  fencesOf(read(page))
    .filter(({ language }) => language === 'console')
    .flatMap(({ body }) => body)
    .filter((line) => line.startsWith('$ '))
    .map((line) => ({ page, line: line.slice(2) })),
)
const named = [
  ...manifests.filter((file) => file !== madeByTheDemo).map((file) => [file, read(file)] as const),
  ...pages.flatMap((page) =>
    fencesOf(read(page))
      .filter(({ language }) => language === 'yaml')
      .map(({ body, lineNumber }) => [`${page}:${lineNumber}`, body.join('\n')] as const),
  ),
].flatMap(([where, text]) => clientsIn(text).map((client) => ({ where, client })))

test('there are clients to look at', () => {
  assert.ok(named.length >= 9)
})

for (const { where, client } of named) {
  const { name, key } = client.authentication.secretRef
  test(`the Secret of client ${client.clientID} in ${where} is made by a page`, () => {
    const makes = new RegExp(
      `create secret generic ${name} .*--from-file=${key.replaceAll('.', '\\.')}(=|$| )`,
    )
    assert.ok(
      commands.some(({ line }) => makes.test(line)),
      `no page creates Secret ${name} with the key ${key}`,
    )
  })
}

test('no page needs a file that it, or the page before, removes', () => {
  const removed = commands.flatMap(({ page, line }) => {
    const [, file] = /^rm (?<file>\S+)$/.exec(line) ?? []
    return file === undefined ? [] : [{ page, file }]
  })
  assert.ok(removed.some(({ file }) => file === 'private.jwk'))
  for (const { page, file } of removed) {
    const users = commands.filter((command) => command.page !== page && command.line.includes(file))
    assert.deepEqual(
      users.map((command) => command.page),
      [],
      file,
    )
  }
})

function clientsIn(text: string): Clients {
  return parseAllDocuments(text).flatMap((document) => {
    const part = document.toJS() as Part | null
    if (part?.kind === 'IdentityProvider') return part.spec?.clients ?? []
    return part?.kind === undefined ? (part?.clients ?? []) : []
  })
}
