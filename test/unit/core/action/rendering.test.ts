import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeOf, digestOf } from '../../../../src/api/digest.ts'
import {
  auditLineOf,
  bindingMessageOf,
  headlineOf,
  isCharacterClass,
} from '../../../../src/core/action/rendering.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest().having({ computed: [{ name: 'environment', value: 'prod' }] })

function onTarget(name: string): ReturnType<typeof anApprovalRequest> {
  return request.saying({ target: { kind: 'Rollout', name } })
}

test('a headline says what, where and of which revision', () => {
  assert.equal(headlineOf(request), 'promote-rollout Rollout/foo-v2 @7654b4484 in demo (prod)')
})

test('a headline does without a revision', () => {
  assert.equal(headlineOf(onTarget('foo-v2')), 'promote-rollout Rollout/foo-v2 in demo (prod)')
})

for (const [name, asked, want] of [
  [
    'a Namespace without the label',
    request.saying({ environment: 'staging' }).having({ computed: [] }),
    'staging, as claimed',
  ],
  ['another environment than the label', request.saying({ environment: 'staging' }), 'staging, as claimed'],
  ['a request that nobody has looked at', anApprovalRequest(), 'prod, as claimed'],
  [
    'a fact of that value and another name',
    anApprovalRequest().having({ computed: [{ name: 'env', value: 'prod' }] }),
    'prod, as claimed',
  ],
  ['a label that says the same', request, 'prod'],
  [
    'a gate in a Namespace without the label',
    request.saying({ environment: 'unlabelled' }).having({ computed: [] }),
    'unlabelled',
  ],
  [
    'an environment called unlabelled that nobody has looked at',
    anApprovalRequest().saying({ environment: 'unlabelled' }),
    'unlabelled, as claimed',
  ],
] as const)
  test(`headline and audit line say "${want}" of ${name}`, () => {
    assert.ok(headlineOf(asked).endsWith(` in demo (${want})`), headlineOf(asked))
    assert.ok(
      auditLineOf(asked, summary).includes(` revision 7654b4484 in ${want}: `),
      auditLineOf(asked, summary),
    )
  })

test('free text of the requester is in no rendering', () => {
  const claim = 'CLAIMED'
  const loud = request.saying({ summary: claim, reason: claim, evidence: [{ name: claim, value: claim }] })
  const rendered = [headlineOf(loud), bindingMessageOf(loud, { pattern: ' -~', maxLength: 200 })]
  assert.equal(
    rendered.some((text) => text.includes(claim)),
    false,
  )
})

// CODE stands for K7Q-3XP, BARE for K7Q3XP.
for (const [name, target, pattern, maxLength, want] of [
  ['joins name and code with a dot', 'foo-v2', 'a-zA-Z0-9._-', 20, 'foo-v2.CODE'],
  ['joins with a dash where no dot is accepted', 'foo-v2', 'A-Za-z0-9-', 20, 'foo-v2-CODE'],
  ['joins with an underscore as the last resort', 'foo', 'A-Za-z0-9_', 20, 'foo_BARE'],
  ['joins with nothing where nothing else is accepted', 'foo', 'A-Za-z0-9', 20, 'fooBARE'],
  ['replaces what is refused by dashes', 'a:b/c@d#e', 'A-Za-z0-9.-', 20, 'a-b-c-d-e.CODE'],
  ['leaves out what is refused where no dash is accepted', 'a:b/c', 'A-Za-z0-9', 20, 'abcBARE'],
  ['keeps a name of just the room there is', 'abcdefghijkl', 'A-Za-z0-9.-', 20, 'abcdefghijkl.CODE'],
  ['cuts a name that is longer', 'abcdefghijklm', 'A-Za-z0-9.-', 20, 'abcdefghijkl.CODE'],
  ['keeps one letter of the name', 'abc', 'A-Za-z0-9.-', 9, 'a.CODE'],
  ['is the code alone without room for a letter', 'abc', 'A-Za-z0-9.-', 8, 'CODE'],
  ['is the code alone at the least length', 'abc', 'A-Za-z0-9.-', 7, 'CODE'],
  ['is the code alone if no letter of the name is accepted', '::', 'A-Z0-9', 20, 'BARE'],
] as const)
  test(`a binding message ${name}`, () => {
    const asked = onTarget(target)
    const code = codeOf(asked)
    const expected = want.replace('CODE', code).replace('BARE', code.replace('-', ''))
    assert.equal(bindingMessageOf(asked, { pattern, maxLength }), expected)
  })

