/**
 * GET and POST /interaction/:uid: the login that oidc-provider sends people to. The uid in the path must be the one in the
 * browser's own cookie (SameSite=Lax), so nobody can be logged in by another site's form.
 */
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { loginPage, sendPage } from './login-page.ts'
import type { Passwords } from './passwords.ts'
import { readBody } from './request-body.ts'

type Interaction = InstanceType<Provider['Interaction']>

const problems = {
  Wrong: 'The username or the password is wrong.',
  Blocked: 'Too many wrong passwords. Wait a minute and try again.',
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
  if (ctx.method !== 'POST') {
    await showForm(ctx, interaction, { username: '', problem: undefined })
    return
  }
  const form = new URLSearchParams((await readBody(ctx.req)) ?? '')
  const username = form.get('username') ?? ''
  const check = passwords.check(username, form.get('password') ?? '')
  if (check !== 'Right') {
    ctx.status = 403
    await showForm(ctx, interaction, { username, problem: problems[check] })
    return
  }
  const login = { accountId: username, amr: ['pwd'], remember: false }
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }))
  ctx.status = 303
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

type Shown = { readonly username: string; readonly problem: string | undefined }

async function showForm(ctx: KoaContextWithOIDC, interaction: Interaction, shown: Shown): Promise<void> {
  const redirectUri = interaction.params.redirect_uri
  const client = typeof redirectUri === 'string' ? new URL(redirectUri).origin : ''
  await sendPage(ctx, loginPage({ action: ctx.path, ...shown }), client)
}
