import { isMoment, isObject, type JsonObject, optionalString, parseJson } from '../json.ts'
import { SECOND } from '../clock.ts'

/** What an access token says of itself. Nothing here is verified: Azure DevOps does that. */
export interface Claims {
  /** A service principal or managed identity: these cannot own PATs. */
  readonly application: boolean
  /** The user principal name. */
  readonly userName: string | undefined
  readonly tenantId: string | undefined
  readonly audience: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined
}

/**
 * The claims of an access token; undefined where it cannot be read, which is no error: its form is the service's affair.
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function claimsOf(accessToken: string): Claims | undefined {
  const payload = accessToken.split('.')[1]
  const claims = payload === undefined ? undefined : parseJson(Buffer.from(payload, 'base64url').toString('utf8'))
  if (!isObject(claims)) return undefined
  const { exp } = claims
  return {
    application: isApplication(claims),
    userName: userNameIn(claims),
    tenantId: optionalString(claims.tid),
    audience: optionalString(claims.aud),
    expiresAt: typeof exp === 'number' && isMoment(exp * SECOND) ? exp * SECOND : undefined,
  }
}

function userNameIn(claims: JsonObject): string | undefined {
  return optionalString(claims.upn) ?? optionalString(claims.unique_name) ?? optionalString(claims.preferred_username)
}

/** `idtyp` is an optional claim. Without it, an application has no delegated scopes, no name, and is its own subject. */
function isApplication(claims: JsonObject): boolean {
  if (claims.idtyp !== undefined) return claims.idtyp === 'app'
  if (claims.scp !== undefined || userNameIn(claims) !== undefined) return false
  return optionalString(claims.oid) !== undefined && claims.oid === claims.sub
}
