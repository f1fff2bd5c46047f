/** What docs.test.ts does with each page, and with each command that stands in a sentence: all that is not run stands here. */

export type Page = {
  /** Why blocks of it are shown only, in their order; the page says the same. */
  readonly notRun?: readonly string[]
  /** How many blocks are no commands. Those of YAML are looked at by docs-yaml.test.ts. */
  readonly parts?: number
  /** The ServiceAccount that its commands are run as; an administrator's if absent. */
  readonly account?: string
  /** What has become of the question `foo-v2` before the page is read; there is none if absent. */
  readonly given?: 'Asked' | 'ApprovedWithChanges'
}

/** In the order of a reader who follows all of them. The first one uninstalls what it installed. */
export const pages: Readonly<Record<string, Page>> = {
  'docs/install.md': {
    notRun: ['it needs a registry', 'its API server has no nodes; `make e2e` waits for the Pods on one'],
  },
  'README.md': { notRun: ['it is what runs this page'] },
  'docs/quickstart.md': {
    notRun: ['it needs a registry', 'its API server has no nodes; the same program runs beside it'],
  },
  'docs/how-to/ai-agent.md': {},
  'docs/agents.md': { account: 'release-agent/release-agent' },
  'docs/how-to/ci-job.md': {},
  'docs/how-to/drain-node.md': {},
  'docs/how-to/argo-cd.md': {},
  'docs/concepts.md': { given: 'ApprovedWithChanges', parts: 4 },
  'docs/reasons.md': { given: 'Asked' },
  'docs/client-authentication.md': { parts: 1 },
  'docs/gate.md': { parts: 2 },
  'docs/hardening.md': { parts: 3 },
  'docs/operations.md': { given: 'ApprovedWithChanges' },
}

/** Pages whose commands need more than this cluster. */
export const elsewhere: Readonly<Record<string, string>> = {
  'docs/argo-rollouts.md': 'run by argo-rollouts/page.test.ts, with Argo Rollouts',
  'docs/how-to/ping.md':
    'its command reads what only a ping writes; keycloak/approval.test.ts reads the same',
  'docs/how-to/keycloak.md': 'run by keycloak/pages.test.ts, with Keycloak',
}

/** Commands in sentences: run as they stand, run as a reader would fill them in, or not run. */
export const inline: Readonly<Record<string, 'Run' | { readonly as: string } | { readonly notRun: string }>> =
  {
    'kubectl -n countersign-system get lease,pods': 'Run',
    'kubectl -n demo get apr': 'Run',
    'kubectl auth whoami': 'Run',
    'kubectl explain apr.spec --recursive': 'Run',
    'kubectl get agrp': 'Run',
    'kubectl get apol': 'Run',
    'kubectl get apr': 'Run',
    'kubectl get apr -A': 'Run',
    'kubectl get apr rollback-bar': 'Run',
    'kubectl get apr,idp': 'Run',
    'kubectl get idp': 'Run',
    'kubectl get idp -o wide': 'Run',
    'kubectl get idp,apol -o wide': 'Run',
    'kubectl delete apr rollback-bar': 'Run',
    'kubectl replace --force -f request.yaml': 'Run',
    'kubectl wait idp/company --for=condition=Ready': 'Run',
    'kubectl -n prod patch rollout foo --subresource=status --type=merge -p \'{"status":{"pauseConditions":null}}\'':
      'Run',
    'kubectl get ns <name> --show-labels': { as: 'kubectl get ns demo --show-labels' },
    "kubectl get apr <name> -o jsonpath='{.status.tokenExpiresAt}'": {
      as: "kubectl -n demo get apr foo-v2 -o jsonpath='{.status.tokenExpiresAt}' | grep Z",
    },
    'kubectl auth can-i create approvalpolicies --as=<user>': {
      as: '! kubectl auth can-i create approvalpolicies --as=alice',
    },
    'kubectl -n <namespace> auth can-i --list --as=system:serviceaccount:<namespace>:<agent>': {
      as: 'kubectl -n release-agent auth can-i --list --as=system:serviceaccount:release-agent:release-agent | grep approvalrequests',
    },
    'kubectl replace --force': { notRun: 'it is the name of a command; agents.md has it in full' },
    'kubectl create': { notRun: 'it is the name of a command; the pages have it in full' },
    'kubectl get': { notRun: 'it is the name of a command; the pages have it in full' },
    'kubectl wait': { notRun: 'it is the name of a command; the pages have it in full' },
    'kubectl get analysisrun -o yaml': {
      notRun: 'it needs Argo Rollouts; argo-rollouts/page.test.ts reads one',
    },
    'kubectl argo rollouts promote': {
      notRun: 'it is a plugin that is not here; ways-around.test.ts does the same',
    },
  }
