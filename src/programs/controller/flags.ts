/** The flags of `countersign controller`. */
import { Command, InvalidArgumentError, Option } from 'commander'
import packageJson from '../../../package.json' with { type: 'json' }
import type { TlsFiles } from '../../http/tls.ts'
import * as shared from '../flags/shared.ts'
import { addTlsFlags, tlsFilesIn } from '../flags/tls.ts'
import * as flag from '../flags/values.ts'

/** Where a server listens; `host` is undefined for every address of the machine. */
export type BindAddress = { readonly host: string | undefined; readonly port: number }

/** The flags of the controller, parsed; docs/flags.md says what each is for. */
export type ControllerFlags = {
  readonly kubeconfig?: string
  readonly namespace: string
  /** Empty for all. */
  readonly watchNamespaces: readonly string[]
  readonly logLevel: string
  readonly workers: number
  readonly healthProbeBindAddress: BindAddress | undefined
  readonly metricsBindAddress: BindAddress | undefined
  readonly gateBindAddress: BindAddress | undefined
  readonly gateTls: TlsFiles | undefined
  readonly gateAudience: string
  readonly pingBindAddress: BindAddress | undefined
  readonly pingTls: TlsFiles | undefined
  readonly unmatchedSeconds: number
  readonly approvalSeconds: number
  readonly retentionSeconds: number
  readonly holdSeconds: number
  readonly leaseSeconds: number
  readonly renewDeadlineSeconds: number
  readonly retrySeconds: number
  readonly watchSilenceSeconds: number
  readonly shutdownDelaySeconds: number
  readonly providerCheckSeconds: number
  readonly refusedClientSeconds: number
  readonly tokenSecretLabels: Readonly<Record<string, string>>
}

/** Flag, what it says, default. Each takes `:8080`, `127.0.0.1:8080` or `[::1]:8080`, and `0` for none. */
const addresses = [
  ['health-probe', 'where /livez and /readyz are served; 0 for nowhere', ':8081'],
  ['metrics', 'where /metrics is served; 0 for nowhere', ':8080'],
  ['gate', 'where Argo Rollouts asks; 0 for nowhere', ':8082'],
  ['ping', 'where OpenID Providers say that an answer is there; 0 for nowhere', '0'],
] as const

/** Flag, what it says, default. */
const seconds = [
  ['unmatched', 'how long a request stands that no policy matches', 900],
  ['approval', 'how long an approval is valid if its policy sets no lifetime', 900],
  ['retention', 'how long finished requests are kept that do not say', 2_592_000],
  ['hold', 'how long to look for a token that the provider says it has issued', 40],
  ['lease', 'after how long a silence another replica takes over', 15],
  ['renew-deadline', 'after how long without renewal this replica gives up', 10],
  ['retry', 'how often the lease is renewed or tried for', 2],
  ['provider-check', 'how often an OpenID Provider that is ready is looked at', 300],
  ['refused-client', 'how long a client that its OpenID Provider refuses is not tried again', 60],
  ['watch-silence', 'after how long a silence a watch is opened again', 150],
] as const

/** Parses the command line of this process. Wrong flags, `--help` and `--version` end the process with a message. */
export function parseControllerFlags(): ControllerFlags {
  const command = new Command('countersign controller')
    .version(packageJson.version)
    .description('Asks people for the approvals that ApprovalRequests want.')
    .addOption(shared.kubeconfig())
    .addOption(shared.operatorNamespace("with its keys and the clients' credentials"))
    .addOption(
      new Option('--watch-namespaces <names>', 'where requests are answered, separated by commas')
        .argParser(names)
        .default([], 'all'),
    )
    .option('--gate-audience <name>', 'what tokens for the gate are made for', flag.text, 'countersign-gate')
    .addOption(shared.logLevel())
    // Many: a provider may keep a token request for 30 s (CIBA Core §10.1.1).
    .option(
      '--workers <number>',
      'how many requests are worked on at once; new ones of one namespace an eighth of that',
      flag.workers,
      256,
    )
    .addOption(
      new Option('--token-secret-label <name=value>', 'a label for each Secret with a token; may be repeated')
        .argParser(label)
        .default({}, 'none'),
    )
    .addOption(shared.shutdownDelay())
  for (const [name, description, value] of seconds) {
    command.option(`--${name}-seconds <seconds>`, description, flag.seconds, value)
  }
  for (const [name, description, value] of addresses) {
    const option = new Option(`--${name}-bind-address <address>`, description)
    command.addOption(option.argParser(bindAddress).default(bindAddress(value), `"${value}"`))
  }
  addTlsFlags(command, 'certificate of the gate', 'gate')
  addTlsFlags(command, 'certificate of the ping endpoint', 'ping')
  const { tokenSecretLabel, ...flags } = command.parse().opts<ControllerFlags & Labelling>()
  checkLease(command, flags)
  return {
    ...flags,
    tokenSecretLabels: tokenSecretLabel,
    gateTls: tlsFilesIn(command, 'gate'),
    pingTls: tlsFilesIn(command, 'ping'),
  }
}

type LeaseSeconds = Pick<ControllerFlags, 'leaseSeconds' | 'renewDeadlineSeconds' | 'retrySeconds'>

/** A replica that gives up later than another takes over would work beside it. */
function checkLease(
  command: Command,
  { leaseSeconds, renewDeadlineSeconds, retrySeconds }: LeaseSeconds,
): void {
  if (retrySeconds < renewDeadlineSeconds && renewDeadlineSeconds < leaseSeconds) return
  command.error(
    'error: --retry-seconds must be less than --renew-deadline-seconds, and that less than --lease-seconds.',
  )
}

/** As controller-runtime takes them. */
function bindAddress(text: string): BindAddress | undefined {
  if (text === '0') return undefined
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^[\]:/]*):(\d{1,5})$/.exec(text) ?? []
  if (port === '' || Number(port) > 65_535) {
    throw new InvalidArgumentError('It must be <host>:<port>, :<port>, or 0 for none.')
  }
  return { host: host === '' ? undefined : flag.host(host), port: Number(port) }
}

function names(text: string): readonly string[] {
  const all = text.split(',').filter((name) => name !== '')
  if (all.length === 0) throw new InvalidArgumentError('It must name a namespace, or be left out.')
  return [...new Set(all.map(flag.namespace))]
}

type Labels = Readonly<Record<string, string>>
/** As commander names what it collects. */
type Labelling = { readonly tokenSecretLabel: Labels }

/** As Kubernetes takes them: a label that it refuses would keep every token from being stored. */
const labelName = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

function label(text: string, before: Labels): Labels {
  const [name = '', value, ...others] = text.split('=')
  if (value !== undefined && others.length === 0 && labelName.test(name) && labelValue.test(value))
    return { ...before, [name]: value }
  throw new InvalidArgumentError('It must be <name>=<value>, as labels are in Kubernetes.')
}
