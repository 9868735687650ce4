import { Failure, plainWords } from '../errors.ts'
import {
  arrayIn,
  isObject,
  type JsonObject,
  objectIn,
  optionalString,
  stringIn,
  timeIn,
  UnexpectedShape,
} from '../json.ts'
import type { Pat } from '../pat.ts'
import type { Secrets } from '../secrets.ts'
import { mayPass, patErrorHint } from './pat-errors.ts'

/**
 * `PatToken` of the service as this action sees it. Names and scopes may be empty: the list shows PATs that other tools made.
 * @throws UnexpectedShape
 */
export function patIn(record: unknown, revoked: boolean): Pat {
  const token = objectIn(record, 'the PAT')
  return {
    authorizationId: stringIn(token.authorizationId, 'its authorizationId'),
    displayName: optionalString(token.displayName) ?? '',
    scopes: (optionalString(token.scope) ?? '').split(/\s+/).filter((scope) => scope !== ''),
    mintedAt: timeIn(token.validFrom, 'its validFrom'),
    expiresAt: timeIn(token.validTo, 'its validTo'),
    // null stands for every organization of the user.
    global: !Array.isArray(token.targetAccounts),
    revoked,
  }
}

/**
 * Whether a PAT that nobody can read may be left out: one that somebody else named.
 * @param why what it lacks: `its validTo is not a date`
 */
export type LeaveOut = (displayName: string, why: string) => boolean

/** @throws UnexpectedShape for what is no PAT, and for one that cannot be read and may not be left out */
export function patsIn(records: unknown, revoked: boolean, leaveOut: LeaveOut): readonly Pat[] {
  return arrayIn(records, 'patTokens').flatMap((record) => {
    const token = objectIn(record, 'the PAT')
    try {
      return [patIn(token, revoked)]
    } catch (error) {
      if (!(error instanceof UnexpectedShape)) throw error
      if (leaveOut(optionalString(token.displayName) ?? '', error.message)) return []
      throw error
    }
  })
}

/**
 * The `patToken` of a `PatTokenResult`. HTTP 200 says nothing yet: errors come with it, and without one there may still
 * be no PAT. A value in it is masked before anything else happens.
 * @throws Failure with a hint for that very `patTokenError`; UnexpectedShape where there is neither PAT nor error
 */
export function grantedIn(content: unknown, doing: string, secrets: Secrets): JsonObject {
  const result = objectIn(content, 'the answer')
  const token = result.patToken
  if (isObject(token) && typeof token.token === 'string') secrets.add(token.token)
  refusePatTokenError(result, doing, secrets)
  return objectIn(token, 'patToken')
}

/**
 * @throws Failure for every `patTokenError` but `none`: `refused`, or `unavailable` for one that may pass, and as after a 5xx
 * whoever asked has to look whether it happened; UnexpectedShape for one that is not even a string
 */
export function refusePatTokenError(result: JsonObject, doing: string, secrets: Secrets): void {
  const error = patTokenErrorIn(result)
  if (error === undefined) return
  const message = optionalString(result.patTokenErrorMessage)
  const passing = mayPass(error)
  throw new Failure({
    kind: passing ? 'unavailable' : 'refused',
    doing,
    said: secrets.redact(plainWords(secrets.redact(message === undefined ? error : `${error}: ${message}`))),
    hint: patErrorHint(error),
    // An error beside a PAT contradicts itself.
    fateUnknown: passing || isObject(result.patToken),
  })
}

/** The service writes `none`, too, in more than one case. */
function patTokenErrorIn({ patTokenError: error }: JsonObject): string | undefined {
  if (error === undefined || error === null || error === '') return undefined
  if (typeof error !== 'string') throw new UnexpectedShape('patTokenError', 'a string')
  return error.toLowerCase() === 'none' ? undefined : error
}
