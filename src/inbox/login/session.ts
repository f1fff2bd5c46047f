/** Who is logged in, kept in a sealed cookie: the inbox itself remembers nobody. */
import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { LoggedInPerson, LoginTransaction } from '../../core/ports/login.ts'
import type { CookieSealer } from '../../core/ports/sealing.ts'

/** A logged-in person, and the token that protects the forms of this session. */
export type Session = {
  readonly person: LoggedInPerson
  /** Must come back with every form. */
  readonly formToken: string
}

/** A login that was begun, and the path of ours to go to afterwards. */
export type BegunLogin = {
  readonly transaction: LoginTransaction
  readonly returnTo: string
  /** How the person was to be authenticated; any way, if absent. */
  readonly acrValues?: readonly string[]
}

/** Reads and writes the two cookies of the inbox. */
export type Sessions = {
  /** Undefined where nobody is logged in. */
  read(context: Context): Promise<Session | undefined>
  /** For 15 minutes. */
  start(context: Context, person: LoggedInPerson): Promise<void>
  /** For 10 minutes. */
  rememberLogin(context: Context, login: BegunLogin): Promise<void>
  /** Valid for one callback. */
  takeLogin(context: Context): Promise<BegunLogin | undefined>
}

const sessionLifeSeconds = 15 * 60
const loginLifeSeconds = 10 * 60
const sessionCookie = 'countersign-session'
const loginCookie = 'countersign-login'

/** Sessions in sealed cookies, with the `__Host-` prefix where the inbox is served over https. */
export function createSessions(cookies: CookieSealer, publicUrl: URL): Sessions {
  const isSecure = publicUrl.protocol === 'https:'
  // `__Host-` (RFC 6265bis §4.1.3.2): set by this host alone, over TLS, for every path.
  const prefix = isSecure ? ({ prefix: 'host' } as const) : {}

  async function open(context: Context, name: string): Promise<unknown> {
    const sealed = isSecure ? getCookie(context, name, 'host') : getCookie(context, name)
    return sealed === undefined ? undefined : cookies.open(name, sealed)
  }

  async function set(context: Context, name: string, { payload, life }: Kept): Promise<void> {
    const sealed = await cookies.seal(name, payload, life)
    setCookie(context, name, sealed, {
      ...prefix,
      httpOnly: true,
      sameSite: 'Lax',
      secure: isSecure,
      path: '/',
      maxAge: life,
    })
  }

  return {
    // The casts are earned by the seal: only `start` and `rememberLogin` make what opens here.
    read: async (context) => (await open(context, sessionCookie)) as Session | undefined,
    start: (context, person) =>
      set(context, sessionCookie, {
        payload: { person, formToken: randomBytes(32).toString('base64url') } satisfies Session,
        life: sessionLifeSeconds,
      }),
    rememberLogin: (context, login) => set(context, loginCookie, { payload: login, life: loginLifeSeconds }),
    async takeLogin(context) {
      const login = (await open(context, loginCookie)) as BegunLogin | undefined
      deleteCookie(context, loginCookie, { ...prefix, path: '/', secure: isSecure })
      return login
    },
  }
}

type Kept = { readonly payload: unknown; readonly life: number }
