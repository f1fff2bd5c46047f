import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metric } from '../../../../../src/api/argo-rollouts.ts'
import { gatesAskedBy, measures } from '../../../../../src/core/gate/argo-rollouts/run.ts'
import { aRollout, aRun, gateMetric } from '../../../../support/builders/gate-objects.ts'

const url = 'https://gate.example.com/v1/gates/argo-rollouts'

function web(fields: NonNullable<Metric['provider']>['web']): Metric {
  return { name: 'approval', provider: { web: { url, ...fields } } }
}

for (const [name, metric, want] of [
  ['arguments that are filled in', gateMetric(), ['promote']],
  ['written out', web({ jsonBody: { rollout: 'foo-v2', gate: 'go' } }), ['go']],
  ['a body of text', web({ body: '{"rollout": "{{args.rollout}}", "gate": "go"}' }), ['go']],
  ['behind a path', web({ url: url.replace('/v1', '/c/v1'), jsonBody: bodyOf('go') }), ['go']],
  ['a query', web({ url: `${url}?a=b`, jsonBody: bodyOf('go') }), ['go']],
  ['an argument that is not there', web({ jsonBody: bodyOf('{{args.other}}') }), ['{{args.other}}']],
  ['another Rollout', web({ jsonBody: { rollout: 'foo-v1', gate: 'go' } }), []],
  ['no gate', web({ jsonBody: { rollout: 'foo-v2' } }), []],
  ['a gate that is no text', web({ jsonBody: { rollout: 'foo-v2', gate: 1 } }), []],
  ['no JSON', web({ body: 'go' }), []],
  ['no body', web({}), []],
  ['another address', web({ url: 'https://prometheus', jsonBody: bodyOf('go') }), []],
  ['no address', web({ url: '{{args.url}}', jsonBody: bodyOf('go') }), []],
  ['a verification', gateMetric('/v1/gates/argo-rollouts/verify'), []],
  ['a metric of another kind', { name: 'errors' }, []],
] as const)
  test(`a run asks by ${name}: ${want.join() || 'nothing'}`, () => {
    assert.deepEqual(gatesAskedBy(aRollout(), aRun({ metrics: [metric] })), want)
  })

test('neither a gate nor its verification measures anything', () => {
  assert.equal(measures(gateMetric()), false)
  assert.equal(measures(gateMetric('/v1/gates/argo-rollouts/verify')), false)
  assert.equal(measures({ name: 'errors' }), true)
})

function bodyOf(gate: string): object {
  return { rollout: 'foo-v2', gate }
}
