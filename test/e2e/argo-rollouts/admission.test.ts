/** deploy/argo-rollouts/admission.yaml against the kinds of Argo Rollouts: each way around the gate, and what stays free. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startEnforcement } from '../../support/scenes/gate-enforcement.ts'
import type { Deed, Enforcement, User } from '../../support/scenes/gate-enforcement.ts'
import { withField } from '../../support/builders/manifests.ts'
import { anAnalysisRun, theBlueGreen, theCanary } from '../../support/builders/rollouts.ts'

/** RBAC lets everyone do everything here: what is refused is refused by admission. */
const jane: User = { name: 'jane', groups: ['everything'] }
const rescuer: User = { name: 'rita', groups: ['everything', 'countersign:break-glass'] }
const argo: User = { name: 'system:serviceaccount:argo-rollouts:argo-rollouts', groups: ['everything'] }
const collector: User = {
  name: 'system:serviceaccount:kube-system:generic-garbage-collector',
  groups: ['everything'],
}

let cluster: Enforcement
before(async () => {
  cluster = await startEnforcement()
})
after(() => cluster.stop())

suite('an AnalysisRun of a Rollout', { concurrency: 4 }, () => {
  const deeds: readonly (readonly [string, Deed])[] = [
    ['forged', patch('analysisrun/foo-1', { status: { phase: 'Successful' } })],
    ['terminated', patch('analysisrun/foo-1', { spec: { terminate: true } })],
    ['deleted', { args: ['delete', 'analysisrun/foo-1'] }],
    ['made by hand', create(anAnalysisRun('foo-2', 'foo'))],
    ['let go', patch('analysisrun/foo-1', { metadata: { ownerReferences: null } })],
    ['taken', patch('analysisrun/other', { metadata: anAnalysisRun('other', 'foo').metadata })],
  ]
  for (const [how, deed] of deeds) {
    test(`is ${how} by Argo Rollouts only`, async () => {
      await cluster.isRefused(jane, deed, 'AnalysisRuns of a Rollout are written by Argo Rollouts alone')
      for (const user of [argo, collector, rescuer]) await cluster.isAllowed(user, deed)
      await cluster.isFreeElsewhere(jane, deed)
    })
  }

  test('is not deleted with all others', async () => {
    const path = '/apis/argoproj.io/v1alpha1/namespaces/enforced/analysisruns'
    assert.notEqual((await cluster.perform(jane, { args: ['delete', `--raw=${path}`] })).exitCode, 0)
    const left = await cluster.kubectl('get', 'analysisruns', '--namespace=enforced', '--output=name')
    assert.match(left, /\/foo-1$/m)
  })

  test('is another matter than one of somebody', async () => {
    for (const deed of [
      create(anAnalysisRun('mine')),
      patch('analysisrun/free', { spec: { terminate: true } }),
      { args: ['delete', 'analysisrun/free'] },
    ])
      await cluster.isAllowed(jane, deed)
  })
})

suite('the status of a Rollout', { concurrency: 4 }, () => {
  const rest = 'only abort, controllerPause and pauseConditions'
  const step = 'status.currentStepIndex is moved by Argo Rollouts alone'
  const answered = { name: 'other', status: 'Successful' }
  // The first three are what `kubectl argo rollouts` sends.
  const ways: readonly (readonly [string, object, string])[] = [
    ['promote --full', { promoteFull: true }, 'status.promoteFull skips the gate'],
    ['promote', { pauseConditions: null, currentStepIndex: 2 }, step],
    ['promote after a pause', { pauseConditions: null, controllerPause: false, currentStepIndex: 2 }, step],
    ['the step before', { currentStepIndex: 0 }, step],
    ['no step', { currentStepIndex: null }, step],
    ['another stable revision', { stableRS: 'bbbb' }, rest],
    ['no stable revision', { stableRS: null }, rest],
    ['other steps', { currentStepHash: 'dddd' }, rest],
    ['another run', { canary: { currentStepAnalysisRunStatus: { name: 'other' } } }, rest],
    ['a run that answered', { blueGreen: { prePromotionAnalysisRunStatus: answered } }, rest],
  ]
  for (const [way, status, words] of ways) {
    test(`is for Argo Rollouts only: ${way}`, async () => {
      const deed = patchStatus('rollout/foo', status)
      await cluster.isRefused(jane, deed, words)
      for (const user of [argo, rescuer]) await cluster.isAllowed(user, deed)
      await cluster.isFreeElsewhere(jane, deed)
    })
  }

  for (const [way, status] of [
    ['abort', { abort: true }],
    ['retry', { abort: false }],
    ['resume', { pauseConditions: null }],
    ['resume from the controller', { pauseConditions: null, controllerPause: false }],
  ] as const) {
    test(`is for everyone: ${way}`, () => cluster.isAllowed(jane, patchStatus('rollout/foo', status)))
  }
})

