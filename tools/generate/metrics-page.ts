/** `docs/metrics.md`, made of the table of metrics. */
import { format, resolveConfig } from 'prettier'
import { metrics } from '../../src/telemetry/metrics.ts'
import type { Metric } from '../../src/telemetry/metrics.ts'

const top = `<!-- Generated from src/telemetry/metrics.ts by \`make generate\`. Do not edit. -->

# Metrics

The controller serves \`/metrics\` in the text format of Prometheus at \`--metrics-bind-address\` (\`:8080\`), on every replica,
without authentication. No metric names a user or an object: each label has the values that stand here and no others. What a
waiting object is called is shown by \`kubectl get apr,idp,agrp\` and by the log.

Names are those of controller-runtime and client-go where they have one; \`countersign_\` marks our own. The metrics of the
process and of Node.js (\`process_\`, \`nodejs_\`, such as \`nodejs_eventloop_lag_p99_seconds\`) are those of prom-client. A
histogram has the series \`_bucket\`, \`_sum\` and \`_count\`.

Only the Lease holder counts reconciles, prompts and decisions. Gauges of what a watch has seen are the same on every replica: take
their \`max\`, not their \`sum\`.

## Probes

\`/livez\` and \`/readyz\` are served at \`--health-probe-bind-address\` (\`:8081\`); \`?verbose\` lists the checks. \`/livez\` asks nobody,
so that an outage of the API server or of an OpenID Provider restarts nothing. \`/readyz\` fails while a cache is not filled, and
once a watch has given no sign of life for one and a half times \`--watch-silence-seconds\`.

## What to watch

| question                         | expression                                                                          |
| -------------------------------- | ----------------------------------------------------------------------------------- |
| how are questions answered | \`sum by (outcome, reason) (increase(countersign_decisions_total[1h]))\` |
| is anything lost | \`increase(countersign_decisions_total{reason=~"PromptLost\|TokenLost"}[1h]) > 0\` |
| what waits, and for how long | \`max by (reason) (countersign_pending_requests)\`, \`max(countersign_oldest_pending_request_seconds)\` |
| does a provider fail | \`sum by (endpoint) (rate(countersign_provider_request_seconds_count{result=~"error\|unreachable"}[5m]))\` |
| can groups of approvers be asked | \`max by (reason) (countersign_approver_groups{reason!="Resolved"})\`, \`max(countersign_approver_group_age_ratio)\` |
| does anyone reconcile            | \`max(leader_election_master_status) < 1\`                                            |
| do reconciles fail                   | \`sum by (controller) (rate(controller_runtime_reconcile_total{result="error"}[5m]))\` |
| is the view of the cluster stale | \`max by (kind) (countersign_watch_silence_seconds) > 200\`                           |
`

export async function metricsPage(): Promise<string> {
  const sections = Object.entries(metrics).map(([name, metric]) => section(name, metric))
  const page = [top, '## All of them', ...sections].join('\n\n')
  return format(page, { ...(await resolveConfig('docs/metrics.md')), parser: 'markdown' })
}

function section(name: string, { type, help, labels, buckets }: Metric): string {
  const lines = Object.entries(labels).map(
    ([label, values]) =>
      `- \`${label}\`: ${typeof values === 'string' ? values : values.map((value) => `\`${value}\``).join(', ')}`,
  )
  const bounds = buckets === undefined ? [] : [`- buckets (seconds): ${buckets.join(', ')}`]
  return [
    `### ${name}`,
    `${type[0]?.toUpperCase()}${type.slice(1)}. ${help}`,
    [...lines, ...bounds].join('\n'),
  ].join('\n\n')
}
