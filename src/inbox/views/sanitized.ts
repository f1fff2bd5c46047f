/** Free text of others, made fit to be read by a person: nothing hides, nothing turns the line around, nothing piles up. */

/**
 * Makes control, format and other invisible characters visible as `⟨U+202E⟩`; single empty lines stay; every other space
 * becomes a plain one. The result still has to be escaped for the page.
 */
export function sanitized(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replaceAll(/[\p{Zs}\t]/gu, ' ')
    .replaceAll(variationSelectors, '')
    .replaceAll(
      invisible,
      (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
    .replaceAll(pileOfMarks, '$1')
    .replaceAll(/\n{3,}/g, '\n\n')
}

/** How an emoji is drawn; they show and hide nothing. */
const variationSelectors = /[\uFE0E\uFE0F]/g

/**
 * Cc, Cf (bidirectional and zero-width ones among them), private, unassigned and lone surrogates; what renderers ignore by
 * default; and the blank Braille pattern, which is no space but looks like one.
 */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** Languages need three marks at most; more of them draw over neighbouring lines. */
const pileOfMarks = /(\p{M}{3})\p{M}+/gu