suite('the spec of a Rollout', { concurrency: 4 }, () => {
  const needed = 'a Rollout needs a gate in this namespace'
  const alone = 'the analysis of a gate has one template and no dryRun'
  const own = "must be this Rollout's own name"
  const analysis = 'spec.strategy.canary.steps.1.analysis'
  const gated = theCanary('foo')
  const gate = { templateName: 'human-approval', clusterScope: true }
  const itself = { name: 'rollout', value: 'foo' }
  const waits = ['wait', 'wait-minimum', 'wait-maximum'].map((name) => ({ name, value: '5m' }))
  const specs: readonly (readonly [string, object, string])[] = [
    ['without steps', withField(gated, 'spec.strategy.canary.steps', undefined), needed],
    ['without a gate', withField(gated, 'spec.strategy.canary.steps.1', { pause: {} }), needed],
    ['without a strategy', withField(gated, 'spec.strategy', {}), needed],
    [
      'with a template of the namespace',
      withField(gated, `${analysis}.templates.0.clusterScope`, false),
      needed,
    ],
    ['with another template', withField(gated, `${analysis}.templates.0.templateName`, 'slow'), needed],
    ['with a nameless template', withField(gated, `${analysis}.templates.0.templateName`, undefined), needed],
    ['with a dry run', withField(gated, `${analysis}.dryRun`, [{ metricName: '.*' }]), alone],
    [
      'with a second template',
      withField(gated, `${analysis}.templates`, [gate, { templateName: 'dry' }]),
      alone,
    ],
    [
      'with the name of another',
      withField(gated, `${analysis}.args.0`, { name: 'rollout', value: 'bar' }),
      own,
    ],
    [
      'with another token',
      withField(gated, `${analysis}.args`, [itself, { name: 'token', value: 'x' }]),
      own,
    ],
    ['with a wait alone', withField(gated, `${analysis}.args`, waits), own],
    ['with no name', withField(gated, `${analysis}.args`, []), own],
    [
      'with what it calls itself',
      withField(gated, `${analysis}.args.0.valueFrom.fieldRef.fieldPath`, "metadata.labels['app']"),
      own,
    ],
    [
      'with a rollback window',
      withField(gated, 'spec.rollbackWindow', { revisions: 3 }),
      'spec.rollbackWindow',
    ],
    [
      'of blue-green without a question',
      withField(gated, 'spec.strategy', { blueGreen: { activeService: 'foo' } }),
      needed,
    ],
  ]
  for (const [what, rollout, words] of specs) {
    test(`is refused ${what}`, async () => {
      for (const deed of [create({ ...rollout, metadata: { name: 'foo-2' } }), replace(rollout)]) {
        await cluster.isRefused(jane, deed, words)
        for (const user of [argo, rescuer]) await cluster.isAllowed(user, deed)
        await cluster.isFreeElsewhere(jane, deed)
      }
    })
  }

  test('is free with a sound gate', async () => {
    const image = 'spec.template.spec.containers.0.image'
    for (const deed of [
      create(theCanary('foo-2')),
      create(theBlueGreen('bar')),
      replace(withField(gated, image, 'foo:v2')),
      replace(withField(gated, `${analysis}.args`, [itself, { name: 'gate', value: 'half-way' }])),
      replace(withField(gated, `${analysis}.args`, [itself, ...waits])),
      patch('rollout/foo', { metadata: { annotations: { 'countersign.dev/wait': '5m' } } }),
      patch('rollout/foo', { spec: { paused: true } }),
      { args: ['scale', 'rollout/foo', '--replicas=7'] },
    ])
      await cluster.isAllowed(jane, deed)
  })

  test('of before the label is free until it changes', async () => {
    await cluster.isAllowed(jane, patch('rollout/old', { metadata: { labels: { team: 'web' } } }))
    await cluster.isAllowed(jane, { args: ['scale', 'rollout/old', '--replicas=7'] })
    await cluster.isRefused(jane, patch('rollout/old', { spec: { paused: true } }), needed)
  })
})

test('broken glass is in the audit log, and nothing else is', async () => {
  for (const deed of [
    patch('analysisrun/foo-1', { metadata: { labels: { forged: 'true' } } }),
    patchStatus('rollout/foo', { currentStepIndex: 2 }),
    patch('rollout/foo', { spec: { strategy: { canary: { steps: null } } } }),
  ]) {
    assert.notEqual((await cluster.perform(jane, deed)).exitCode, 0)
    const { exitCode, errors } = await cluster.perform(rescuer, deed)
    assert.equal(exitCode, 0, errors)
  }
  await cluster.perform(rescuer, patchStatus('rollout/foo', { abort: true }))
  assert.deepEqual(cluster.brokenGlass().slice(-3), [
    'rita wrote AnalysisRun enforced/foo-1 past the gate',
    'rita moved Rollout enforced/foo past the gate',
    'rita left Rollout enforced/foo without a sound gate',
  ])
})

test('without the list of controllers everything is refused', async () => {
  await cluster.kubectl('delete', 'configmap', 'countersign-argo-rollouts', '--namespace=countersign-system')
  await cluster.isRefused(argo, patchStatus('rollout/foo', { abort: true }), 'no params found')
})

/** Merge patches, as `kubectl argo rollouts` sends them. */
function patch(object: string, change: object, ...args: readonly string[]): Deed {
  return { args: ['patch', object, '--type=merge', `--patch=${JSON.stringify(change)}`, ...args] }
}

function patchStatus(object: string, status: object): Deed {
  return patch(object, { status }, '--subresource=status')
}

function create(input: object): Deed {
  return { args: ['create', '--filename=-'], input }
}

function replace(input: object): Deed {
  return { args: ['replace', '--filename=-'], input }
}
