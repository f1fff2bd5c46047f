/** What others wrote, as names and numbers: nothing that a person could take for a sentence of the operator's. */

const longestName = 100
const longestImage = 200

/** A name of somebody else's, in the letters that names have; whatever else it holds becomes a dash. */
export function plainName(text: string, most = longestName): string {
  const plain = text.replaceAll(/[^\w./:@+=-]+/g, '-')
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain
}

/** An image reference (letters, digits and their separators); the beginning of one that is long, and its digest. */
export function plainImage(image: string): string {
  if (!/^[\w./:@+-]+$/.test(image)) return 'no image reference'
  if (image.length <= longestImage) return image
  return `${image.slice(0, longestImage / 2)}…${image.slice(-longestImage / 2)}`
}

const number = /^(?:-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?|NaN|[+-]?Inf)$/i
const mostNumbers = 4

/** `0.98`, `[0.98]` and `[0.98,0.99]`, as metrics are measured. @returns undefined for everything else */
export function plainNumbers(value: string): string | undefined {
  const inside = value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1) : value
  const numbers = inside.split(',', mostNumbers + 1).map((one) => one.trim())
  if (numbers.length > mostNumbers || !numbers.every((one) => number.test(one))) return undefined
  return numbers.join(', ')
}

const comparison =
  /^(?:as(?:Int|Float)\()?result(?:\[\d{1,4}\])?\)? ?(?:<=|>=|<|>|==|!=) ?-?\d{1,20}(?:\.\d{1,20})?$/
const longestCondition = 120

/** A condition that compares what was measured with numbers. @returns undefined for everything else */
export function plainCondition(condition: string): string | undefined {
  if (condition.length > longestCondition) return undefined
  const parts = condition.split(/(&&|\|\|)/).map((part) => part.trim())
  const isPlain = parts.every((part, index) => index % 2 === 1 || comparison.test(part))
  return isPlain ? parts.join(' ') : undefined
}
