/** The dashboard for Grafana, as JSON: one panel for each row of the table below. */

type Panel = {
  readonly title: string
  readonly description: string
  readonly unit: 'short' | 's' | 'reqps' | 'percentunit'
  /** What is drawn, and how each series is called. */
  readonly series: readonly (readonly [expression: string, legend: string])[]
  readonly kind?: 'stat'
}

const quantile = (share: number, by: string): string => `histogram_quantile(${share}, sum by (le${by}) (rate(`

const panels: readonly Panel[] = [
  {
    title: 'Leader',
    description: 'Replicas that hold the Lease: one, or for some seconds none.',
    unit: 'short',
    kind: 'stat',
    series: [['sum(leader_election_master_status{name="countersign-controller"})', 'leaders']],
  },
  {
    title: 'Open requests',
    description: 'Requests that are not final.',
    unit: 'short',
    kind: 'stat',
    series: [['sum(max by (reason) (countersign_pending_requests))', 'open']],
  },
  {
    title: 'Oldest open request',
    description: 'Since when somebody waits.',
    unit: 's',
    kind: 'stat',
    series: [['max(countersign_oldest_pending_request_seconds)', 'age']],
  },
  {
    title: 'Lost in the last day',
    description: 'Prompts and tokens that a crash or a connection took away. They are said on the request.',
    unit: 'short',
    kind: 'stat',
    series: [['sum(increase(countersign_decisions_total{reason=~"PromptLost|TokenLost"}[1d]))', 'lost']],
  },
  {
    title: 'What open requests wait for',
    description: 'AuthorizationPending waits for a person; anything else asks nobody.',
    unit: 'short',
    series: [['max by (reason) (countersign_pending_requests) > 0', '{{reason}}']],
  },
  {
    title: 'Decisions in an hour',
    description: 'Final requests by outcome.',
    unit: 'short',
    series: [['sum by (outcome) (increase(countersign_decisions_total[1h]))', '{{outcome}}']],
  },
  {
    title: 'Time to decision',
    description: "From a request's creation until the answer that decided it was written.",
    unit: 's',
    series: [
      [`${quantile(0.5, '')}countersign_decision_seconds_bucket[1h])))`, 'half within'],
      [`${quantile(0.9, '')}countersign_decision_seconds_bucket[1h])))`, 'nine of ten within'],
    ],
  },
  {
    title: 'Prompts in an hour',
    description: 'Backchannel authentication requests; an unknown one may have reached a person.',
    unit: 'short',
    series: [['sum by (outcome) (increase(countersign_prompts_total[1h]))', '{{outcome}}']],
  },
  {
    title: 'Answers in an hour',
    description:
      'How the prompts of final requests ended; where several people decide, each of them counts. NotNeeded: the request ended before.',
    unit: 'short',
    series: [['sum by (end) (increase(countersign_prompt_ends_total[1h]))', '{{end}}']],
  },
  {
    title: 'Requests to OpenID Providers',
    description: 'Refusals are errors; unreachable is no usable answer.',
    unit: 'reqps',
    series: [
      [
        'sum by (endpoint, result) (rate(countersign_provider_request_seconds_count[5m]))',
        '{{endpoint}} {{result}}',
      ],
    ],
  },
  {
    title: 'Latency of OpenID Providers',
    description: 'The slowest in a hundred, by endpoint.',
    unit: 's',
    series: [
      [`${quantile(0.99, ', endpoint')}countersign_provider_request_seconds_bucket[5m])))`, '{{endpoint}}'],
    ],
  },
  {
    title: 'Pings in an hour',
    description: 'OpenID Providers that say that an answer is there, and answers that polling found without.',
    unit: 'short',
    series: [
      ['sum by (answer) (increase(countersign_pings_total[1h]))', '{{answer}}'],
      ['sum(increase(countersign_missed_pings_total[1h]))', 'missed'],
    ],
  },
  {
    title: 'ApproverGroups',
    description:
      'By the reason of Ready, and the oldest members as part of their maxAge: from 1 on requests wait.',
    unit: 'short',
    series: [
      ['max by (reason) (countersign_approver_groups)', '{{reason}}'],
      ['max(countersign_approver_group_age_ratio)', 'oldest, of maxAge'],
    ],
  },
  {
    title: 'Readings of groups in an hour',
    description: 'Keycloak and calendars, by what reading them came to.',
    unit: 'short',
    series: [
      [
        'sum by (source, reason) (increase(countersign_approver_group_reads_total[1h]))',
        '{{source}} {{reason}}',
      ],
    ],
  },
  {
    title: 'Answers of the gate',
    description: 'Verdicts, and reasons of errors.',
    unit: 'reqps',
    series: [['sum by (answer) (rate(countersign_gate_answers_total[5m]))', '{{answer}}']],
  },
  {
    title: 'Reconciles that fail',
    description: 'They are repeated after a growing pause.',
    unit: 'reqps',
    series: [
      [
        'sum by (controller) (rate(controller_runtime_reconcile_total{controller=~"approvalrequest|approvalpolicy|approvergroup|identityprovider|rollout", result="error"}[5m]))',
        '{{controller}}',
      ],
    ],
  },
]

const columns = { stat: 4, timeseries: 2 } as const
const gridWidth = 24
const heights = { stat: 4, timeseries: 8 } as const

/** The text of the file. */
export function dashboard(): string {
  const datasource = { type: 'prometheus', uid: '${datasource}' }
  return `${JSON.stringify(
    {
      uid: 'countersign',
      title: 'Countersign',
      tags: ['countersign'],
      schemaVersion: 39,
      refresh: '30s',
      time: { from: 'now-6h', to: 'now' },
      templating: {
        list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }],
      },
      panels: placed().map(({ panel, gridPos }, index) => ({
        id: index + 1,
        type: typeOf(panel),
        title: panel.title,
        description: panel.description,
        datasource,
        gridPos,
        fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
        targets: panel.series.map(([expr, legendFormat], number) => ({
          refId: String.fromCharCode('A'.charCodeAt(0) + number),
          datasource,
          expr,
          legendFormat,
        })),
      })),
    },
    undefined,
    2,
  )}\n`
}

type Placed = {
  readonly panel: Panel
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

/** Row by row; panels of one kind stand together. */
function placed(): readonly Placed[] {
  let [x, y, rowHeight] = [0, 0, 0]
  return panels.map((panel) => {
    const kind = typeOf(panel)
    const [w, h] = [gridWidth / columns[kind], heights[kind]]
    if (x + w > gridWidth || (x > 0 && h !== rowHeight)) [x, y] = [0, y + rowHeight]
    const gridPos = { x, y, w, h }
    x += w
    rowHeight = h
    return { panel, gridPos }
  })
}

function typeOf({ kind }: Panel): 'stat' | 'timeseries' {
  return kind ?? 'timeseries'
}
