import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postForm } from '../../../../src/oidc/ciba/form-post.ts'
import { clientAuthentication } from '../../../../src/oidc/client/authentication.ts'
import { createClientKeys } from '../../../../src/oidc/client/key.ts'
import { manualClock } from '../../../support/fakes/clocks/clock.ts'

const issuer = 'https://sso.example'
const metadata = {
  issuer,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  backchannel_authentication_endpoint: `${issuer}/bc`,
}

type Method = 'client_secret_basic' | 'client_secret_post'
type Sent = { readonly body: string; readonly password: string }

/** What is quoted of an error of a provider that quotes the secret itself. */
async function quoteOf(
  secret: string,
  method: Method,
  spell: (sent: Sent) => string,
): Promise<string | undefined> {
  const clock = manualClock()
  const credential = { kind: 'SharedSecret', clientID: 'bot', method, secret } as const
  const authentication = await clientAuthentication(credential, {
    clientKeys: createClientKeys(clock),
    clock,
  })
  assert.ok(authentication.kind === 'Known')
  const reply = await postForm(
    { metadata, clientID: 'bot', authenticate: authentication.authenticate },
    {
      url: metadata.token_endpoint,
      parameters: new URLSearchParams(),
      timeoutSeconds: 1,
      fetch: (_url, { headers, body }) => {
        const basic = new Headers(headers).get('authorization')?.slice('Basic '.length) ?? ''
        const [, password = ''] = Buffer.from(basic, 'base64').toString().split(':')
        const spelling = spell({ body: String(body).split('client_secret=')[1] ?? '', password })
        const error = { error: 'invalid_client', error_description: `it is ${spelling}, and wrong` }
        return Promise.resolve(Response.json(error, { status: 401 }))
      },
    },
  )
  return reply.kind === 'Answered' ? reply.answer.sentence : undefined
}

const lowerCase = (text: string): string =>
  text.replaceAll(/%[\dA-F]{2}/g, (escaped) => escaped.toLowerCase())
const redacted = 'it is ..., and wrong'

for (const character of [' ', ...`+ % & = : / ? # @ ; , $ - _ . ! ~ * ' ( ) é €`.split(' ')]) {
  const secret = `ab${character}cd${character}ef`
  const name = JSON.stringify(character)

  test(`a secret with ${name} is never quoted, however Basic was read`, async () => {
    for (const spell of [
      () => secret,
      ({ password }: Sent) => password,
      ({ password }: Sent) => lowerCase(password),
      ({ password }: Sent) => decodeURIComponent(password),
      () => encodeURIComponent(secret),
      () => lowerCase(encodeURIComponent(secret)),
    ])
      assert.equal(await quoteOf(secret, 'client_secret_basic', spell), redacted)
  })

  test(`a secret with ${name} is never quoted, however the form was read`, async () => {
    for (const spell of [
      () => secret,
      ({ body }: Sent) => body,
      ({ body }: Sent) => lowerCase(body),
      ({ body }: Sent) => decodeURIComponent(body),
      () => encodeURIComponent(secret),
    ])
      assert.equal(await quoteOf(secret, 'client_secret_post', spell), redacted)
  })
}
