/** What the pipelines for GitHub and GitLab ask. */
import assert from 'node:assert/strict'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { startProgram } from '../../support/clusters/program.ts'
import {
  administer,
  asked,
  directory,
  example,
  kubeconfig,
  questions,
  request,
  scene,
  useCIJob,
} from '../../support/people/ci-job.ts'

const commit = 'f'.repeat(40)
const image = `registry.company.com/foo@sha256:${'a'.repeat(64)}`
const gitHub = parse(readFileSync(join(example, 'github-actions.yaml'), 'utf8')) as GitHubPipeline
const gitHubStep = gitHub.jobs.deploy.steps.find(({ name }) => name === 'Ask')?.run ?? ''
const gitLab = parse(readFileSync(join(example, 'gitlab-ci.yaml'), 'utf8')) as GitLabPipeline
const [gitLabScript = ''] = gitLab.deploy.script

type GitHubPipeline = {
  readonly jobs: {
    readonly deploy: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }
  }
}
type GitLabPipeline = { readonly deploy: { readonly script: readonly string[] } }

useCIJob()

test('130: a cancelled step of the GitHub job withdraws what it has filled in', async () => {
  scene.provider.isAnswered = false
  symlinkSync(example, join(directory, 'deploy'))
  const running = startProgram({
    program: 'bash',
    args: ['-e', '-c', gitHubStep],
    cwd: directory,
    env: {
      ...{ RUNNER_TEMP: directory, KUBECONFIG_ASK: readFileSync(kubeconfig, 'utf8') },
      ...{ GITHUB_RUN_ID: '98', GITHUB_SHA: commit, DEPLOYMENT: 'shop', IMAGE: image },
      ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'company/foo' },
    },
  })
  assertFilledIn(await asked(), 'https://github.com/company/foo/actions/runs/98')
  running.signal('SIGINT')
  assert.equal((await running.ended).exitCode, 130)
  assert.equal(await questions(), '')
})

test('the GitLab job asks about its own commit, image and pipeline', async () => {
  const running = startProgram({
    program: 'bash',
    args: ['-e', '-c', gitLabScript],
    cwd: directory,
    env: {
      ...{ KUBECONFIG_ASK: kubeconfig, CI_COMMIT_SHA: commit, DEPLOYMENT: 'shop', IMAGE: image },
      ...{ CI_PIPELINE_ID: '98', CI_PIPELINE_URL: 'https://gitlab.com/company/foo/-/pipelines/98' },
    },
  })
  const { exitCode, output, errors } = await running.ended
  assert.equal(exitCode, 0, errors)
  const made = await administer('get', output.trim(), '--namespace=prod', '--output=json')
  assertFilledIn(JSON.parse(made) as ApprovalRequest, 'https://gitlab.com/company/foo/-/pipelines/98')
})

for (const [pipeline, script] of Object.entries({ GitHub: gitHubStep, GitLab: gitLabScript })) {
  test(`64: ${pipeline} does not ask about an image that is not named by its digest`, async () => {
    const wrongs = [
      ...['', 'registry.company.com/foo:1', "foo@sha256:a', x: '", 'foo@sha256:', 'foo@sha256:2c26b46b68ff'],
      // A commit, a digest without an image, and one with something behind it.
      ...[
        commit,
        `foo@${commit}`,
        'a'.repeat(64),
        `sha256:${'a'.repeat(64)}`,
        `${image}\n`,
        `${image}@sha256:`,
      ],
      `${image} ${image}`,
    ]
    for (const wrong of wrongs) {
      const env = { RUNNER_TEMP: directory, KUBECONFIG_ASK: kubeconfig, IMAGE: wrong }
      const { ended } = startProgram({ program: 'bash', args: ['-e', '-c', script], cwd: directory, env })
      const { exitCode, errors } = await ended
      assert.deepEqual([exitCode, errors], [64, `not an image by digest: ${wrong}\n`])
    }
  })
}

test('no value of the sample request stands in a pipeline, and none is fixed', () => {
  const sample = parse(request) as ApprovalRequest
  const { target, summary, evidence = [] } = sample.spec
  const values = [
    ...[target.name, target.revision, summary],
    ...evidence.flatMap(({ value, url }) => [value, url]),
  ].filter((value) => value !== undefined)
  assert.ok(values.length === 5 && values.every((value) => value.length > 2))
  for (const file of ['github-actions.yaml', 'gitlab-ci.yaml']) {
    const text = readFileSync(join(example, file), 'utf8')
    for (const value of values) assert.doesNotMatch(text, new RegExp(`\\b${value}\\b`), file)
    const [, manifest = ''] = /<<MANIFEST\n([^]*?)\n *MANIFEST/.exec(text) ?? []
    const { spec } = parse(manifest) as ApprovalRequest
    const said = [
      spec.target.name,
      spec.target.revision,
      spec.summary,
      spec.evidence?.[0]?.value,
      spec.evidence?.[0]?.url,
    ]
    for (const value of said) assert.match(value ?? '', /\$/, file)
  }
})

function assertFilledIn({ spec }: ApprovalRequest, url: string): void {
  assert.equal(spec.target.revision, image.split('@')[1])
  assert.equal(spec.target.name, 'shop')
  assert.equal(spec.summary, `Deploy shop, commit ${commit}`)
  assert.deepEqual(spec.evidence, [{ name: 'pipeline', value: '98', url }])
}
