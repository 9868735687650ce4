import { Failure, type FailureDetails, type FailureKind, plainWords } from '../errors.ts'
import { isObject, optionalString } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { type Meaning, meaningOf, type Remedy } from './aadsts.ts'

/** Microsoft Entra ID refused, with its own codes. */
export class EntraFailure extends Failure {
  /** OAuth's word, `invalid_grant` for a refresh token that is not taken. */
  readonly error: string | undefined
  /** The numbers after AADSTS. */
  readonly codes: readonly number[]
  /** Who has to act; undefined where no code is known. */
  readonly remedy: Remedy | undefined

  constructor(details: FailureDetails & Pick<EntraFailure, 'error' | 'codes' | 'remedy'>) {
    super(details)
    this.name = 'EntraFailure'
    this.error = details.error
    this.codes = details.codes
    this.remedy = details.remedy
  }
}

export interface Refused {
  readonly doing: string
  readonly status: number
  /** The answer: parsed JSON, or text. */
  readonly body: unknown
  readonly secrets: Secrets
  /** Milliseconds. */
  readonly retryAfter?: number | undefined
}

/**
 * What a refusal of Microsoft Entra ID means: `unavailable` and `rate-limited` pass by themselves, anything else is
 * `sign-in` and says who must do what.
 */
export function signInFailure({ doing, status, body, secrets, retryAfter }: Refused): EntraFailure {
  const answer = isObject(body) ? body : {}
  const description = optionalString(answer.error_description)
  const error = optionalString(answer.error)
  const codes = codesIn(answer.error_codes, description)
  const meaning = codes.map(meaningOf).find((one) => one !== undefined)
  const words = description ?? error ?? optionalString(body)
  return new EntraFailure({
    kind: kindOf(status, error, meaning),
    doing,
    status,
    said: words === undefined ? undefined : secrets.redact(plainWords(secrets.redact(words))),
    hint: meaning?.hint ?? unknownHint(status, codes),
    retryAfter,
    error,
    codes,
    remedy: meaning?.remedy,
  })
}

/** A refresh token that is refused as such: an older one may still be good. */
export function refusesThisRefreshToken(failure: unknown): failure is EntraFailure {
  return failure instanceof EntraFailure && failure.kind === 'sign-in' && failure.error === 'invalid_grant'
}

/** Descriptions are not for parsing, says Microsoft; but proxies and older endpoints leave `error_codes` out. */
function codesIn(listed: unknown, description: string | undefined): readonly number[] {
  const codes = Array.isArray(listed) ? listed.map(Number).filter(Number.isSafeInteger) : []
  if (codes.length > 0) return codes
  return [...(description ?? '').matchAll(/AADSTS(\d+)/g)].map(([, digits]) => Number(digits))
}

function kindOf(status: number, error: string | undefined, meaning: Meaning | undefined): FailureKind {
  if (meaning !== undefined && meaning.remedy !== 'transient') return 'sign-in'
  if (status === 429) return 'rate-limited'
  const passing = error === 'temporarily_unavailable' || error === 'server_error'
  if (meaning !== undefined || passing || status === 408 || status >= 500) return 'unavailable'
  return 'sign-in'
}

function unknownHint(status: number, [code]: readonly number[]): string {
  if (code !== undefined) {
    return `Look AADSTS${code} up at https://login.microsoftonline.com/error?code=${code}; the sign-in log of the bot in the Microsoft Entra admin center shows more.`
  }
  if (status === 429 || status >= 500) return 'Microsoft Entra ID is in trouble or asked too much. Run again later.'
  return 'That is no answer of Microsoft Entra ID as documented. Check azure-tenant-id, AZURE_AUTHORITY_HOST and the proxy.'
}
