import { DAY, HOUR, MINUTE } from '../clock.ts'
import type { Pat } from '../pat.ts'

/** How long before its end a PAT is due: `renew-before-days`, or a third of the life it was granted where that is shorter. */
export function renewalMargin(pat: Pat, renewBeforeDays: number): number {
  return Math.min(renewBeforeDays * DAY, (pat.expiresAt - pat.mintedAt) / 3)
}

/** When the PAT is due for renewal, milliseconds since 1970. */
export function renewsAt(pat: Pat, renewBeforeDays: number): number {
  return pat.expiresAt - renewalMargin(pat, renewBeforeDays)
}

export function isNearEnd(pat: Pat, renewBeforeDays: number, now: number): boolean {
  return now >= renewsAt(pat, renewBeforeDays)
}

export function isAlive(pat: Pat, now: number): boolean {
  return !pat.revoked && pat.expiresAt > now
}

/** Azure DevOps rounds: an end that moved by less did not move. */
export const ROUNDING = MINUTE

/**
 * Whether the end of the PAT can move forward under a policy that grants a PAT so long a life, counted from its mint. Where it
 * cannot, asking would cut the end to what the policy grants, be that in the past.
 * @param longestLife milliseconds
 */
export function hasRoom(pat: Pat, longestLife: number): boolean {
  return pat.mintedAt + longestLife > pat.expiresAt + ROUNDING
}

const SHORT_OF_HEALTHY = 12 * HOUR

/**
 * How far to move the end of a PAT after a failed delivery: builds keep working while people read the failure, yet the
 * next run still finds it due (half a day short of not due) and tries again. Never earlier than it ends already.
 */
export function endAfterFailure(pat: Pat, renewBeforeDays: number, now: number): number {
  return Math.max(pat.expiresAt, Math.floor(now + renewalMargin(pat, renewBeforeDays) - SHORT_OF_HEALTHY))
}
