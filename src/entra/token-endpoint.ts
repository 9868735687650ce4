import { SECOND } from '../clock.ts'
import { Failure } from '../errors.ts'
import { isObject, type JsonObject, optionalString, parseJson } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { retryAfterOf, send, type Wire } from '../wire.ts'
import { signInFailure } from './sign-in-failure.ts'

/** The app's own proof. Asked afresh for every try: GitHub's live for five minutes. */
export type Assertion = () => Promise<string>

/** The app registration that signs in, or that the bot signs in through. */
export interface App {
  /** `https://login.microsoftonline.com`, or that of a sovereign cloud. */
  readonly authority: string
  readonly tenantId: string
  readonly clientId: string
  /** Undefined for a public client. */
  readonly assertion?: Assertion | undefined
}

export interface Tokens {
  readonly accessToken: string
  /** The next refresh token, where one was asked for; the one redeemed may go on working, or not. */
  readonly refreshToken: string | undefined
  /** Milliseconds since 1970, of the access token. */
  readonly expiresAt: number
}

/** One question to an OAuth endpoint of the app's tenant. */
export interface EntraQuestion {
  /** The end of "Could not …". */
  readonly doing: string
  readonly app: App
  readonly secrets: Secrets
}

const TIMEOUT = 30 * SECOND

/**
 * Asks the token endpoint once. The tokens are masked before anything else happens with them.
 * @throws Failure; an EntraFailure where Microsoft Entra ID refuses
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export async function askForTokens(
  wire: Wire,
  question: EntraQuestion,
  grant: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const askedAt = wire.clock.now()
  const body = await post(wire, question, 'token', grant)
  return tokensIn(body, askedAt, question)
}

/**
 * Posts a form to an OAuth endpoint, with the app's own proof where it has one.
 * @returns the answer's JSON, which holds secrets that are not masked yet
 * @throws Failure
 */
export async function post(
  wire: Wire,
  { doing, app, secrets }: EntraQuestion,
  endpoint: 'token' | 'devicecode',
  fields: Readonly<Record<string, string>>,
): Promise<unknown> {
  const proof = app.assertion === undefined ? {} : await proving(app.assertion, secrets)
  const form = new URLSearchParams({ ...fields, client_id: app.clientId, ...proof })
  const { status, headers, text } = await send(wire, {
    doing,
    service: 'Microsoft Entra ID',
    url: endpointOf(app, endpoint),
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    timeout: TIMEOUT,
  })
  const body = parseJson(text)
  if (status === 200) return body
  throw signInFailure({ doing, status, body: body ?? text, secrets, retryAfter: retryAfterOf(headers, wire.clock) })
}

export function endpointOf({ authority, tenantId }: App, endpoint: 'token' | 'devicecode' | 'authorize'): string {
  return `${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/${endpoint}`
}

async function proving(assertion: Assertion, secrets: Secrets): Promise<Readonly<Record<string, string>>> {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await maskedProof(assertion, secrets),
  }
}

/** The app's proof, masked before anything else happens with it. */
export async function maskedProof(assertion: Assertion, secrets: Secrets): Promise<string> {
  const proof = await assertion()
  secrets.add(proof)
  return proof
}

/** The life counts from before the request, so that it never ends later than it really does. */
function tokensIn(body: unknown, askedAt: number, { doing, secrets }: EntraQuestion): Tokens {
  const answer: JsonObject = isObject(body) ? body : {}
  const accessToken = optionalString(answer.access_token)
  const refreshToken = optionalString(answer.refresh_token)
  for (const token of [accessToken, refreshToken]) if (token !== undefined) secrets.add(token)
  // Some endpoints write the number as a string.
  const seconds = Number(answer.expires_in)
  if (accessToken === undefined || !(seconds > 0)) throw unreadable(doing, 'an access token and its life')
  return { accessToken, refreshToken, expiresAt: askedAt + seconds * SECOND }
}

/** A success without what it should hold. The answer is not quoted: it may hold tokens. */
export function unreadable(doing: string, without: string): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    status: 200,
    hint: `Microsoft Entra ID, or a proxy on the way, answered with success but without ${without}. Check AZURE_AUTHORITY_HOST and the proxy, then run again.`,
  })
}
