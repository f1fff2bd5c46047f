/** The text exposition format of Prometheus, version 0.0.4, read as strictly as a scraper does. */
import assert from 'node:assert/strict'

export type Exposition = {
  readonly types: ReadonlyMap<string, string>
  /** By name and labels, as they stand: `name{a="b"}`. */
  readonly samples: ReadonlyMap<string, number>
}

const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/
const sample =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? ([Nn]a[Nn]|[+-]Inf|-?[0-9][0-9.e+-]*)$/

export function parseExposition(text: string): Exposition {
  assert.ok(text.endsWith('\n'), 'the last line ends as well')
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, what, family = '', value = ''] = comment.exec(line) ?? []
    if (what === 'TYPE') {
      assert.ok(!types.has(family), `${family} has one type`)
      types.set(family, value)
    }
    if (what !== undefined) continue
    const [, name = '', labels = '', number = ''] = sample.exec(line) ?? []
    assert.notEqual(name, '', `not a sample: ${line}`)
    assert.ok(types.has(name) || types.has(name.replace(/_(bucket|sum|count)$/, '')), `no type: ${line}`)
    assert.ok(!samples.has(name + labels), `twice: ${line}`)
    samples.set(name + labels, Number(number.replace('Inf', 'Infinity')))
  }
  return { types, samples }
}
