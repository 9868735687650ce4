import { createHash } from 'node:crypto'
import type { WireAnswer } from '../wire.ts'
import { entraError } from './errors.ts'
import { random, type Application, type AuthorizationCode, type Entra } from './model.ts'

/** An authorization code lives for ten minutes. */
const LIFETIME = 600_000

/**
 * GET /{tenant}/oauth2/v2.0/authorize, with the person signing in at once: a redirect to where the app wants it. What is
 * wrong with the app or its redirect URI is shown on the page, and sent to nobody.
 */
export function authorize(entra: Entra, query: URLSearchParams): WireAnswer {
  const now = entra.now()
  const application = entra.applications.find(({ clientId }) => clientId === query.get('client_id'))
  if (application === undefined) return page(entraError(700016, now))
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!isRegistered(application, redirectUri)) return page(entraError(50011, now))
  const back = (fields: Readonly<Record<string, string>>): WireAnswer => {
    const to = new URL(redirectUri)
    to.search = new URLSearchParams({
      ...fields,
      state: query.get('state') ?? '',
      session_state: random(36),
    }).toString()
    return { status: 302, headers: { location: to.href } }
  }
  if (query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256')
    return back({ error: 'invalid_request', error_description: 'AADSTS900144: PKCE with S256 is expected here.' })
  if (entra.authorizing !== 'success') {
    const { error = '', error_description = '' } = entraError(entra.authorizing, now).body as Record<string, string>
    return back({ error, error_description })
  }
  const code: AuthorizationCode = {
    value: `1.${random(80)}.${random(700)}`,
    clientId: application.clientId,
    redirectUri,
    challenge: query.get('code_challenge') ?? '',
    scope: query.get('scope') ?? '',
    user: entra.user,
    expiresAt: now + LIFETIME,
    redeemed: false,
  }
  entra.authorizationCodes.push(code)
  return back({ code: code.value })
}

/** The code that the form redeems, or the AADSTS code of what is wrong with it. */
export function redeemable(entra: Entra, application: Application, form: URLSearchParams): AuthorizationCode | number {
  const code = entra.authorizationCodes.find(({ value }) => value === form.get('code'))
  if (code?.clientId !== application.clientId) return 70000
  if (code.redeemed) return 54005
  if (entra.now() >= code.expiresAt) return 70008
  if (form.get('redirect_uri') !== code.redirectUri) return 50011
  const verifier = form.get('code_verifier') ?? ''
  if (createHash('sha256').update(verifier).digest('base64url') !== code.challenge) return 50148
  return code
}

/** Entra ignores the port of http://localhost, and of nothing else. */
function isRegistered({ redirectUris }: Application, asked: string): boolean {
  if (!URL.canParse(asked)) return false
  const { protocol, hostname, pathname, origin } = new URL(asked)
  const loopback = protocol === 'http:' && hostname === 'localhost'
  const base = loopback ? `http://localhost${pathname === '/' ? '' : pathname}` : `${origin}${pathname}`
  return redirectUris.includes(base)
}

function page(answer: WireAnswer): WireAnswer {
  const { error_description = '' } = answer.body as Record<string, string>
  return {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: `<!DOCTYPE html><title>Sign in to your account</title>${error_description}`,
  }
}
