import { Failure, type FailureDetails, type FailureKind, plainWords } from '../errors.ts'
import { isObject, type JsonObject, optionalString, parseJson } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import type { Clock } from '../clock.ts'
import { type Answer, retryAfterOf } from '../wire.ts'

/** The vault refused, with its own code: `Forbidden`, `SecretNotFound` … */
export class KeyVaultFailure extends Failure {
  readonly code: string | undefined

  constructor(details: FailureDetails & { readonly code: string | undefined }) {
    super(details)
    this.name = 'KeyVaultFailure'
    this.code = details.code
  }
}

export interface Refused {
  readonly doing: string
  readonly answer: Answer
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
}

/**
 * What a refusal of the vault means.
 * https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
 */
export function refused({ doing, answer, secrets, clock }: Refused): KeyVaultFailure {
  const { status, headers, text } = answer
  const body = parseJson(text)
  const error: JsonObject = isObject(body) && isObject(body.error) ? body.error : {}
  const inner = isObject(error.innererror) ? optionalString(error.innererror.code) : undefined
  const words = optionalString(error.message)
  return new KeyVaultFailure({
    kind: kindOf(status),
    doing,
    status,
    said: words === undefined ? undefined : plainWords(secrets.redact(words)),
    hint: hintFor(status, inner),
    retryAfter: retryAfterOf(headers, clock),
    fateUnknown: status >= 500,
    code: optionalString(error.code),
  })
}

function kindOf(status: number): FailureKind {
  if (status === 429) return 'rate-limited'
  return status === 408 || status >= 500 ? 'unavailable' : 'refused'
}

const ROLE =
  'Give the identity that reads the vault the role Key Vault Secrets Officer on it (with access policies: Get and Set of secrets).'

/** https://learn.microsoft.com/azure/key-vault/general/common-error-codes */
const hints: Readonly<Record<string, string>> = {
  ForbiddenByRbac: `${ROLE} A role takes some minutes to count.`,
  ForbiddenByPolicy: ROLE,
  AccessDenied: ROLE,
  ForbiddenByFirewall:
    "The firewall of the vault keeps the runner out: let its addresses in (GitHub's own runners have no fixed ones), or use a runner in the network of the vault.",
  ForbiddenByConnection:
    'The vault is closed to public networks: use a runner in its network, which reaches it by its private endpoint.',
  SecretDisabled: 'Its newest version is disabled: enable it, or write a new version.',
  ObjectIsDeletedButRecoverable:
    'A secret of that name was deleted, and keeps its name for as long as the vault keeps what is deleted: recover it (`az keyvault secret recover`), purge it, or give another name.',
  ObjectIsBeingDeleted: 'It is just being deleted or recovered. Run again in some minutes.',
  ObjectIsBeingRecovered: 'It is just being deleted or recovered. Run again in some minutes.',
}

function hintFor(status: number, inner: string | undefined): string {
  const known = inner === undefined ? undefined : hints[inner]
  if (known !== undefined) return known
  if (status === 401)
    return 'The vault does not take the access token. It trusts one tenant alone: check that azure-tenant-id is the tenant of the subscription of the vault, and key-vault-url.'
  if (status === 403) return ROLE
  if (status === 404) return 'Check key-vault-url and the names of the vault secrets.'
  if (status === 429) return 'The vault is asked too much at present. Run again later.'
  if (status >= 500 || status === 408)
    return 'Azure Key Vault is in trouble (https://azure.status.microsoft). Run again later.'
  return 'That is no answer of a vault to a request of this kind. Check key-vault-url and the proxy.'
}
