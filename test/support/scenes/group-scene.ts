/** ApproverGroups of an operator, and feeds that a test serves to it. */
import assert from 'node:assert/strict'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { ApproverGroup, ApproverGroupSpec } from '../../../src/api/objects.ts'
import { eventually } from '../assertions/elapsed.ts'
import type { Handler } from '../fakes/network/http-answers.ts'
import { startScriptedProvider } from '../fakes/providers/scripted.ts'
import type { ScriptedProvider } from '../fakes/providers/scripted.ts'
import { startOperator } from './operator.ts'
import type { Operator } from './operator.ts'

/** Part of each feed's URL, which nobody may see. */
export const secretPart = 'a-secret-token'

export class GroupScene {
  readonly operator: Operator
  readonly #server: ScriptedProvider

  constructor(operator: Operator, server: ScriptedProvider) {
    this.operator = operator
    this.#server = server
  }

  async stop(): Promise<void> {
    await this.operator.stop()
    await this.#server.close()
  }

  /** A group, the Secret of its name with the URL of its feed, and what is answered there. */
  async createGroup(name: string, answer: Handler, spec: Partial<ApproverGroupSpec>): Promise<void> {
    this.serve(name, answer)
    await this.storeURL(name)
    await this.create(name, spec)
  }

  serve(name: string, answer: Handler): void {
    this.#server.routes.set(pathOf(name), answer)
  }

  async storeURL(name: string, url = `${this.#server.issuer}${pathOf(name)}`): Promise<void> {
    const metadata = { namespace: operatorNamespace, name }
    const present = await this.operator.secrets.get(metadata)
    if (present !== undefined)
      await this.operator.secrets.delete(metadata, { uid: present.metadata.uid ?? '' })
    const data = { value: Buffer.from(`${url}\n`).toString('base64') }
    await this.operator.secrets.create({ apiVersion: 'v1', kind: 'Secret', metadata, data })
  }

  async create(name: string, spec: Partial<ApproverGroupSpec>): Promise<void> {
    const source = spec.calendar && { calendar: { ...spec.calendar, secretRef: { name, key: 'value' } } }
    const created = await this.operator.groups.create({
      ...{ apiVersion, kind: 'ApproverGroup', metadata: { name } },
      spec: { ...spec, ...source } as ApproverGroupSpec,
    })
    assert.equal(created.kind, 'Applied', JSON.stringify(created))
  }

  async until(name: string, isReached: (group: ApproverGroup) => boolean): Promise<ApproverGroup> {
    let group: ApproverGroup | undefined
    await eventually(async () => {
      group = await this.operator.groups.get({ name })
      return group !== undefined && isReached(group)
    }, `what is waited for of group ${name}`)
    assert.ok(group !== undefined)
    return group
  }
}

export async function startGroupScene(): Promise<GroupScene> {
  return new GroupScene(await startOperator(), await startScriptedProvider())
}

function pathOf(name: string): string {
  return `/private/${secretPart}/${name}.ics`
}

export function isOnCall(wanted: string): (group: ApproverGroup) => boolean {
  return ({ status }) => status?.members?.map(({ name }) => name).join() === wanted
}