test('a binding message always fits the rules and ends with the code', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._:/@#-]{1,253}$/)
  fc.assert(
    fc.property(name, fc.integer({ min: 7, max: 300 }), (target, maxLength) => {
      const asked = onTarget(target)
      const message = bindingMessageOf(asked, { pattern: 'a-zA-Z0-9._-', maxLength })
      assert.match(message, /^[a-zA-Z0-9._-]+$/)
      assert.ok(message.length <= maxLength)
      assert.ok(message.endsWith(codeOf(asked)))
    }),
  )
})

for (const [pattern, want] of [
  ['a-zA-Z0-9._+/!?#-', true],
  [' -~', true],
  ['z-a', false],
  ['\\', false],
] as const)
  test(`${pattern} ${want ? 'is' : 'is not'} a list of characters`, () => {
    assert.equal(isCharacterClass(pattern), want)
  })

const summary = {
  type: 'Complete',
  status: 'True',
  lastTransitionTime: at(30),
  reason: 'RequestExpired',
  message: 'because',
} as const
const digest = digestOf(request)
const who = 'system:serviceaccount:demo:release-bot (release-bot) promote-rollout foo-v2'
const alice = { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }

for (const [name, said, want] of [
  [
    'who approved, as what, and when',
    request
      .finished('Approved')
      .having({ decision: { approvers: [{ ...alice, acr: 'ciba' }], decidedAt: at(31), seal: 's' } }),
    `${who} revision 7654b4484 in prod: approved by alice@company.com (sub 750e, acr ciba) at ${at(31)}, digest ${digest}`,
  ],
  [
    'an approval without acr',
    request.finished('Approved').having({ decision: { approvers: [alice], decidedAt: at(31), seal: 's' } }),
    `${who} revision 7654b4484 in prod: approved by alice@company.com (sub 750e) at ${at(31)}, digest ${digest}`,
  ],
  [
    'what was changed',
    request
      .saying({ parameters: { waitInterval: '5m', replicas: '3' } })
      .finished('ApprovedWithChanges')
      .having({
        decision: {
          ...{ approvers: [alice], decidedAt: at(31), seal: 's' },
          parameters: { waitInterval: '15m', replicas: '3' },
        },
      }),
    `${who} revision 7654b4484 in prod: approved by alice@company.com (sub 750e) at ${at(31)} with waitInterval 15m instead of 5m, digest ${digestOf(
      request.saying({ parameters: { waitInterval: '5m', replicas: '3' } }),
    )}`,
  ],
  [
    'that the approver denied the request',
    request.finished('AccessDenied'),
    `${who} revision 7654b4484 in prod: alice@company.com denied the request at ${at(30)}, digest ${digest}`,
  ],
  [
    'that nobody answered',
    request.finished('RequestExpired'),
    `${who} revision 7654b4484 in prod: expired (RequestExpired) at ${at(30)}, asked: alice@company.com, digest ${digest}`,
  ],
  [
    'that nobody was asked',
    request.waitingFor('NoMatchingPolicy').having({ outcome: 'Expired' }),
    `${who} revision 7654b4484 in prod: expired (RequestExpired) at ${at(30)}, asked: nobody, digest ${digest}`,
  ],
] as const)
  test(`the audit line says ${name}`, () => {
    assert.equal(auditLineOf(said, summary), want)
  })

test('the audit line names a person once', () => {
  const asked = request.by('carol').saying({ target: { kind: 'Node', name: 'n1' } })
  assert.ok(auditLineOf(asked, summary).startsWith('carol promote-rollout n1 in prod: '))
})
