import nock from 'nock'
import type { App } from '../../src/entra/token-endpoint.ts'
import { Failure } from '../../src/errors.ts'
import { onlyNock } from '../only-nock.ts'
import { Secrets } from '../../src/secrets.ts'

// Importing nock patches the network of the whole worker, so every file that gets it from here gives it back.
onlyNock()

export const TENANT = '11111111-2222-3333-4444-555555555555'
export const REFRESH_TOKEN = 'refresh-token-before'
export const ACCESS_TOKEN = 'access-token-granted'
export const ROLLED = 'refresh-token-rolled'

export const app: App = {
  authority: 'https://login.microsoftonline.com',
  tenantId: TENANT,
  clientId: 'client-of-the-bot',
}

export const granted = {
  token_type: 'Bearer',
  scope: '499b84ac-1321-427f-aa17-267ca6975798/user_impersonation',
  expires_in: 3600,
  access_token: ACCESS_TOKEN,
  refresh_token: ROLLED,
} as const

/** One token request, answered so. */
export function onToken(status: number, body: nock.Body = '', headers: nock.ReplyHeaders = {}): nock.Scope {
  return nock('https://login.microsoftonline.com')
    .post(`/${TENANT}/oauth2/v2.0/token`)
    .query(true)
    .reply(status, body, headers)
}

/** A refusal as Microsoft Entra ID writes it. */
export function refusal(code: number, error = 'invalid_grant'): Record<string, unknown> {
  return {
    error,
    error_description: `AADSTS${code}: Something is wrong.\r\nTrace ID: 1\r\nTimestamp: 2026-11-21 08:00:00Z`,
    error_codes: [code],
    timestamp: '2026-11-21 08:00:00Z',
    trace_id: '1',
    correlation_id: '2',
  }
}

export function secretsMaskedInto(masked: string[]): Secrets {
  return new Secrets((value) => masked.push(value))
}

/** The Failure that the promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing failed')
}

export function jwt(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`
}
