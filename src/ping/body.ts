/** The body of a ping: the prompt's id, and members that are to be ignored (CIBA Core §10.2). */

/** As long as the one that a prompt's answer may bring. */
const longestAuthReqId = 8192

export function authReqIdIn(text: string): string | undefined {
  const { auth_req_id: id } = objectIn(text)
  return typeof id === 'string' && id !== '' && id.length <= longestAuthReqId ? id : undefined
}

function objectIn(text: string): { readonly auth_req_id?: unknown } {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    return {}
  }
}
