import { MINUTE, SECOND } from '../clock.ts'
import { Failure } from '../errors.ts'
import { AZURE_DEVOPS_RESOURCE } from '../hosts.ts'
import { isObject, optionalString } from '../json.ts'
import { isTransient, sleepUnlessCancelled, withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import type { Wire } from '../wire.ts'
import { EntraFailure } from './sign-in-failure.ts'
import { type App, askForTokens, type EntraQuestion, post, type Tokens, unreadable } from './token-endpoint.ts'

/** What the person in front of the log has to do. */
export interface DeviceCodePrompt {
  readonly address: string
  readonly code: string
}

export interface DeviceCodeRequest {
  readonly app: App
  readonly show: (prompt: DeviceCodePrompt) => void
  /** Whether a refresh token is wanted too. */
  readonly refreshToken: boolean
  /** Milliseconds. The code itself lives for about 15 minutes. */
  readonly limit: number
  readonly secrets: Secrets
}

interface DeviceCode extends DeviceCodePrompt {
  /** Whoever holds it gets the tokens once the person has signed in. */
  readonly deviceCode: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Milliseconds between two questions. */
  readonly interval: number
}

const doing = 'sign in as the bot with a device code'

/**
 * Lets a person sign in as the bot elsewhere, with a code shown here. The device code, which is worth the tokens, and the
 * tokens are masked before anything else happens with them. Not through @azure/identity, which hides the refresh token.
 * @throws Failure
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
export async function signInWithDeviceCode(wire: Wire, request: DeviceCodeRequest): Promise<Tokens> {
  const { app, secrets, show, limit } = request
  const question = { doing, app, secrets }
  const scope = `${AZURE_DEVOPS_RESOURCE}/.default${request.refreshToken ? ' offline_access' : ''}`
  const askedAt = wire.clock.now()
  const body = await withRetries(wire, () => post(wire, question, 'devicecode', { scope }))
  const code = deviceCodeIn(body, askedAt, secrets)
  show({ address: code.address, code: code.code })
  return poll(wire, question, { ...code, expiresAt: Math.min(code.expiresAt, askedAt + limit) })
}

function deviceCodeIn(body: unknown, askedAt: number, secrets: Secrets): DeviceCode {
  const answer = isObject(body) ? body : {}
  const deviceCode = optionalString(answer.device_code)
  if (deviceCode !== undefined) secrets.add(deviceCode)
  const address = optionalString(answer.verification_uri)
  const code = optionalString(answer.user_code)
  if (deviceCode === undefined || address === undefined || code === undefined) throw unreadable(doing, 'a device code')
  const life = secondsIn(answer.expires_in) ?? 15 * MINUTE
  return {
    deviceCode,
    address,
    code,
    expiresAt: askedAt + life,
    interval: secondsIn(answer.interval) ?? 5 * SECOND,
  }
}

function secondsIn(value: unknown): number | undefined {
  const seconds = value === undefined || value === null ? NaN : Number(value)
  return seconds >= 0 ? seconds * SECOND : undefined
}

/**
 * Asks until the person is done or the code expires.
 * https://www.rfc-editor.org/rfc/rfc8628#section-3.5
 */
async function poll(
  wire: Wire,
  question: EntraQuestion,
  { deviceCode, expiresAt, interval }: DeviceCode,
): Promise<Tokens> {
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode }
  let trouble: Failure | undefined
  for (let wait = interval; ;) {
    await sleepUnlessCancelled(wire, Math.max(0, Math.min(wait, expiresAt - wire.clock.now())), { doing })
    if (wire.clock.now() >= expiresAt) throw trouble ?? tooLate()
    try {
      return await askForTokens(wire, question, grant)
    } catch (error) {
      trouble = passing(error)
      wait = nextWait(error, wait)
      if (trouble !== undefined) wire.onWait(trouble, wait)
    }
  }
}

/** A fault that passes ends nothing: the person may be typing the code meanwhile. */
function passing(error: unknown): Failure | undefined {
  const limited = error instanceof Failure && error.kind === 'rate-limited' && !says(error, 'slow_down')
  return limited || isTransient(error) ? error : undefined
}

/** @throws the error, where it is the end of this sign-in */
function nextWait(error: unknown, wait: number): number {
  if (says(error, 'authorization_pending')) return wait
  if (says(error, 'slow_down')) return wait + 5 * SECOND
  const trouble = passing(error)
  if (trouble !== undefined) return Math.max(2 * wait, trouble.retryAfter ?? SECOND)
  if (says(error, 'expired_token', 'code_expired')) throw tooLate(error)
  if (says(error, 'authorization_declined', 'access_denied')) throw ended(DECLINED, error)
  if (says(error, 'bad_verification_code')) throw ended(GONE, error)
  throw error
}

function says(error: unknown, ...words: readonly string[]): boolean {
  return error instanceof EntraFailure && error.error !== undefined && words.includes(error.error)
}

const DECLINED = 'Whoever opened the page declined the sign-in. Run again, and sign in as the bot.'
const GONE =
  'Microsoft Entra ID no longer knows the device code: it was used already, as when an answer is lost on the way. Run again.'

function tooLate(cause?: unknown): Failure {
  return ended(
    'Nobody signed in with the code before it expired. Run again and enter the code at once: it lives for about 15 minutes.',
    cause,
  )
}

function ended(hint: string, cause: unknown): Failure {
  const said = cause instanceof Failure ? cause.said : undefined
  return new Failure({ kind: 'sign-in', doing, said, hint, cause })
}
