/** An agent: applies its request with its own identity, and watches it as a script would. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApprovalRequest } from 'countersign/api'
import { kubectl } from '../envtest/kubectl.ts'

const example = new URL('../../deploy/examples/promote-rollout/4-approval-request.yaml', import.meta.url)
const pauseMs = 100

export type Agent = {
  apply(manifest: string): Promise<void>
  /** @returns the `uid` of what was created: its name may be another's later */
  create(manifest: string): Promise<string>
  /** `undefined` if there is none of that name. */
  read(name: string): Promise<ApprovalRequest | undefined>
  /** Reads until `isReached` holds. */
  until(name: string, isReached: Claim, signal: AbortSignal): Promise<ApprovalRequest>
  /** The token, as the agent reads it from its Secret. */
  readToken(secretName: string): Promise<string>
  /** The same, if the Secret still is that of this very request. */
  tokenOf(request: ApprovalRequest): Promise<string | undefined>
}

type Claim = (request: ApprovalRequest) => boolean

/** @param kubeconfig of the agent's ServiceAccount, with its namespace */
export function agentWith(kubeconfig: string): Agent {
  const get = (...args: readonly string[]): Promise<string> => kubectl({ kubeconfig, args: ['get', ...args] })
  return {
    apply: async (manifest) => {
      await kubectl({ kubeconfig, args: ['apply', '--filename=-'], input: manifest })
    },
    create: (manifest) =>
      kubectl({
        kubeconfig,
        args: ['create', '--filename=-', '--output=jsonpath={.metadata.uid}'],
        input: manifest,
      }),
    read: async (name) => {
      const found = await get('approvalrequest', name, '--ignore-not-found', '--output=json')
      return found === '' ? undefined : (JSON.parse(found) as ApprovalRequest)
    },
    async until(name, isReached, signal) {
      for (;;) {
        const request = JSON.parse(await get('approvalrequest', name, '--output=json')) as ApprovalRequest
        if (isReached(request)) return request
        await sleep(pauseMs, undefined, { signal })
      }
    },
    readToken: async (secretName) => {
      const encoded = await get('secret', secretName, '--output=jsonpath={.data.access_token}')
      return Buffer.from(encoded, 'base64').toString('utf8')
    },
    tokenOf: async ({ metadata, status }) => {
      const fields = '{.type} {.metadata.ownerReferences[0].uid} {.data.access_token}'
      const found = await get(
        ...['secret', status?.secretName ?? '', '--ignore-not-found'],
        `--output=jsonpath=${fields}`,
      )
      const [type, uid, encoded] = found.split(' ')
      if (type !== 'countersign.dev/token' || uid !== metadata.uid || encoded === undefined) return undefined
      return Buffer.from(encoded, 'base64').toString('utf8')
    },
  }
}

/** The founding example, `foo-v2`. */
export function exampleManifest(): string {
  return readFileSync(example, 'utf8')
}

export function isAsked({ status }: ApprovalRequest): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'AuthorizationPending') ?? false
}

export function isFinal({ status }: ApprovalRequest): boolean {
  return status?.outcome !== undefined
}
