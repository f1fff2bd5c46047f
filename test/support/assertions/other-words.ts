/** The words of which users read another everywhere: of requests that expire, of approvals that are valid, of reconciles. */
const otherWords =
  /\b(questions?|laps(e|ed|es)|judges?|anew|mend(s|ed)?|cure|by (itself|themselves)|is good|good (for|until)|given out|bec[ao]mes? of|side by side|pass(es)?)\b/i

/** @returns those of the texts that have such a word, however they are wrapped */
export function withOtherWords(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll(/\s+/g, ' ')).filter((text) => otherWords.test(text))
}
