import type { DeviceCodeCredentialOptions } from '@azure/identity'
import { MINUTE, SECOND } from '../clock.ts'
import { cancelled, Failure, messageOf, plainWords } from '../errors.ts'
import { AZURE_DEVOPS_RESOURCE, DEFAULT_AUTHORITY } from '../hosts.ts'
import { objectIn, stringIn } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { type Wire } from '../wire.ts'
import { EntraWatch } from './entra-watch.ts'
import type { App, Tokens } from './redeem-refresh-token.ts'

/** What the person in front of the log has to do. */
export interface DeviceCodePrompt {
  readonly address: string
  readonly code: string
  /** The service's own sentence with both, in its language. */
  readonly message: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface DeviceCodeRequest {
  readonly app: Pick<App, 'authority' | 'tenantId' | 'clientId'>
  readonly show: (prompt: DeviceCodePrompt) => void
  /** Milliseconds. The code itself lives for about 15 minutes. */
  readonly limit: number
  readonly secrets: Secrets
}

const doing = 'sign in as the bot with a device code'

/**
 * Lets a person sign in as the bot elsewhere, with a code shown here. The access token is masked before anything else
 * happens with it. There is no refresh token: policies block those that began with a device code sooner or later.
 * @throws Failure
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
export async function signInWithDeviceCode(wire: Wire, request: DeviceCodeRequest): Promise<Tokens> {
  const { DeviceCodeCredential } = await import('@azure/identity')
  const signal = AbortSignal.any([wire.cancel, wire.clock.deadline(request.limit)])
  const watch = new EntraWatch({ doing, authority: request.app.authority, signal, secrets: request.secrets })
  try {
    const credential = new DeviceCodeCredential(optionsOf(wire, request, watch))
    const getting = credential.getToken(`${AZURE_DEVOPS_RESOURCE}/.default`, { abortSignal: signal })
    const { token, expiresOnTimestamp } = await Promise.race([getting, rejectsWhenAborted(signal)])
    request.secrets.add(token)
    return { accessToken: token, refreshToken: undefined, expiresAt: expiresOnTimestamp }
  } catch (error) {
    if (wire.cancel.aborted) throw cancelled(doing, false, wire.cancel.reason)
    if (signal.aborted || messageOf(error).includes('device_code_expired')) throw tooLate(request.limit, error)
    // The library keeps the word `invalid_grant` and drops the codes: what the watch saw says more.
    throw watch.failure ?? unexpected(error, request.secrets)
  }
}

function optionsOf(wire: Wire, { app, show }: DeviceCodeRequest, watch: EntraWatch): DeviceCodeCredentialOptions {
  return {
    tenantId: app.tenantId,
    clientId: app.clientId,
    authorityHost: app.authority,
    // Else the library asks the public cloud whether it knows the other one.
    disableInstanceDiscovery: app.authority !== DEFAULT_AUTHORITY,
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: watch, position: 'perCall' }],
    userPromptCallback: (info) => {
      show(promptIn(info, wire.clock.now()))
    },
  }
}

/** The library promises three texts, of which none comes where the service leaves it out, and hands on `expiresIn` unpromised. */
function promptIn(info: unknown, now: number): DeviceCodePrompt {
  const { verificationUri, userCode, message, expiresIn } = objectIn(info, 'the device code')
  return {
    address: stringIn(verificationUri, 'its verification_uri'),
    code: stringIn(userCode, 'its user_code'),
    message: plainWords(stringIn(message, 'its message')),
    expiresAt: now + (typeof expiresIn === 'number' ? expiresIn * SECOND : 15 * MINUTE),
  }
}

function rejectsWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
    })
  })
}

function tooLate(limit: number, cause: unknown): Failure {
  return new Failure({
    kind: 'sign-in',
    doing,
    hint: `Nobody signed in with the code before it expired, or within ${Math.ceil(limit / MINUTE)} minutes. Run again and enter the code at once.`,
    cause,
  })
}

function unexpected(error: unknown, secrets: Secrets): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    said: messageOf(error, (text) => secrets.redact(text)),
    hint: 'Microsoft Entra ID, or a proxy on the way, answered with something unexpected. Check AZURE_AUTHORITY_HOST and the proxy, then run again.',
    cause: error,
  })
}
