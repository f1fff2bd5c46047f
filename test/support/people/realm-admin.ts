/** An administrator of the realm who changes who is in which group, by Keycloak's Admin API. */
import assert from 'node:assert/strict'
import type { serviceAccounts } from '../../../tools/keycloak/start.ts'

export type RealmAdmin = {
  userId(username: string): Promise<string>
  leave(username: string, path: string): Promise<void>
  join(username: string, path: string): Promise<void>
  setEnabled(username: string, to: 'Enabled' | 'Disabled'): Promise<void>
}

const clientId = 'test-admin' satisfies keyof typeof serviceAccounts

/** @param issuer of the realm */
export function realmAdmin(issuer: string): RealmAdmin {
  const admin = issuer.replace('/realms/', '/admin/realms/')

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: `of-${clientId}` }
    const url = `${issuer}/protocol/openid-connect/token`
    const granted = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${admin}${path}`, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    assert.ok(answer.ok, `${method} ${path}: HTTP ${answer.status}`)
    const text = await answer.text()
    return text === '' ? undefined : JSON.parse(text)
  }
  const userId = async (username: string): Promise<string> => {
    const [user] = (await call('GET', `/users?exact=true&username=${username}`)) as { id: string }[]
    return user?.id ?? ''
  }
  const membership = async (method: string, username: string, path: string): Promise<void> => {
    const { id } = (await call('GET', `/group-by-path${path}`)) as { id: string }
    await call(method, `/users/${await userId(username)}/groups/${id}`)
  }
  return {
    userId,
    leave: (username, path) => membership('DELETE', username, path),
    join: (username, path) => membership('PUT', username, path),
    setEnabled: async (username, to) => {
      await call('PUT', `/users/${await userId(username)}`, { enabled: to === 'Enabled' })
    },
  }
}
