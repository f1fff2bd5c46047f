/** Alerts and dashboard, judged by Prometheus' own promtool: each alert fires when it should, and only then. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { chart } from '../../../tools/chart/render.ts'
import { metrics } from '../../../src/telemetry/metrics.ts'

const rulesFile = `${chart}files/alerts.yaml`
const directory = mkdtempSync(join(tmpdir(), 'countersign-alerts-'))
after(() => {
  rmSync(directory, { recursive: true })
})
const isThere = spawnSync('promtool', ['--version']).error === undefined
const skip = isThere || process.env.CI !== undefined ? false : 'promtool is absent: install prometheus'

type Rule = { readonly alert: string; readonly expr: string }
const rules = (parse(readFileSync(rulesFile, 'utf8')) as { groups: readonly [{ rules: readonly Rule[] }] })
  .groups[0].rules

/** Series as promtool writes them: a value a minute. */
type Row = readonly [alert: string, firing: Series, silent: Series]
type Series = Readonly<Record<string, string>>

const leader = 'leader_election_master_status{name="countersign-controller", pod="a"}'
const other = 'leader_election_master_status{name="countersign-controller", pod="b"}'
const calls = 'countersign_provider_request_seconds_count{endpoint="token", result='
const passes = 'controller_runtime_reconcile_total{controller="approvalrequest", result='

const table: readonly Row[] = [
  ['CountersignNoLeader', { [leader]: '0x30', [other]: '0x30' }, { [leader]: '0x30', [other]: '1x30' }],
  [
    'CountersignQuestionWaits',
    { countersign_oldest_pending_request_seconds: '3700+60x30' },
    { countersign_oldest_pending_request_seconds: '60+60x30' },
  ],
  [
    'CountersignLost',
    { 'countersign_decisions_total{outcome="Failed", reason="PromptLost"}': '0x20 1x10' },
    { 'countersign_decisions_total{outcome="Approved", reason="Approved"}': '0+1x30' },
  ],
  [
    'CountersignProviderFails',
    { [`${calls}"unreachable"}`]: '0+3x30', [`${calls}"pending"}`]: '0+7x30' },
    { [`${calls}"unreachable"}`]: '0+1x30', [`${calls}"pending"}`]: '0+9x30' },
  ],
  [
    'CountersignPingsMissed',
    { countersign_missed_pings_total: '0+1x30' },
    { countersign_missed_pings_total: '0x10 1x20' },
  ],
  [
    'CountersignGateBypassed',
    { 'countersign_gate_bypassed_total{tool="argo-rollouts"}': '0x20 1x10' },
    { 'countersign_gate_bypassed_total{tool="argo-rollouts"}': '5x30' },
  ],
  [
    'CountersignApproverGroupNotReady',
    { 'countersign_approver_groups{reason="SourceUnreachable"}': '1x30' },
    {
      'countersign_approver_groups{reason="Resolved"}': '3x30',
      'countersign_approver_groups{reason="New"}': '1x30',
      'countersign_approver_groups{reason="NobodyOnCall"}': '1x10 _x20',
    },
  ],
  [
    'CountersignApproverGroupOld',
    { countersign_approver_group_age_ratio: '0.5+0.05x30' },
    { countersign_approver_group_age_ratio: '0.3x30' },
  ],
  [
    'CountersignPassesFail',
    { [`${passes}"error"}`]: '0+60x30', [`${passes}"success"}`]: '0+60x30' },
    { [`${passes}"error"}`]: '0+1x30', [`${passes}"success"}`]: '0+60x30' },
  ],
  [
    'CountersignWatchStale',
    { 'countersign_watch_silence_seconds{kind="approvalrequests", pod="a"}': '0+60x30' },
    { 'countersign_watch_silence_seconds{kind="approvalrequests", pod="a"}': '0 60 0 60x27' },
  ],
]

test('every alert stands in the table of this test', () => {
  assert.deepEqual(
    rules.map(({ alert }) => alert),
    table.map(([alert]) => alert),
  )
})

for (const [alert, firing, silent] of table) {
  test(`${alert} fires when it should`, { skip }, () => {
    assert.equal(fires(alert, firing), true)
  })

  test(`${alert} is silent when all is well`, { skip }, () => {
    assert.equal(fires(alert, silent), false)
  })
}

test('alerts and dashboard ask for metrics that there are', () => {
  const { panels } = JSON.parse(readFileSync(`${chart}files/dashboard.json`, 'utf8')) as {
    panels: readonly { targets: readonly { expr: string }[] }[]
  }
  const expressions = [...rules, ...panels.flatMap(({ targets }) => targets)].map(({ expr }) => expr)
  assert.ok(expressions.length > 15)
  const unknown = expressions
    .flatMap((expression) => namesIn(expression))
    .filter((name) => !(name in metrics))
  assert.deepEqual(unknown, [])
})

test('Prometheus understands every query of the dashboard', { skip }, () => {
  const { panels } = JSON.parse(readFileSync(`${chart}files/dashboard.json`, 'utf8')) as {
    panels: readonly { targets: readonly { expr: string }[] }[]
  }
  const queries = panels
    .flatMap(({ targets }) => targets)
    .map(({ expr }, index) => ({ record: `panel:${index}`, expr }))
  const file = write('dashboard', { groups: [{ name: 'dashboard', rules: queries }] })
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
})

/** promtool is told to expect none, and complains of each alert that it got. */
function fires(alert: string, series: Series): boolean {
  const file = write(alert, {
    rule_files: [rulesFile],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [{ eval_time: '25m', alertname: alert, exp_alerts: [] }],
      },
    ],
  })
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
  if (status === 0) return false
  assert.match(stdout + stderr, /got:\[\s*0:/)
  return true
}

/** Names of metrics, without the suffixes that a histogram has. */
function namesIn(expression: string): readonly string[] {
  const names =
    expression.match(/\b(?:countersign|controller_runtime|leader_election|workqueue|rest_client)_[a-z_]+/g) ??
    []
  return names.map((name) => (name in metrics ? name : name.replace(/_(bucket|sum|count)$/, '')))
}

function write(name: string, content: object): string {
  const file = join(directory, `${name}.yaml`)
  writeFileSync(file, stringify(content))
  return file
}
