import type { Pat } from '../pat.ts'
import { lagsBehind, mayHold, RACE } from './copies.ts'
import { isAlive } from './lifetimes.ts'
import { type SlotReading, standingOf } from './slot-standing.ts'
import { vaultMayHold } from './vault.ts'

/**
 * The PATs that nothing can hold any more and that are still alive: minted at least an hour before the live one, and held
 * by no copy, repository place or vault, while nothing is unfinished, no fallback is the newest, and no place lags.
 */
export function supersededPats(reading: SlotReading, now: number): readonly Pat[] {
  const { counted, live, delivered, unfinished } = standingOf(reading)
  if (live === undefined || unfinished.length > 0 || delivered?.state === 'fallback') return []
  if (reading.organizationPlaces?.some(({ writtenAt }) => lagsBehind(writtenAt, live.mintedAt)) === true) return []
  return counted
    .map(({ pat }) => pat)
    .filter((pat) => pat.mintedAt <= live.mintedAt - RACE && isAlive(pat, now))
    .filter((pat) => !reading.repositoryPlaces.some(({ writtenAt }) => mayHold(writtenAt, pat)))
    .filter((pat) => !vaultMayHold(reading.vault, pat))
}

/**
 * When superseded PATs may be revoked: the grace time after the youngest place was written. A job that was queued before
 * that write may still hold an older one. With a grace of 0: at once, whatever GitHub's clock says.
 * @returns milliseconds since 1970
 */
export function retiresAt(reading: SlotReading, graceMilliseconds: number): number {
  if (graceMilliseconds === 0) return -Infinity
  const places = [...(reading.organizationPlaces ?? []), ...reading.repositoryPlaces]
  const written = [...places, ...(reading.vault ? [reading.vault] : [])].flatMap(({ writtenAt }) =>
    writtenAt === undefined ? [] : [writtenAt],
  )
  // Where nothing was written, -Infinity.
  return Math.max(...written) + graceMilliseconds
}
