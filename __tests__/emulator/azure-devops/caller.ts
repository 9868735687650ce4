import { AZURE_DEVOPS } from '../entra/issue.ts'
import type { AccessToken } from '../entra/model.ts'
import type { AzureDevOps, Pat } from './azure-devops.ts'
import type { Feed, FeedRole } from './feed.ts'

/** Who sends a request, as far as the credential shows. */
export type Caller =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'refused'
      readonly credential: 'bearer' | 'basic'
      readonly why: 'unknown' | 'expired' | 'tenant' | 'stranger'
      readonly oid?: string
    }
  | { readonly kind: 'user' | 'application'; readonly token: AccessToken }
  | { readonly kind: 'pat'; readonly pat: Pat }

const DAY = 24 * 60 * 60 * 1000
/** A PAT must be used within that time of its making. */
const FIRST_USE = 90 * DAY
/** Global PATs stop on that day, whatever their end. */
const END_OF_GLOBAL_PATS = Date.UTC(2026, 11, 1)

const PACKAGING = ['vso.packaging', 'vso.packaging_write', 'vso.packaging_manage', 'app_token']
const WRITES = ['vso.packaging_write', 'vso.packaging_manage', 'app_token']

export function callerOf(ado: AzureDevOps, authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: 'nobody' }
  const [scheme = '', value = ''] = authorization.split(/ +/, 2)
  if (scheme.toLowerCase() === 'bearer') return byAccessToken(ado, value, 'bearer')
  if (scheme.toLowerCase() !== 'basic') return { kind: 'refused', credential: 'bearer', why: 'unknown' }
  const pair = Buffer.from(value, 'base64').toString()
  // Any user name, none at all too; the password is what counts.
  const password = pair.slice(pair.indexOf(':') + 1)
  const pat = ado.patOf(password)
  return pat === undefined ? byAccessToken(ado, password, 'basic') : byPat(ado, pat)
}

function byAccessToken(ado: AzureDevOps, value: string, credential: 'bearer' | 'basic'): Caller {
  const token = ado.entra.accessTokens.find((candidate) => candidate.value === value)
  if (token?.audience !== AZURE_DEVOPS) return { kind: 'refused', credential, why: 'unknown' }
  if (ado.now() >= token.expiresAt) return { kind: 'refused', credential, why: 'expired' }
  if (token.tenant !== ado.tenant) return { kind: 'refused', credential, why: 'tenant', oid: token.oid }
  if (ado.strangers.includes(token.oid)) return { kind: 'refused', credential, why: 'stranger', oid: token.oid }
  if (ado.user.disabled && token.oid === ado.entra.user.oid) return { kind: 'refused', credential, why: 'unknown' }
  return { kind: token.kind, token }
}

function byPat(ado: AzureDevOps, pat: Pat): Caller {
  const now = ado.now()
  const unknown: Caller = { kind: 'refused', credential: 'basic', why: 'unknown' }
  if (pat.revoked && now >= pat.revokedAt + ado.behaviour.revocationLagSeconds * 1000) return unknown
  if (now >= pat.validTo) return { kind: 'refused', credential: 'basic', why: 'expired' }
  if (now < pat.usableFrom) return unknown
  if (ado.user.disabled && pat.owner === ado.entra.user.oid) return unknown
  if (!pat.used && now >= pat.validFrom + FIRST_USE) return unknown
  if (pat.targetAccounts === null && (now >= END_OF_GLOBAL_PATS || ado.policies.creation !== 'anybody')) return unknown
  return { kind: 'pat', pat }
}

export function roleOn(feed: Feed, caller: Caller): FeedRole {
  if (caller.kind === 'pat') return feed.roles[caller.pat.owner] ?? 'none'
  return caller.kind === 'user' || caller.kind === 'application' ? (feed.roles[caller.token.oid] ?? 'none') : 'none'
}

/** Conditional access looks at PATs too, where the organization checks it on flows without a person. */
export function isBlocked(ado: AzureDevOps, caller: Caller): boolean {
  return caller.kind === 'pat' && ado.user.conditionalAccessBlocksPats && caller.pat.owner === ado.entra.user.oid
}

export function hasPackagingScope(caller: Caller, writes = false): boolean {
  if (caller.kind === 'application') return true
  const accepted = writes ? WRITES : PACKAGING
  if (caller.kind === 'user')
    return caller.token.scopes.some((scope) => scope === 'user_impersonation' || accepted.includes(scope))
  return caller.kind === 'pat' && caller.pat.scope.split(' ').some((scope) => accepted.includes(scope))
}

/** Whether this caller, on their own merits, may read the feed. */
export function mayRead(ado: AzureDevOps, caller: Caller, feed: Feed): boolean {
  return hasPackagingScope(caller) && !isBlocked(ado, caller) && roleOn(feed, caller) !== 'none'
}
