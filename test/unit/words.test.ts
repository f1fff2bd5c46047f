/** What users read outside of the CRDs says one thing by one word, too. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import test from 'node:test'
import typescript from 'typescript'
import { groupReasons } from '../../src/api/group-reasons.ts'
import { policyReasons } from '../../src/api/policy-reasons.ts'
import { providerReasons } from '../../src/api/provider-reasons.ts'
import { reasons } from '../../src/api/reasons.ts'
import { metrics } from '../../src/telemetry/metrics.ts'
import type { Metric } from '../../src/telemetry/metrics.ts'
import { withOtherWords } from '../support/assertions/other-words.ts'

const texts: Readonly<Record<string, readonly string[]>> = {
  flags: readFileSync('docs/flags.md', 'utf8').split(/\n(?= *-|\n)/),
  metrics: Object.values<Metric>(metrics).flatMap(({ help, labels }) => [
    help,
    ...Object.values(labels).filter((values): values is string => typeof values === 'string'),
  ]),
  'reasons of requests': Object.values(reasons).flatMap(wordsOf),
  'reasons of policies': Object.values(policyReasons).flatMap(wordsOf),
  'reasons of providers': Object.values(providerReasons).flatMap(wordsOf),
  'reasons of groups': Object.values(groupReasons).flatMap(wordsOf),
  'sentences of conditions': sentencesIn('src/core/sentences/**/*.ts'),
  'sentences of the gate': sentencesIn('src/{core/gate,gate}/**/*.ts'),
  'rules for Prometheus': alertTexts(),
  'the dashboard': readFileSync('charts/countersign/files/dashboard.json', 'utf8').split('\n'),
}

for (const [name, of] of Object.entries(texts))
  test(`${name}: one thing has one word`, () => {
    assert.ok(of.length > 7, `${of.length} texts were found`)
    assert.deepEqual(withOtherWords(of), [])
  })

function wordsOf({ meaning, next }: { readonly meaning: string; readonly next: string }): string[] {
  return [meaning, next]
}

/** Without the line of the log that one of them quotes. */
function alertTexts(): string[] {
  const rules = readFileSync('charts/countersign/files/alerts.yaml', 'utf8').replace('"pass failed"', '')
  return rules.split(/\n(?= +\w+:)/)
}

/** The pieces of text in the code that are more than one word. */
function sentencesIn(pattern: string): string[] {
  return globSync(pattern).flatMap((path) => {
    const found: string[] = []
    const visit = (node: typescript.Node): void => {
      if (typescript.isStringLiteralLike(node) || typescript.isTemplateMiddleOrTemplateTail(node))
        found.push(node.text)
      if (typescript.isTemplateHead(node)) found.push(node.text)
      node.forEachChild(visit)
    }
    visit(typescript.createSourceFile(path, readFileSync(path, 'utf8'), typescript.ScriptTarget.Latest))
    return found.filter((text) => text.trim().includes(' '))
  })
}
