/** One row of a table of faults: what the provider does, and what becomes of the question. */
import assert from 'node:assert/strict'
import { tokenSecretName } from '../../../src/api/names.ts'
import type { CompanyProvider, Grant } from '../fakes/providers/company.ts'
import type { FaultScene } from './fault-scene.ts'
import type { Handler } from '../fakes/network/http-answers.ts'
import { ask, isFinal, isPending } from '../clusters/question.ts'
import type { Asking, Question } from '../clusters/question.ts'

export type Row = {
  /** Answers of the first requests at the backchannel and at the token endpoint; later ones are answered as they should. */
  readonly prompts?: readonly Handler[]
  readonly tokens?: readonly Handler[]
  /** The first token response, if it is granted. */
  readonly grant?: Grant
  readonly asking?: Asking | undefined
  /** One of the row's own. */
  readonly provider?: CompanyProvider
  /** The reasons that were given, one after the other. */
  readonly story: string
  /** Stands in what was said. */
  readonly words: RegExp
  /** How many requests the provider has seen at its backchannel, token and revocation endpoint. */
  readonly seen: readonly [prompts: number, tokens: number, revocations: number]
}

export const asked = 'Prompting AuthorizationPending'
export const approved = `${asked} Approved`

/** @returns the provider, with what it has seen */
export async function play({ openProvider, operator }: FaultScene, row: Row): Promise<CompanyProvider> {
  const { prompts = [], tokens = [], grant, asking, story, words, seen } = row
  const provider = row.provider ?? (await openProvider())
  provider.prompts(...prompts)
  provider.tokens(...tokens, ...(grant === undefined ? [] : [provider.grant(grant)]))
  const question = await ask(operator, provider, asking)
  await question.until(isFinal)
  assert.equal(question.story(), story, question.words())
  assert.match(question.words(), words)
  assert.deepEqual(countsOf(provider), seen)
  const secret = await operator.secrets.get({
    namespace: question.name,
    name: tokenSecretName(question.name),
  })
  assert.equal(secret !== undefined, story.endsWith(' Approved'))
  return provider
}

/** A question that its person has not answered yet. */
export async function openQuestion({ openProvider, operator }: FaultScene): Promise<{
  readonly provider: CompanyProvider
  readonly question: Question
}> {
  const provider = await openProvider()
  provider.isAnswered = false
  const question = await ask(operator, provider)
  await question.until(isPending)
  return { provider, question }
}

export async function assertEnds(question: Question, story: string, withinSeconds?: number): Promise<void> {
  await question.until(isFinal, withinSeconds)
  assert.equal(question.story(), story, question.words())
}

/** How many requests were seen at the backchannel, token and revocation endpoint. */
export function countsOf({ visits }: CompanyProvider): Row['seen'] {
  return [visits('/backchannel').length, visits('/token').length, visits('/revoke').length]
}
