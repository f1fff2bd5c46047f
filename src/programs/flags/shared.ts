/** The flags that controller and inbox share. */
import { Option } from 'commander'
import * as flag from './values.ts'

/**
 * `--shutdown-delay-seconds`, as the API server's `--shutdown-delay-duration`: a Pod that ends is still sent requests until
 * every node has heard of it. Longer than the time that idle connections are kept, so that none is closed under a client that
 * just writes to it.
 */
export function shutdownDelay(): Option {
  return new Option(
    '--shutdown-delay-seconds <seconds>',
    'how long to go on answering once told to end; in a Pod, until nobody sends requests to it',
  )
    .argParser(flag.secondsOrNone)
    .default(0)
}

/** `--kubeconfig`, by default what the environment says. */
export function kubeconfig(): Option {
  const description = "how to reach the cluster; in a Pod its ServiceAccount's token is used"
  return new Option('--kubeconfig <file>', description).default(process.env.KUBECONFIG)
}

/** @param what what the namespace holds, in the help */
export function operatorNamespace(what: string): Option {
  return new Option('--namespace <name>', `the operator's own namespace, ${what}`)
    .argParser(flag.namespace)
    .default('countersign-system')
}

/** `--log-level`. */
export function logLevel(): Option {
  return new Option('--log-level <level>', 'debug, info, warn or error')
    .argParser(flag.logLevel)
    .default('info')
}
