/** What a policy may say of the approver's login, and of the people whom it excludes. */
import { testTransport } from '../../support/clusters/shared.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApprovalPolicy } from '../../support/builders/manifests.ts'

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${String(index)}`)

const cases: readonly FieldCase[] = [
  ['takes a policy that requires an acr', 'spec.require', { acrValues: ['phr'] }],
  ['takes a policy that requires a recent login', 'spec.require', { maxAuthenticationAge: '5m' }],
  ['takes a URN as acr', 'spec.require', { acrValues: ['urn:company:strong'] }],
  ['refuses a policy that requires nothing of all', 'spec.require', {}, 'at least 1 properties'],
  ['refuses an empty list of acr values', 'spec.require.acrValues', [], 'at least 1 items'],
  ['takes 8 acr values', 'spec.require.acrValues', names(8)],
  ['refuses 9 acr values', 'spec.require.acrValues', names(9), 'at most 8 items'],
  ['refuses an acr value twice', 'spec.require.acrValues', ['phr', 'phr'], 'Duplicate value'],
  [
    'refuses two acr values in one',
    'spec.require.acrValues',
    ['phr phrh'],
    'spec.require.acrValues[0]',
    'one word of printable ASCII, as the provider spells it, such as phr',
  ],
  ['refuses an empty acr value', 'spec.require.acrValues', [''], 'should be at least 1 chars'],
  ['takes a login of a minute ago', 'spec.require.maxAuthenticationAge', '1m'],
  ['takes a login of a day ago', 'spec.require.maxAuthenticationAge', '24h'],
  [
    'refuses a login of 59 s ago',
    'spec.require.maxAuthenticationAge',
    '59s',
    'between 1m and 24h: hours, such as 8h',
  ],
  [
    'refuses a login of more than a day ago',
    'spec.require.maxAuthenticationAge',
    '24h1s',
    'between 1m and 24h',
  ],
  ['refuses a login age in days', 'spec.require.maxAuthenticationAge', '1d', 'minutes, such as 5m'],

  [
    'takes change authors',
    'spec.separationOfDuties',
    { changeAuthors: { annotations: ['company.com/author'] } },
  ],
  ['takes the agent’s owner', 'spec.separationOfDuties', { agentOwner: { annotation: 'owner' } }],
  ['refuses a separation of nobody', 'spec.separationOfDuties', {}, 'at least 1 properties'],
  ['wants annotations', 'spec.separationOfDuties', { changeAuthors: {} }, 'Required value'],
  ['takes 4 annotations', 'spec.separationOfDuties', { changeAuthors: { annotations: names(4) } }],
  [
    'refuses 5 annotations',
    'spec.separationOfDuties',
    { changeAuthors: { annotations: names(5) } },
    'at most 4 items',
  ],
  [
    'refuses no annotation',
    'spec.separationOfDuties',
    { changeAuthors: { annotations: [] } },
    'at least 1 items',
  ],
  [
    'refuses an annotation that is no name',
    'spec.separationOfDuties',
    { changeAuthors: { annotations: ['company.com/change author'] } },
    'spec.separationOfDuties.changeAuthors.annotations[0]',
    'an annotation must be a name such as company.com/change-author',
  ],
  [
    'refuses an owner’s annotation that is no name',
    'spec.separationOfDuties',
    { agentOwner: { annotation: '/owner' } },
    'spec.separationOfDuties.agentOwner.annotation',
    'an annotation must be a name such as company.com/owner',
  ],
]

testFields(testTransport(), anApprovalPolicy, cases)
