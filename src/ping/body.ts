/** The body of a ping: the prompt's id, and members that are to be ignored (CIBA Core §10.2). */
import { jsonObject, text } from '../core/json-object.ts'
import { longestAuthReqId } from '../core/ports/prompting.ts'

export function authReqIdIn(body: string): string | undefined {
  const id = text(jsonObject(body)?.auth_req_id)
  return id !== undefined && id.length <= longestAuthReqId ? id : undefined
}
