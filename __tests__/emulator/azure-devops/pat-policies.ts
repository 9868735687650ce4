import type { Policies } from './azure-devops.ts'

const DAY = 24 * 60 * 60 * 1000
/** What a caller's clock may be ahead when it asks for a whole year. */
const SLACK = 15 * 60 * 1000

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  agentpools: ['', '_manage'],
  analytics: [''],
  auditlog: [''],
  build: ['', '_execute'],
  code: ['', '_write', '_manage', '_full', '_status'],
  drop: ['', '_write', '_manage'],
  graph: ['', '_manage'],
  identity: ['', '_manage'],
  packaging: ['', '_write', '_manage'],
  pats: ['', '_manage'],
  profile: ['', '_write'],
  project: ['', '_write', '_manage'],
  release: ['', '_execute', '_manage'],
  tokenadministration: [''],
  tokens: [''],
  work: ['', '_write', '_full'],
}
const SCOPES = Object.entries(FAMILIES).flatMap(([name, suffixes]) => suffixes.map((suffix) => `vso.${name}${suffix}`))

export function refuseScope(policies: Policies, scope: string): string | undefined {
  const scopes = scope.split(' ').filter(Boolean)
  if (scopes.length === 0 || !scopes.every((name) => name === 'app_token' || SCOPES.includes(name)))
    return 'invalidScope'
  return policies.restrictFullScope && scopes.includes('app_token') ? 'fullScopePatPolicyViolation' : undefined
}

export function refuseCreation(policies: Policies, scope: string, allOrgs: boolean): string | undefined {
  if (allOrgs && policies.restrictGlobal) return 'globalPATCreationBlocked'
  if (policies.creation === 'nobody') return 'disablePatCreationPolicyViolation'
  // One more scope beside it, and it is no packaging PAT any more.
  const packaging = ['vso.packaging', 'vso.packaging_write'].includes(scope.trim())
  return policies.creation === 'packaging-only' && !packaging ? 'disablePatCreationPolicyViolation' : undefined
}

/** The end that is granted, silently cut to what the policy allows from `created` on; or the error. */
export function within(policies: Policies, validTo: number, created: number, now: number): number | string {
  const year = new Date(now)
  year.setUTCFullYear(year.getUTCFullYear() + 1)
  if (validTo <= now || validTo > year.getTime()) return 'invalidValidTo'
  if (policies.maximumLifespanDays === undefined) return validTo
  const latest = created + policies.maximumLifespanDays * DAY
  if (validTo <= latest) return validTo
  return policies.lifespanRefuses && validTo > latest + SLACK ? 'patLifespanPolicyViolation' : latest
}
