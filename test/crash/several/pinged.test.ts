/** The same as `polled.test.ts`, with answers that pings announce: a prompt whose id was lost comes back with its answer. */
import { labOfThisFile } from '../../support/labs/crash-file.ts'
import { testPlans } from '../../support/labs/crash-runs.ts'

testPlans('Ping', await labOfThisFile({ delivery: 'Ping' }))
