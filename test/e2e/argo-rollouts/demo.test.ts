/** `make demo-rollouts`, when somebody deletes what its gate has requested. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { startDemo } from '../../support/docs/running-demo.ts'
import type { RunningDemo } from '../../support/docs/running-demo.ts'

let running: RunningDemo

afterEach(() => running.end())

test('the gate requests the approval again, and the demo goes on with that', async () => {
  running = startDemo('rollouts.ts')
  await running.says(/waiting for alice/)
  await running.administer('delete', 'apr', '--all', '--namespace=prod')
  await running.says(
    /\n✘ withdrawn {7}the ApprovalRequest was deleted; an answer to it has no effect\n✔ requested {7}another ApprovalRequest is there, which the demo follows now\n/,
  )
  running.signal('SIGINT')
  assert.equal(await running.ended, 130)
})
