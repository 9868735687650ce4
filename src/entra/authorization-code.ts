import { createHash, randomBytes } from 'node:crypto'
import { MINUTE } from '../clock.ts'
import { cancelled, Failure } from '../errors.ts'
import { AZURE_DEVOPS_RESOURCE } from '../hosts.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import type { Wire } from '../wire.ts'
import { signInFailure } from './sign-in-failure.ts'
import { type App, askForTokens, endpointOf, type Tokens } from './token-endpoint.ts'

/** A listener on this machine's loopback address, to which the browser comes back from Microsoft Entra ID. */
export interface Loopback {
  /** `http://localhost:{port}`, as it is registered without the port. */
  readonly address: string
  /**
   * The query of the first request that carries this `state`; others are turned away.
   * @throws what the signal was aborted with
   */
  readonly answer: (state: string, signal: AbortSignal) => Promise<URLSearchParams>
}

export interface AuthorizationCodeRequest {
  readonly app: Omit<App, 'assertion'>
  readonly loopback: Loopback
  readonly show: (prompt: { readonly address: string }) => void
  /** Who is to sign in: the page offers that account. */
  readonly user: string | undefined
  /** Milliseconds. */
  readonly limit: number
  readonly secrets: Secrets
}

const doing = 'sign in as the bot in the browser'
const SCOPE = `${AZURE_DEVOPS_RESOURCE}/.default offline_access`

/**
 * Lets a person sign in as the bot with a browser of this machine: the authorization code comes back to the loopback
 * address, bound to this run by `state` and PKCE. The code and the tokens are masked before anything else happens with them.
 * @throws Failure
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export async function signInByAuthorizationCode(wire: Wire, request: AuthorizationCodeRequest): Promise<Tokens> {
  const { app, loopback, show, secrets } = request
  const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(48).toString('base64url')]
  secrets.add(verifier)
  show({ address: addressOf(request, state, verifier) })
  const answer = await answerTo(wire, request, state)
  const code = answer.get('code') ?? ''
  secrets.add(code)
  if (code === '') throw refusedBy(answer, secrets)
  return withRetries(wire, () =>
    askForTokens(
      wire,
      { doing, app, secrets },
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: loopback.address,
        code_verifier: verifier,
        scope: SCOPE,
      },
    ),
  )
}

function addressOf({ app, loopback, user }: AuthorizationCodeRequest, state: string, verifier: string): string {
  const query = new URLSearchParams({
    client_id: app.clientId,
    response_type: 'code',
    redirect_uri: loopback.address,
    response_mode: 'query',
    scope: SCOPE,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    // Whoever is signed in in that browser is rarely the bot.
    prompt: 'select_account',
    ...(user === undefined ? {} : { login_hint: user }),
  })
  return `${endpointOf(app, 'authorize')}?${query.toString()}`
}

async function answerTo(
  { clock, cancel }: Wire,
  { loopback, limit }: AuthorizationCodeRequest,
  state: string,
): Promise<URLSearchParams> {
  const signal = AbortSignal.any([cancel, clock.deadline(limit)])
  try {
    return await loopback.answer(state, signal)
  } catch (error) {
    if (cancel.aborted) throw cancelled(doing, false, cancel.reason)
    if (!signal.aborted) throw error
    throw new Failure({
      kind: 'sign-in',
      doing,
      hint: `Nobody came back from the sign-in page within ${Math.ceil(limit / MINUTE)} minutes. Run again.`,
      cause: error,
    })
  }
}

function refusedBy(answer: URLSearchParams, secrets: Secrets): Failure {
  const [error, description] = [answer.get('error') ?? undefined, answer.get('error_description') ?? undefined]
  return signInFailure({ doing, status: 400, body: { error, error_description: description }, secrets })
}
