/** What the CI job's script does with wrong input: it says what is wrong, and creates nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approve, asked, proxy, questions, request, scene, useCIJob } from '../../support/people/ci-job.ts'

useCIJob()

for (const [why, manifest, said] of [
  ['there is no manifest', '', /^error: no objects passed to create\n/],
  ['it is empty but for a comment', '# request\n---\n', /^error: no objects passed to create\n/],
  ['it is no YAML', 'kind: [', /^error: error parsing STDIN: /],
  ['it is a sentence', 'Please approve.', /^error: error validating "STDIN": /],
  ['it has no kind', 'spec: {}', /kind not set/],
  [
    'its kind has another version',
    request.replace('v1alpha1', 'v1'),
    /no matches for kind "ApprovalRequest"/,
  ],
  ['its kind is misspelt', request.replace('kind: Approval', 'kind: Aproval'), /^error: /],
  [
    'it has no name',
    request.replace('generateName: deploy-foo-', 'labels: {}'),
    /name or generateName is required/,
  ],
  [
    'a field is wrong',
    request.replace('action: deploy', 'action: Deploy!'),
    /^The ApprovalRequest "deploy-foo-\w+" is invalid: spec\.action: .*lower case, such as promote-rollout/,
  ],
  [
    'a field is misspelt',
    request.replace('  environment:', '  reasn: later\n  environment:'),
    /unknown field "spec\.reasn"/,
  ],
  [
    'it is a ConfigMap',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }',
    /cannot create resource "configmaps"/,
  ],
  ['it is two requests', `${request}---\n${request}`, /^the manifest is more than one ApprovalRequest; /],
] as const) {
  test(`64: wrong input, and nothing is created: ${why}`, async () => {
    const { exitCode, output, errors } = await approve({}, manifest).ended
    assert.deepEqual([exitCode, output], [64, ''], errors)
    assert.match(errors, said)
    assert.match(errors, /; nothing was created\n$/)
    assert.equal(await questions(), '')
  })
}

test('64: a name that is taken', async () => {
  scene.provider.isAnswered = false
  const first = approve({}, request.replace('generateName: deploy-foo-', 'name: deploy-foo'))
  await asked()
  const { exitCode, errors } = await approve(
    {},
    request.replace('generateName: deploy-foo-', 'name: deploy-foo'),
  ).ended
  assert.equal(exitCode, 64, errors)
  assert.match(errors, /\(AlreadyExists\).*"deploy-foo" already exists\n/)
  first.signal('SIGTERM')
  assert.equal((await first.ended).exitCode, 130)
})

for (const address of ['approve.company.com', '/inbox', 'https://']) {
  test(`64: INBOX_URL is "${address}"`, async () => {
    const { exitCode, errors } = await approve({ INBOX_URL: address }).ended
    assert.deepEqual(
      [exitCode, errors],
      [64, `INBOX_URL is an address such as https://approve.company.com, and not: ${address}\n`],
    )
    assert.equal(await questions(), '')
  })
}

test('4: it has no right to ask there', async () => {
  const { exitCode, output, errors } = await approve(
    {},
    request.replace('metadata:', 'metadata:\n  namespace: default'),
  ).ended
  assert.deepEqual([exitCode, output], [4, ''])
  assert.match(
    errors,
    /\(Forbidden\).*"approvalrequests".*\nnobody was asked: the request could not be created\n$/,
  )
})

test('0: a warning of the API server is no manifest', async () => {
  proxy.disturb(({ call }) =>
    call === 'POST approvalrequests'
      ? proxy.pass({
          back: (answer, response) => {
            response.writeHead(answer.statusCode ?? 502, { ...answer.headers, warning: '299 - "be careful"' })
            answer.pipe(response)
          },
        })
      : undefined,
  )
  const { exitCode, errors } = await approve().ended
  assert.equal(exitCode, 0, errors)
  assert.match(errors, /^Warning: be careful\nrequested: /)
})
