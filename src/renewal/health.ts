import { momentInWords } from '../clock.ts'
import type { Pat } from '../pat.ts'
import { decide, type Evidence, type Rules } from './due.ts'
import { type SlotStanding, standingOf } from './slot-standing.ts'

/** How the slot stands, worst first: builds have no PAT, theirs has ended, it is to be renewed now, all is well. */
export type HealthState = 'missing' | 'expired' | 'due' | 'healthy'

export interface Health {
  readonly state: HealthState
  /** One line for people. */
  readonly reason: string
}

/** All existing global PATs stop on that day, whatever their end. https://learn.microsoft.com/azure/devops/organizations/accounts/manage-pats-with-policies-for-administrators */
export const END_OF_GLOBAL_PATS = Date.UTC(2026, 11, 1)

/** How the slot stands, by the rules of renewal without `force`. Pure. */
export function healthOf(rules: Rules, evidence: Evidence): Health {
  const standing = standingOf(evidence.reading)
  const pat = patInUse(standing)
  if (pat === undefined) return { state: 'missing', reason: missingInWords(standing, evidence) }
  if (worksUntil(pat) <= evidence.now) return { state: 'expired', reason: `the live PAT ${endedInWords(pat)}` }
  const { fallbackStands, delivered } = standing
  if (fallbackStands && delivered !== undefined && worksUntil(delivered.pat) <= evidence.now)
    return { state: 'expired', reason: `the fallback PAT, which \`repositories\` hold, ${endedInWords(delivered.pat)}` }
  const decision = decide({ ...rules, force: false }, evidence)
  return { state: decision.due ? 'due' : 'healthy', reason: decision.reason }
}

/** The live PAT; where a fallback stands and there never was one, the fallback's. */
function patInUse({ live, fallbackStands, delivered }: SlotStanding): Pat | undefined {
  return live ?? (fallbackStands ? delivered?.pat : undefined)
}

function worksUntil(pat: Pat): number {
  return pat.global ? Math.min(pat.expiresAt, END_OF_GLOBAL_PATS) : pat.expiresAt
}

function endedInWords(pat: Pat): string {
  const global = worksUntil(pat) < pat.expiresAt
  return `"${pat.displayName}" ended ${momentInWords(worksUntil(pat))}${global ? ', with all global PATs' : ''}`
}

function missingInWords({ unfinished }: SlotStanding, { currentPat }: Evidence): string {
  const rest = [
    ...(unfinished.length > 0 ? ['an earlier run stopped between minting and delivering one'] : []),
    ...(currentPat === 'accepted' ? ['what the secret holds now works, but this action did not mint it'] : []),
  ]
  return ['there is no live PAT of this slot', ...rest].join('; ')
}
