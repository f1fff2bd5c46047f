/**
 * GET and POST /interaction/:uid: the login that oidc-provider sends people to. The uid in the path must be the one in the
 * browser's own cookie (SameSite=Lax), so nobody can be logged in by another site's form.
 */
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { loginPage, sendPage } from './login-page.ts'
import type { LoginForm } from './login-page.ts'
import { anyLogin, twoFactors } from './passwords.ts'
import type { Passwords } from './passwords.ts'
import { readBody } from './request-body.ts'

type Interaction = InstanceType<Provider['Interaction']>

const problems = {
  Wrong: 'The username or the password is wrong.',
  WrongOrCode: 'The username, the password or the code is wrong. A code can be used once.',
  Blocked: 'Too many wrong tries. Wait a minute and try again.',
} as const

/**
 * Shows the login form, or checks what was submitted: a right password redirects back to the client, a wrong one shows the
 * form with status 403.
 */
export async function interact(
  ctx: KoaContextWithOIDC,
  provider: Provider,
  passwords: Passwords,
): Promise<void> {
  const interaction = await ownInteraction(ctx, provider)
  if (interaction === undefined) {
    ctx.throw(400, 'this login is not known in this browser, or took too long')
    return
  }
  const wantsCode = isWanted(twoFactors, interaction.params)
  if (ctx.method !== 'POST') {
    await showForm(ctx, interaction, { username: '', problem: undefined, wantsCode })
    return
  }
  const form = new URLSearchParams((await readBody(ctx.req)) ?? '')
  const username = form.get('username') ?? ''
  const code = wantsCode ? (form.get('code') ?? '').replaceAll(' ', '') : ''
  const checked = passwords.check({ username, password: form.get('password') ?? '', code })
  if (checked.kind !== 'Right') {
    ctx.status = 403
    const problem = problems[checked.kind === 'Wrong' && wantsCode ? 'WrongOrCode' : checked.kind]
    await showForm(ctx, interaction, { username, problem, wantsCode })
    return
  }
  const { amr } = checked.login
  const acr = amr.includes('otp') ? twoFactors : anyLogin
  const login = {
    ...{ accountId: username, amr: [...amr], remember: false },
    ...(isWanted(acr, interaction.params) && { acr }),
  }
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }))
  ctx.status = 303
}

/** Whether a request asks for this acr: OpenID Connect Core §3.1.2.1; by CIBA the same (CIBA Core §7.1). */
export function isWanted(acr: string, { acr_values: wanted }: Readonly<Record<string, unknown>>): boolean {
  return typeof wanted === 'string' && wanted.split(' ').includes(acr)
}

async function ownInteraction(ctx: KoaContextWithOIDC, provider: Provider): Promise<Interaction | undefined> {
  try {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res)
    return ctx.path.endsWith(`/${interaction.uid}`) ? interaction : undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined
    throw error
  }
}

type Shown = Pick<LoginForm, 'username' | 'problem' | 'wantsCode'>

async function showForm(ctx: KoaContextWithOIDC, interaction: Interaction, shown: Shown): Promise<void> {
  const redirectUri = interaction.params.redirect_uri
  const client = typeof redirectUri === 'string' ? new URL(redirectUri).origin : ''
  await sendPage(ctx, loginPage({ action: ctx.path, ...shown }), client)
}
