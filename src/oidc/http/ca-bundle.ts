/** Certificates to trust, as a file holds them. */
import { X509Certificate } from 'node:crypto'

/** A text that is no CA bundle. Node takes what it cannot read for no certificate at all, and then trusts nothing. */
export class CaBundleError extends Error {
  override readonly name = 'CaBundleError'
  readonly code = 'ERR_CA_BUNDLE'
}

/**
 * Checks certificates to trust before Node gets them.
 * @returns the text as it came
 * @throws CaBundleError for a text without a certificate in PEM, or with one that cannot be read
 */
export function parseCaBundle(text: string): string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new CaBundleError('it holds no certificate in PEM')
  blocks.forEach((block, index) => {
    try {
      new X509Certificate(block)
    } catch (error) {
      throw new CaBundleError(`certificate ${index + 1} of ${blocks.length} cannot be read`, { cause: error })
    }
  })
  return text
}
