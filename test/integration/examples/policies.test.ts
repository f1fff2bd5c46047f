/** Each policy of deploy/examples/policies decides as docs/policies.md says it does. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { sought } from '../../support/assertions/sought.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { askUnder, prepareExamples } from '../../support/scenes/policy-examples.ts'

let scene: ClusterScene
before(async () => {
  scene = await startClusterScene()
  await prepareExamples(scene)
})
after(() => scene.close())

suite('policies', { concurrency: true }, () => {
  test('one-person: her approval is final at once', async () => {
    const asked = await askUnder('one-person', scene)
    await asked.until({ alice: 'open' })
    asked.approves('alice')
    const request = await asked.untilFinal()
    assert.deepEqual(endOf(request), ['Approved', 'alice@company.com'])
    assert.equal(request.status?.effective?.stages, undefined)
  })

  test('any-of-a-team: all are asked, and the first approval decides', async () => {
    const asked = await askUnder('any-of-a-team', scene)
    await asked.until({ alice: 'open', bob: 'open', carol: 'open' })
    asked.approves('bob')
    const request = await asked.untilFinal()
    assert.deepEqual(endOf(request), ['Approved', 'bob@company.com'])
    assert.deepEqual(statesOf(request), { alice: 'NotNeeded', bob: 'Approved', carol: 'NotNeeded' })
  })

  test('two-people: one approval waits for the other, then there is a token', async () => {
    const asked = await askUnder('two-people', scene)
    await asked.until({ alice: 'open', bob: 'open' })
    asked.approves('alice')
    const half = await asked.until({ alice: 'Approved', bob: 'open' })
    assert.equal(half.status?.outcome, undefined)
    assert.equal(half.status?.approverSummary, 'sre 1/2')
    asked.approves('bob')
    const request = await asked.untilFinal()
    assert.deepEqual(endOf(request), ['Approved', 'alice@company.com', 'bob@company.com'])
    assert.equal(request.status?.secretName, 'two-people.countersign')
  })

  test('sre-and-security: who is in both counts for one', async () => {
    const asked = await askUnder('sre-and-security', scene)
    const open = await asked.until({ alice: 'open', bob: 'open', carol: 'open' })
    assert.equal(open.status?.effective?.answersVisible, 'Always')
    asked.approves('bob')
    const half = await asked.until({ bob: 'Approved' })
    assert.equal(half.status?.outcome, undefined)
    asked.approves('alice')
    assert.deepEqual(endOf(await asked.untilFinal()), ['Approved', 'alice@company.com', 'bob@company.com'])
    assert.equal(asked.promptsTo('bob'), 1, 'he was asked once')
  })

  test('in-turn: the next one is asked after a turn, and the first can still answer', async () => {
    const asked = await askUnder('in-turn', scene, { turn: '10s' })
    await asked.until({ alice: 'open' })
    assert.equal(asked.promptsTo('bob'), 0)
    await asked.until({ alice: 'open', bob: 'open' })
    asked.approves('alice')
    const request = await asked.untilFinal()
    assert.deepEqual(endOf(request), ['Approved', 'alice@company.com'])
    assert.equal(asked.promptsTo('carol'), 0)
  })

  test('escalation: the lead is asked after a while, and counts for the stage', async () => {
    const asked = await askUnder('escalation', scene, { after: '10s' })
    await asked.until({ alice: 'open', bob: 'open' })
    assert.equal(asked.promptsTo('carol'), 0)
    await asked.until({ carol: 'open' })
    asked.approves('carol')
    assert.deepEqual(endOf(await asked.untilFinal()), ['Approved', 'carol@company.com'])
  })

  test('on-call: whom the calendar names is asked, and nobody else', async () => {
    const asked = await askUnder('on-call', scene)
    await asked.until({ alice: 'open' })
    asked.approves('alice')
    const request = await asked.untilFinal()
    assert.deepEqual(endOf(request), ['Approved', 'alice@company.com'])
    assert.equal(request.status?.effective?.approvers[0]?.via?.group, 'sre-oncall')
    assert.equal(asked.promptsTo('bob'), 0)
  })

  test('break-glass: the audit log has it under the policy’s name', async () => {
    const asked = await askUnder('break-glass', scene)
    await asked.until({ carol: 'open', dora: 'open' })
    asked.approves('dora')
    const request = await asked.untilFinal()
    assert.deepEqual(endOf(request), ['Approved', 'dora@company.com'])
    const audit = await auditOf(request)
    assert.equal(audit.policy, 'break-glass')
    assert.match(String(audit.sentence), /approved by dora@company\.com/)
  })
})

test('one denial ends a request, even if others have approved', async () => {
  const asked = await askUnder('two-people', scene, { name: 'two-people-denied' })
  await asked.until({ alice: 'open', bob: 'open' })
  asked.approves('alice')
  await asked.until({ alice: 'Approved', bob: 'open' })
  asked.denies('bob')
  const request = await asked.untilFinal()
  assert.deepEqual(statesOf(request), { alice: 'Approved', bob: 'Denied' })
  assert.deepEqual(endOf(request), ['Denied'])
  assert.equal(request.status?.secretName, undefined)
})

test('a policy at its limits decides: four stages, sixteen people, the longest names', async () => {
  const people = Array.from({ length: 16 }, (_, index) => `person-${index + 10}`)
  const approvers = people.map((hint) => ({ name: `${hint}@company.com`.padEnd(253, '-long'), hint }))
  const stages = [0, 1, 2, 3].map((stage) => ({
    name: `stage-${stage}-`.padEnd(40, 'x'),
    required: 4,
    approvers: approvers.slice(4 * stage, 4 * stage + 4),
  }))
  const asked = await askUnder('two-people', scene, { name: 'at-its-limits', stages })
  await asked.until(Object.fromEntries(people.map((person) => [person, 'open' as const])))
  for (const person of people) asked.approves(person)
  const request = await asked.untilFinal()
  assert.equal(request.status?.outcome, 'Approved')
  assert.equal(request.status.decision?.approvers.length, 16)
})

test('every file of the folder is tried here', () => {
  const files = readdirSync(new URL('../../../deploy/examples/policies/', import.meta.url))
  assert.deepEqual(
    files.map((file) => file.replace('.yaml', '')),
    [
      ...['any-of-a-team', 'break-glass', 'escalation', 'in-turn', 'on-call', 'one-person'],
      ...['sre-and-security', 'two-people'],
    ],
  )
})

/** What the controller has logged of its outcome. */
function auditOf({ metadata }: ApprovalRequest): Promise<Readonly<Record<string, unknown>>> {
  const lines = (): readonly Readonly<Record<string, unknown>>[] =>
    scene.operator
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes('"msg":"audit"'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  return sought(
    () => Promise.resolve(lines().find(({ uid }) => uid === metadata.uid)),
    () => `an audit line of ${metadata.name}`,
  )
}

/** The outcome, and who counts, by name. */
function endOf({ status }: ApprovalRequest): readonly (string | undefined)[] {
  const names = status?.decision?.approvers.map(({ name }) => name) ?? []
  return [status?.outcome, ...names.toSorted()]
}

function statesOf({ status }: ApprovalRequest): Readonly<Record<string, string | undefined>> {
  const states = (status?.prompts ?? []).map(
    ({ approver, state }) => [approver.replace('@company.com', ''), state] as const,
  )
  return Object.fromEntries(states)
}
