/** Who is excluded by annotations, whom that leaves, and that what is unknown excludes nobody and asks nobody. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EffectiveTerms } from '../../../../src/api/objects.ts'
import { separationBy, withExcluded } from '../../../../src/core/policy/separation.ts'
import type { Excluded, Separation } from '../../../../src/core/policy/separation.ts'
import { exclusionOf } from '../../../../src/core/answer/exclusion.ts'
import type { Annotated } from '../../../../src/core/ports/annotated.ts'
import { theTerms } from '../../../support/builders/builders.ts'

const duties = {
  changeAuthors: { annotations: ['a/author', 'a/committer'] },
  agentOwner: { annotation: 'a/owner' },
}

function read(at: string, annotations: Readonly<Record<string, string>>): Annotated {
  return { kind: 'Read', at, writers: `anyone who may edit ${at} can write this`, annotations }
}

function excluding(...excluded: readonly Excluded[]): Separation {
  return { kind: 'Separated', excluded, facts: [] }
}

const author = (name: string): Excluded => ({ name, as: 'ChangeAuthor' })

test('everyone whom one of the annotations names is excluded, with where that stands', () => {
  const found = {
    target: read('Rollout demo/foo', { 'a/author': 'bob', 'a/committer': 'carol <c@company.com>' }),
    agent: read('ServiceAccount demo/bot', { 'a/owner': 'dave' }),
  }
  assert.deepEqual(separationBy('p', duties, found), {
    kind: 'Separated',
    excluded: [...['bob', 'carol', 'c@company.com'].map(author), { name: 'dave', as: 'AgentOwner' }],
    facts: [
      {
        name: 'change authors',
        value: 'bob, carol, c@company.com',
        source:
          'annotations a/author and a/committer of Rollout demo/foo; anyone who may edit Rollout demo/foo can write this',
      },
      {
        name: "agent's owner",
        value: 'dave',
        source:
          'annotation a/owner of ServiceAccount demo/bot; anyone who may edit ServiceAccount demo/bot can write this',
      },
    ],
  })
})

test('a person who asks has no owner', () => {
  const target = read('Rollout demo/foo', { 'a/author': 'bob' })
  const separation = separationBy('p', duties, { target, agent: undefined })
  assert.deepEqual(separation.kind === 'Separated' && separation.excluded, [author('bob')])
})

for (const [name, target, why] of [
  ['what was not read', undefined, /and it was not read\. Ask a platform engineer/],
  [
    'what cannot be read',
    { kind: 'Unreadable', why: 'it is away' },
    /and it is away\. Ask a platform engineer/,
  ],
  ['no annotation', read('R', {}), /and R has no annotation a\/author or a\/committer\. Ask/],
  [
    'an annotation of an inherited name',
    read('R', Object.create({ 'a/author': 'bob' }) as object as Record<string, string>),
    /R has no annotation/,
  ],
  [
    'one readable and one unreadable annotation',
    read('R', { 'a/author': 'bob', 'a/committer': '' }),
    /annotation a\/committer of R is no list/,
  ],
  [
    'more people than fit',
    read('R', { 'a/author': many('a'), 'a/committer': many('b') }),
    /the annotations of R hold more than 32 names/,
  ],
] as const satisfies readonly (readonly [string, Annotated | undefined, RegExp])[])
  test(`the request waits for ${name}`, () => {
    const separation = separationBy('p', duties, target === undefined ? {} : { target })
    assert.ok(separation.kind === 'Blocked')
    assert.equal(separation.reason, 'ExcludedPeopleUnknown')
    assert.match(separation.message, why)
  })

/** By two names each. */
function many(letter: string): string {
  return Array.from(
    { length: 9 },
    (_, index) => `${letter}${String(index)} <${letter}${String(index)}@x>`,
  ).join()
}

test('16 people by two names each fit', () => {
  const people = Array.from({ length: 16 }, (_, index) => `p${String(index)} <p${String(index)}@x>`).join()
  const found = { target: read('R', { 'a/author': people }) }
  const separation = separationBy('p', { changeAuthors: { annotations: ['a/author'] } }, found)
  assert.equal(separation.kind === 'Separated' && separation.excluded.length, 32)
})

const prefixed: Partial<EffectiveTerms> = { kubernetesUsernames: { prefix: 'oidc:', claim: 'sub' } }

for (const [name, excluded, terms, isOut] of [
  ['another person', 'bob', {}, false],
  ['the approver by name', 'alice@company.com', {}, true],
  ['the approver by name in other letters', 'ALICE@Company.com', {}, true],
  ['the approver by hint', 'alice', {}, true],
  ['the approver as the API server spells her', 'oidc:alice', prefixed, true],
  ['a part of the name', 'alice@company', {}, false],
  ['a longer name', 'malice', {}, false],
] as const)
  test(`excluded: ${name}: ${isOut ? 'nobody is left' : 'the approver is asked'}`, () => {
    const left = withExcluded(theTerms(terms), excluding(author(excluded)))
    assert.equal(left.kind === 'Blocked' ? left.reason : left.kind, isOut ? 'NotEnoughApprovers' : 'Terms')
    if (left.kind === 'Terms') assert.deepEqual(left.effective.excluded, [author(excluded)])
  })

test('nobody excluded leaves the terms as they are', () => {
  const left = withExcluded(theTerms(), excluding())
  assert.deepEqual(left.kind === 'Terms' && left.effective, theTerms())
})

test('of several approvers those who are excluded are left out', () => {
  const [alice] = theTerms().approvers
  assert.ok(alice !== undefined)
  const bob = { ...alice, name: 'bob@company.com', hint: 'bob', expected: 'bob' }
  const left = withExcluded(theTerms({ approvers: [alice, bob] }), excluding(author('alice')))
  assert.deepEqual(left.kind === 'Terms' && left.effective.approvers, [bob])
})

for (const [name, claims, isOut] of [
  ['another person', {}, false],
  ['the author by e-mail address, verified or not', { email: 'Bob@Company.com' }, true],
  ['the author by sub', { sub: 'bob@company.com' }, true],
  ['the author by upn', { upn: 'bob@company.com' }, true],
  ['the author in a list', { email: ['bob@company.com'] }, false],
] as const)
  test(`an answer of ${name}: ${isOut ? 'does not count' : 'counts'}`, () => {
    const known = { iss: 'https://sso.company.com', sub: '750e', iat: 0, preferred_username: 'alice' }
    const terms = theTerms({ excluded: [author('bob@company.com')] })
    assert.equal(exclusionOf(terms, { ...known, ...claims }) !== undefined, isOut)
    assert.equal(exclusionOf(theTerms(), { ...known, ...claims }), undefined)
  })
