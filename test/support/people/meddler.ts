/** What an administrator may do to a question and to the Secret of its token behind the operator's back. */
import assert from 'node:assert/strict'
import { tokenSecretName } from '../../../src/api/names.ts'
import type { ApprovalRequest, Secret } from '../../../src/api/objects.ts'
import { namespace } from '../labs/crash-lab.ts'
import type { CrashLab } from '../labs/crash-lab.ts'

export type Meddler = {
  /** Writes something that is none of the operator's business. */
  touch(name: string): Promise<void>
  /** @returns the request as it was */
  remove(name: string): Promise<ApprovalRequest>
  /** Puts a Secret where the token is to go. Admission leaves the token's own type to the operator. */
  plant(name: string): Promise<void>
  unplant(name: string): Promise<void>
  secretOf(name: string): Promise<Secret | undefined>
}

export function meddlerIn({ requests, secrets }: CrashLab): Meddler {
  const keyOfSecret = (name: string) => ({ namespace, name: tokenSecretName(name) })
  const secretOf: Meddler['secretOf'] = (name) => secrets.get(keyOfSecret(name))
  const current = async (name: string): Promise<ApprovalRequest> => {
    const request = await requests.get({ namespace, name })
    assert.ok(request !== undefined, `${name} is not there`)
    return request
  }
  return {
    secretOf,
    async touch(name) {
      const request = await current(name)
      const metadata = { ...request.metadata, annotations: { 'example.com/note': 'seen' } }
      assert.equal((await requests.replace({ ...request, metadata })).kind, 'Applied')
    },
    async remove(name) {
      const request = await current(name)
      const { uid = '' } = request.metadata
      assert.equal(await requests.delete({ namespace, name }, { uid }), 'Deleted')
      return request
    },
    async plant(name) {
      const data = { access_token: Buffer.from('forged').toString('base64') }
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: keyOfSecret(name), type: 'Opaque', data }
      assert.equal((await secrets.create(secret)).kind, 'Applied')
    },
    async unplant(name) {
      const { uid = '' } = (await secretOf(name))?.metadata ?? {}
      assert.equal(await secrets.delete(keyOfSecret(name), { uid }), 'Deleted')
    },
  }
}
