/**
 * Several people are asked, their answers are polled, and the controller is killed before and after each effect. Nobody is asked
 * twice, and each token is delivered, revoked, or reported lost.
 */
import { labOfThisFile } from '../../support/labs/crash-file.ts'
import { testPlans } from '../../support/labs/crash-runs.ts'

testPlans('Poll', await labOfThisFile())
