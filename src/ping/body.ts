/** The body of a ping: the prompt's id, and members that are to be ignored (CIBA Core §10.2). */
import { jsonObject, text } from '../core/json-object.ts'
import { longestAuthReqId } from '../core/ports/prompting.ts'

/** Reads `auth_req_id` from a JSON body. @returns undefined if it is missing, no string, or longer than this operator takes */
export function authReqIdIn(body: string): string | undefined {
  const id = text(jsonObject(body)?.auth_req_id)
  return id !== undefined && id.length <= longestAuthReqId ? id : undefined
}
