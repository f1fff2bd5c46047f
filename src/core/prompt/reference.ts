/** Which prompt of which request: `approval_request`, the parameter by which a provider's authentication channel learns that. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { firstPromptId } from './prompt.ts'

/** By the uid too: another object may take the name. `prompt` is the prompt's id within its request. */
export type PromptRef = {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly prompt: string
}

/** The reference to a prompt of this request. */
export function refOf({ metadata }: ApprovalRequest, prompt: string): PromptRef {
  return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '', prompt }
}

/** `namespace/name/uid`, and for another prompt than the first `#` and its id: what takes only the first reads it as before. */
export function textOf({ namespace, name, uid, prompt }: PromptRef): string {
  const request = `${namespace}/${name}/${uid}`
  return prompt === firstPromptId ? request : `${request}#${prompt}`
}

const objectName = String.raw`[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?`
const id = String.raw`[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?`
const pattern = new RegExp(
  `^(?<namespace>${objectName})/(?<name>${objectName})/(?<uid>[a-z0-9](?:[-a-z0-9]{0,62}[a-z0-9])?)(?:#(?<prompt>${id}))?$`,
)

/** @returns undefined for whatever cannot be a reference to a prompt */
export function refFrom(value: unknown): PromptRef | undefined {
  if (typeof value !== 'string') return undefined
  const { namespace, name, uid, prompt = firstPromptId } = pattern.exec(value)?.groups ?? {}
  return namespace !== undefined && name !== undefined && uid !== undefined
    ? { namespace, name, uid, prompt }
    : undefined
}
