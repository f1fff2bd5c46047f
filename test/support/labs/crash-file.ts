/** What the tests of one file share. */
import { after, afterEach } from 'node:test'
import { startCrashLab } from './crash-lab.ts'
import type { CrashLab } from './crash-lab.ts'
import { ledgerOf } from '../assertions/ledger.ts'
import type { Ledger } from '../assertions/ledger.ts'

/** Starts a lab for this file's tests, which is tidied after each of them and ends after the last. */
export async function labOfThisFile(
  ...how: Parameters<typeof startCrashLab>
): Promise<{ readonly lab: CrashLab; readonly ledger: Ledger }> {
  const lab = await startCrashLab(...how)
  afterEach(() => lab.tidy())
  after(() => lab.stop())
  return { lab, ledger: ledgerOf(lab) }
}
