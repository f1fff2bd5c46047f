/** The flag that controller and inbox share. */
import { InvalidArgumentError, Option } from 'commander'

/**
 * As the API server's `--shutdown-delay-duration`: a Pod that ends is still sent requests until every node has heard of it. Longer
 * than the time that idle connections are kept, so that none is closed under a client that just writes to it.
 */
export function shutdownDelay(): Option {
  return new Option(
    '--shutdown-delay-seconds <seconds>',
    'how long to go on answering once told to end; in a Pod, until nobody sends requests to it',
  )
    .argParser(seconds)
    .default(0)
}

function seconds(text: string): number {
  const number = Number(text)
  if (text !== '' && Number.isFinite(number) && number >= 0) return number
  throw new InvalidArgumentError('It must be a number, 0 or above.')
}
