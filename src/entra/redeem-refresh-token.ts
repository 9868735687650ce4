import { SECOND } from '../clock.ts'
import { Failure } from '../errors.ts'
import { AZURE_DEVOPS_RESOURCE } from '../hosts.ts'
import { isObject, type JsonObject, optionalString, parseJson } from '../json.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, retryAfterOf, send, type Wire } from '../wire.ts'
import { signInFailure } from './sign-in-failure.ts'

/** The app registration the bot signs in through. */
export interface App {
  /** `https://login.microsoftonline.com`, or that of a sovereign cloud. */
  readonly authority: string
  readonly tenantId: string
  readonly clientId: string
  /** The app's own proof, for one that is no public client. Asked afresh for every try: GitHub's live for five minutes. */
  readonly assertion?: (() => Promise<string>) | undefined
}

export interface Tokens {
  readonly accessToken: string
  /** The next refresh token; the one redeemed may go on working, or not. */
  readonly refreshToken: string | undefined
  /** Milliseconds since 1970, of the access token. */
  readonly expiresAt: number
}

const doing = "redeem the bot's refresh token"
const TIMEOUT = 30 * SECOND

/**
 * Trades the bot's refresh token for an access token for Azure DevOps and the next refresh token. Both are masked before
 * anything else happens with them. Not through @azure/identity, which has no such credential, nor MSAL, which hides the
 * next refresh token.
 * @throws Failure; {@link refusesThisRefreshToken} tells whether an older refresh token is worth a try
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#refresh-the-access-token
 */
export async function redeemRefreshToken(
  wire: Wire,
  app: App,
  refreshToken: string,
  secrets: Secrets,
): Promise<Tokens> {
  secrets.add(refreshToken)
  return withRetries(wire, async () => {
    const form = await formOf(app, refreshToken, secrets)
    const askedAt = wire.clock.now()
    const answer = await send(wire, {
      doing,
      service: 'Microsoft Entra ID',
      url: `${app.authority.replace(/\/+$/, '')}/${encodeURIComponent(app.tenantId)}/oauth2/v2.0/token`,
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      timeout: TIMEOUT,
    })
    const body = parseJson(answer.text)
    if (answer.status !== 200) throw refused(answer, body, secrets, wire)
    return tokensIn(body, askedAt, secrets)
  })
}

async function formOf(app: App, refreshToken: string, secrets: Secrets): Promise<URLSearchParams> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: app.clientId,
    // Without offline_access there is no next refresh token.
    scope: `${AZURE_DEVOPS_RESOURCE}/.default offline_access`,
    refresh_token: refreshToken,
  })
  if (app.assertion === undefined) return form
  const assertion = await app.assertion()
  secrets.add(assertion)
  form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  form.set('client_assertion', assertion)
  return form
}

function refused({ status, headers, text }: Answer, body: unknown, secrets: Secrets, { clock }: Wire): Failure {
  const retryAfter = retryAfterOf(headers, clock)
  return signInFailure({ doing, status, body: body ?? text, secrets, retryAfter })
}

/** The life counts from before the request, so that it never ends later than it really does. */
function tokensIn(body: unknown, askedAt: number, secrets: Secrets): Tokens {
  const answer: JsonObject = isObject(body) ? body : {}
  const accessToken = optionalString(answer.access_token)
  const refreshToken = optionalString(answer.refresh_token)
  for (const token of [accessToken, refreshToken]) if (token !== undefined) secrets.add(token)
  // Some endpoints write the number as a string.
  const seconds = Number(answer.expires_in)
  if (accessToken === undefined || !(seconds > 0)) throw unreadable()
  return { accessToken, refreshToken, expiresAt: askedAt + seconds * SECOND }
}

function unreadable(): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    status: 200,
    hint: 'Microsoft Entra ID, or a proxy on the way, answered with success but without an access token and its life. Check AZURE_AUTHORITY_HOST and the proxy, then run again.',
  })
}
