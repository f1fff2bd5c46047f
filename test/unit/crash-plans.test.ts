/** Which crash plans of several people each run has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covering, dimensions, product } from '../support/labs/crash-plans.ts'
import type { Plan } from '../support/labs/crash-plans.ts'

const names = Object.keys(dimensions) as (keyof Plan)[]
const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const))

for (const [one, other] of pairs)
  test(`every ${one} meets every ${other} in the covering set`, () => {
    const met = new Set(covering.map((plan) => `${plan[one]} ${plan[other]}`))
    for (const value of dimensions[one])
      for (const another of dimensions[other])
        assert.ok(met.has(`${value} ${another}`), `${value} ${another}`)
  })

test('no smaller set covers the pairs: each failpoint needs a row for each method', () => {
  assert.equal(covering.length, dimensions.failpoint.length * dimensions.method.length)
})

test('the whole product has every plan once, and those of the covering set among them', () => {
  const texts = product.map((plan) => JSON.stringify(plan))
  assert.equal(texts.length, 14 * 2 * 2 * 2)
  assert.equal(new Set(texts).size, texts.length)
  assert.ok(covering.every((plan) => texts.includes(JSON.stringify(plan))))
})
