/** The queues in which requests wait for their turn, by name. Requests that wait for the same wait in one of them. */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { SentPrompt } from './sent-prompt.ts'

/** The queues of those whom this prompt keeps waiting. */
export function queuesBehind({ approver, namespace, slot }: SentPrompt): readonly string[] {
  return [
    slotQueue(slot),
    openQueue(approver, namespace),
    openQueue(approver),
    hourQueue(approver, namespace),
    hourQueue(approver),
  ]
}

/** The queues of those whom this request keeps waiting while it waits for a prompt, or holds one. */
export function queuesBehindRequest({ metadata, spec }: ApprovalRequest): readonly string[] {
  return [requesterQueue(spec.requester.username), namespaceQueue(metadata.namespace ?? '')]
}

/** Whether who waits in this queue waits for a prompt; otherwise it waits to be counted among those. */
export function isForPrompt(queue: string): boolean {
  return !queue.startsWith('requester ') && !queue.startsWith('namespace ')
}

/** Behind the prompts of one requester about one target to one approver. */
export function slotQueue(slot: string): string {
  return `slot ${slot}`
}

/** Behind an approver's open prompts, of one namespace or of all. */
export function openQueue(approver: string, namespace = ''): string {
  return `open ${approver} ${namespace}`
}

/** Behind an approver's prompts within the hour, of one namespace or of all. */
export function hourQueue(approver: string, namespace = ''): string {
  return `hour ${approver} ${namespace}`
}

/** Behind a requester's open requests. */
export function requesterQueue(username: string): string {
  return `requester ${username}`
}

/** Behind a namespace's open requests. */
export function namespaceQueue(namespace: string): string {
  return `namespace ${namespace}`
}
