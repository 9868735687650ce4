import nock from 'nock'
import { connectAzureDevOps, type AzureDevOps } from '../../src/azure-devops/connect.ts'
import { Failure } from '../../src/errors.ts'
import type { Pat } from '../../src/pat.ts'
import { Secrets } from '../../src/secrets.ts'
import { onlyNock } from '../only-nock.ts'
import { type TestWire, testWire } from '../wire.ts'

// Importing nock patches the network of the whole worker, so every file that gets it from here gives it back.
onlyNock()

export const ACCESS_TOKEN = 'access-token-of-the-bot'
export const VALUE = `${'x'.repeat(76)}AZDO1234`
export const PATS = '/hmcts/_apis/tokens/pats'
export const VERSION = '7.1-preview.1'

export interface SentRequest {
  readonly url: string
  readonly init: RequestInit
}

export interface Bot {
  readonly azureDevOps: AzureDevOps
  readonly wire: TestWire
  readonly secrets: Secrets
  /** Every value that was masked, in order. */
  readonly masked: string[]
  /** Every request as it went to fetch. */
  readonly sent: SentRequest[]
}

/** The bot in organization `hmcts`, on virtual time; nock answers. */
export function bot(
  overrides: Parameters<typeof testWire>[0] & { organization?: string; accessToken?: string } = {},
): Bot {
  const sent: SentRequest[] = []
  const masked: string[] = []
  const wire = testWire({
    fetch: (url, init) => {
      sent.push({ url, init })
      return globalThis.fetch(url, init)
    },
    ...overrides,
  })
  const secrets = new Secrets((value) => masked.push(value))
  const { organization = 'hmcts', accessToken = ACCESS_TOKEN } = overrides
  return { azureDevOps: connectAzureDevOps(wire, { organization, accessToken, secrets }), wire, secrets, masked, sent }
}

export function vssps(): nock.Scope {
  return nock('https://vssps.dev.azure.com')
}

/** One POST to mint, answered so. */
export function onMint(status: number, body: nock.Body = '', headers: nock.ReplyHeaders = {}): nock.Scope {
  return vssps().post(PATS).query(true).reply(status, body, headers)
}

/** A PAT as Azure DevOps writes it. */
export function record(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    authorizationId: '4ab5764f-4193-4f1d-b995-64144880b7d7',
    displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z pending',
    scope: 'vso.packaging_write',
    targetAccounts: ['38aaa865-2c70-4bf7-a308-0c6539c38c1a'],
    token: null,
    validFrom: '2026-11-21T08:00:01.5233333Z',
    validTo: '2026-12-21T08:00:00.42Z',
    ...overrides,
  }
}

/** The PAT of {@link record} as the action sees it. */
export function pat(overrides: Partial<Pat> = {}): Pat {
  return {
    authorizationId: '4ab5764f-4193-4f1d-b995-64144880b7d7',
    displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z pending',
    scopes: ['vso.packaging_write'],
    mintedAt: Date.parse('2026-11-21T08:00:01.523Z'),
    expiresAt: Date.parse('2026-12-21T08:00:00.420Z'),
    global: false,
    revoked: false,
    ...overrides,
  }
}

export const wanted = {
  displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z pending',
  scopes: ['vso.packaging_write'],
  expiresAt: Date.parse('2026-12-21T08:00:00.417Z'),
} as const

export const SIGN_IN_PAGE =
  '<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>'
export const HTML = { 'content-type': 'text/html; charset=utf-8' }

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

/** The JSON of a request's body. */
export function bodyOf(request: SentRequest | undefined): unknown {
  const body = request?.init.body
  if (typeof body !== 'string') throw new Error('no text was sent')
  return JSON.parse(body)
}
