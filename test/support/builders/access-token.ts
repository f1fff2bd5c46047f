/** Access tokens that are JWTs (RFC 9068), as far as anyone but the provider reads them: nobody checks their signature. */
export function aJwt(claims: unknown, header: unknown = { alg: 'ES256', typ: 'at+jwt' }): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(claims)}.c2lnbmF0dXJl`
}
