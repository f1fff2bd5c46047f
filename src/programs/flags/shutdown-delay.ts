/** The flag that controller and inbox share. */
import { Option } from 'commander'
import { secondsOrNone } from './values.ts'

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
    .argParser(secondsOrNone)
    .default(0)
}
