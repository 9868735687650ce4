import { DAY, HOUR, MINUTE } from '../clock.ts'
import type { Pat } from '../pat.ts'
import type { PlaceReading, RepositoryHome } from '../place.ts'

/** The clocks of Azure DevOps, GitHub and the runner differ. */
export const CLOCK_TOLERANCE = 15 * MINUTE

/** Runs that race, and the longest delivery, lie within this time: what was written later was not written by the mint's run. */
export const RACE = HOUR

/** A PAT is this old before a place that it could not be brought to makes the renewal due: such a place must not mint every day. */
export const PATIENCE = 3 * DAY

/** Whether a place written then may hold this PAT. */
export function mayHold(writtenAt: number | undefined, pat: Pat): boolean {
  return writtenAt !== undefined && writtenAt >= pat.mintedAt - CLOCK_TOLERANCE && writtenAt <= pat.mintedAt + RACE
}

/** Whether a place is missing, or was last written before this PAT was minted. */
export function lagsBehind(writtenAt: number | undefined, mintedAt: number): boolean {
  return writtenAt === undefined || writtenAt < mintedAt - CLOCK_TOLERANCE
}

/**
 * Copies that hide the organization secret from their repository and die with the PAT they hold. With `target: repositories`
 * each is a place of its own, and hides nothing.
 */
export function staleCopies(
  { target }: { readonly target: 'organization' | 'repositories' },
  copies: readonly PlaceReading<RepositoryHome>[],
  live: Pat | undefined,
): readonly PlaceReading<RepositoryHome>[] {
  if (target === 'repositories' || live === undefined) return []
  return copies.filter(({ writtenAt }) => writtenAt !== undefined && lagsBehind(writtenAt, live.mintedAt))
}

/** The day a stale copy stops working: the earliest end of the PATs it may hold. Undefined where none is known. */
export function copyEndsAt(copy: PlaceReading<RepositoryHome>, pats: readonly Pat[]): number | undefined {
  const ends = pats.filter((pat) => mayHold(copy.writtenAt, pat)).map((pat) => pat.expiresAt)
  return ends.length === 0 ? undefined : Math.min(...ends)
}
