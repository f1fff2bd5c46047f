/** `make demo`, whatever is done to its request, and whenever it is stopped. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { answerAs } from '../../tools/local/person.ts'
import { startDemo } from '../support/docs/running-demo.ts'
import type { RunningDemo } from '../support/docs/running-demo.ts'

const example = fileURLToPath(
  new URL('../../deploy/examples/promote-rollout/4-approval-request.yaml', import.meta.url),
)
const agent = '--as=system:serviceaccount:demo:agent-release-bot'

let running: RunningDemo

afterEach(() => running.end())

test('the request is approved: 0', async () => {
  running = startDemo('main.ts', '--approve=alice')
  assert.equal(await running.ended, 0)
  assert.match(running.printed(), /✔ approved {8}alice@company\.com approved at/)
})

test('the request is denied, though nobody asked for that: 1', async () => {
  running = startDemo('main.ts')
  await answer('deny')
  assert.equal(await running.ended, 1)
  assert.match(running.printed(), /✘ denied {10}alice@company\.com denied the request at/)
})

test('two people must approve: the first is counted, and the second decides: 0', async () => {
  running = startDemo('main.ts', '--policy=two-people', '--approve=alice,bob')
  assert.equal(await running.ended, 0)
  assert.match(
    running.printed(),
    /… waiting for alice@company\.com and bob@company\.com .*\n✔ approvals {7}1 of 2: alice@company\.com\n✔ approved .*\n(?:.*\n)* {2}Secret demo\/foo-v2\.countersign, decoded claims:\n/,
  )
})

test('two people must approve: one denial ends it: 0 as asked, and no token', async () => {
  running = startDemo('main.ts', '--policy=two-people', '--approve=alice', '--deny=bob')
  assert.equal(await running.ended, 0)
  assert.match(
    running.printed(),
    /\n✔ approvals {7}1 of 2: alice@company\.com\n✘ denied {10}bob@company\.com denied the request at/,
  )
  assert.doesNotMatch(running.printed(), /decoded claims/)
})

test('the request is deleted while it waits: 5, and no stack trace', async () => {
  running = startDemo('main.ts')
  await running.says(/waiting for alice/)
  await running.administer('delete', 'apr/foo-v2', '--namespace=demo')
  assert.equal(await running.ended, 5)
  assert.match(
    running.printed(),
    /\n✘ withdrawn {7}the ApprovalRequest was deleted; an answer to it has no effect\n$/,
  )
})

test('the request is replaced while it waits: the demo goes on with the one that has taken its place', async () => {
  running = startDemo('main.ts')
  await running.says(/waiting for alice/)
  await running.administer('replace', '--force', agent, `--filename=${example}`)
  await running.says(
    /✘ withdrawn .*\n✔ requested {7}another ApprovalRequest is there, which the demo follows now\n/,
  )
  // What keeps the new one from being asked is said, too.
  await running.says(/\n… Throttled: /)
})

for (const [signal, when, line] of [
  ['SIGINT', 'starts', /… starting/],
  ['SIGINT', 'has a control plane', /✔ control plane/],
  ['SIGINT', 'has a provider', /✔ identity/],
  ['SIGINT', 'has just requested', /✔ applied/],
  ['SIGINT', 'waits', /waiting for alice/],
  ['SIGTERM', 'waits', /waiting for alice/],
] as const) {
  test(`${signal} while it ${when}: 130, and nothing stays`, async () => {
    running = startDemo('main.ts')
    await running.says(line)
    running.signal(signal)
    assert.equal(await running.ended, 130)
    assert.match(running.printed(), /\n… ending the cluster\n(?:.*\n)*stopped\n$/)
  })
}

test('Ctrl-C pressed twice ends it as once', async () => {
  running = startDemo('main.ts')
  await running.says(/waiting for alice/)
  running.signal('SIGINT')
  await running.says(/… ending the cluster/)
  running.signal('SIGINT')
  assert.equal(await running.ended, 130)
})

for (const option of ['--approve', '--deny']) {
  test(`${option} names somebody who is not there: 64, before anything is started`, async () => {
    running = startDemo('main.ts', `${option}=carol`)
    assert.equal(await running.ended, 64)
    assert.match(
      running.printed(),
      /^error: option '--\w+ <person>' argument 'carol' is invalid\. Nobody at the demo's provider is called that; there are alice, bob\.\n$/,
    )
  })

  test(`${option} names somebody who is not asked: 64, and who is`, async () => {
    running = startDemo('main.ts', `${option}=bob`)
    assert.equal(await running.ended, 64)
    assert.match(
      running.printed(),
      /\n✘ failed {10}bob is not asked, and cannot answer; alice is asked, as ApprovalPolicy prod-promotions says\n$/,
    )
  })
}

for (const [what, options, said] of [
  [
    'approve and deny',
    ['--approve=alice', '--deny=alice'],
    /^error: option '--approve <person>' cannot be used with/,
  ],
  ['an option that is not there', ['--aprove=alice'], /^error: unknown option '--aprove=alice'/],
  ['no person', ['--approve'], /^error: option '--approve <person>' argument missing\n/],
  ['an argument', ['alice'], /^error: too many arguments/],
  ['a policy that is not there', ['--policy=three'], /^error: .* Allowed choices are two-people\./],
  ['two who approve where one decides', ['--approve=alice,bob'], /^error: .*: one person decides\n/],
  [
    'one who answers twice',
    ['--policy=two-people', '--approve=alice,alice'],
    /^error: a person answers once\n/,
  ],
] as const) {
  test(`wrong input, ${what}: 64, before anything is started`, async () => {
    running = startDemo('main.ts', ...options)
    assert.equal(await running.ended, 64)
    assert.match(running.printed(), said)
  })
}

async function answer(decision: 'approve' | 'deny'): Promise<void> {
  await running.says(/waiting for alice/)
  await answerAs({ ...(await alice()), decision })
}

async function alice() {
  const [, inboxUrl = ''] = await running.says(/(http:\S+)\/requests\/demo\/foo-v2/)
  const [, password = ''] = await running.says(/log in as alice, .* with the password (\S+)/)
  return { inboxUrl, request: { namespace: 'demo', name: 'foo-v2' }, username: 'alice', password }
}
