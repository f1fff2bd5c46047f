import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createExperiences } from '../../../../src/controllers/identity-provider/experiences.ts'
import type { Experience } from '../../../../src/core/ports/experience.ts'
import { aProvider } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const bot = 'agent-release-bot'
const refusal = { clientID: bot, error: 'invalid_client', refusedAt: at(0), secretResourceVersion: '7' }
const provider = { ...aProvider(), status: { refusedClients: [refusal] } }
const refused = (change: Partial<Extract<Experience, { kind: 'Refused' }>>): Experience => ({
  ...{ kind: 'Refused', error: 'invalid_client', secretResourceVersion: '7', ...change },
})

for (const [what, experience, isNews] of [
  ['the refusal that its status has', refused({}), false],
  ['the same one in other words', refused({ description: 'Client is disabled' }), false],
  ['a refusal of another Secret', refused({ secretResourceVersion: '8' }), true],
  ['another error', refused({ error: 'unauthorized_client' }), true],
] as const)
  test(`of a refused client, ${what} is ${isNews ? '' : 'no '}news`, () => {
    const experiences = createExperiences({ get: () => provider, list: () => [provider] })
    const woken: string[] = []
    experiences.onNews((name) => woken.push(name))
    experiences.tell('company', bot, experience)
    assert.deepEqual(woken, isNews ? ['company'] : [])
  })
