import type { SecretClient } from '@azure/keyvault-secrets'
import { clientOver } from '../azure-client.ts'
import { SECOND } from '../clock.ts'
import { Failure, type FailureKind, messageOf } from '../errors.ts'
import { isObject, parseJson } from '../json.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, isSuccess, type Wire } from '../wire.ts'
import { refused } from './refusals.ts'

/** What the vault's challenge asks an access token for. */
export interface TokenWanted {
  readonly scopes: readonly string[]
  /** The tenant that the vault trusts. */
  readonly tenantId: string | undefined
  /** What continuous access evaluation wants of a new token. */
  readonly claims: string | undefined
}

export interface VaultToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface Connection {
  readonly wire: Wire
  /** `https://NAME.vault.azure.net` */
  readonly url: string
  readonly token: (wanted: TokenWanted) => Promise<VaultToken>
  readonly secrets: Secrets
}

const TIMEOUT = 30 * SECOND

/** The version that this code was written against; another one must be asked for on purpose. */
const API_VERSION = '2025-07-01'

/**
 * Does one thing with Azure's own client, by the one retry rule. A client of its own each time, so that what went wrong is
 * known of this very request; that the vault is asked who it trusts each time costs one request.
 * @throws Failure
 */
export async function withClient<T>(
  { wire, url, token, secrets }: Connection,
  doing: string,
  work: (client: SecretClient) => Promise<T>,
  notAfter = Infinity,
): Promise<T> {
  const { SecretClient } = await import('@azure/keyvault-secrets')
  const attempt = async (): Promise<T> => {
    if (wire.clock.now() > notAfter) throw tooLate(doing)
    let notTaken: Failure | undefined
    let meaning: FailureKind = 'refused'
    const sending = { doing, service: 'Azure Key Vault', timeout: TIMEOUT }
    const httpClient = await clientOver(wire, sending, (answer, request) => {
      if (isSuccess(answer.status)) {
        receive(answer, doing, secrets)
        meaning = 'unreadable'
        return
      }
      const refusal = refused({ doing, answer, secrets, clock: wire.clock })
      if (answer.status !== 401) throw refusal
      // The first request bears no token, to hear whom the vault trusts; the library answers that by itself.
      notTaken = request.headers.has('authorization') ? refusal : undefined
    })
    const credential = {
      getToken: async (scopes: string | string[], { tenantId, claims }: TokenOptions = {}) => {
        const wanted = { scopes: [scopes].flat(), tenantId, claims }
        const { token: value, expiresAt } = await token(wanted)
        return { token: value, expiresOnTimestamp: expiresAt }
      },
    }
    const options = { httpClient, serviceVersion: API_VERSION, retryOptions: { maxRetries: 0 } } as const
    try {
      return await work(new SecretClient(url, credential, options))
    } catch (error) {
      if (error instanceof Failure) throw error
      throw notTaken ?? unexpected(meaning, doing, error, secrets)
    }
  }
  return withRetries(wire, attempt, { notAfter })
}

interface TokenOptions {
  readonly tenantId?: string
  readonly claims?: string
}

/** Masks a secret the moment it comes, and keeps from the library what it would quote because it is no JSON. */
function receive({ status, text }: Answer, doing: string, secrets: Secrets): void {
  const body = parseJson(text)
  if (isObject(body) && typeof body.value === 'string') secrets.add(body.value)
  if (isObject(body) && typeof body.id === 'string') return
  throw new Failure({ kind: 'unreadable', doing, status, hint: ODD })
}

function tooLate(doing: string): Failure {
  return new Failure({
    kind: 'incomplete',
    doing,
    hint: 'The PAT was minted too long ago to be written now: what a place holds is told by when it was written. The next run mints anew.',
  })
}

const ODD =
  'That is no answer of Azure Key Vault: something on the way, such as a proxy, may have answered instead. Check key-vault-url and the proxy.'

/** The library's own: a challenge for another kind of service, or an answer in another shape. */
function unexpected(kind: FailureKind, doing: string, error: unknown, secrets: Secrets): Failure {
  const said = messageOf(error, (text) => secrets.redact(text))
  return new Failure({ kind, doing, said, hint: ODD, cause: error })
}
