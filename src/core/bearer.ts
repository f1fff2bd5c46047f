/** Longer than any token that is accepted anywhere here. */
const longestToken = 8192

/** The token in an Authorization field (RFC 6750 §2.1); undefined if there is none, or none of that form. */
export function bearerOf(authorization = ''): string | undefined {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
  return token !== undefined && token.length <= longestToken ? token : undefined
}
