import type { Inputs } from '../../inputs.ts'
import { sameRepository } from '../../place.ts'
import { staleCopies } from '../../renewal/copies.ts'
import type { CurrentPat } from '../../renewal/due.ts'
import { type SlotReading, standingOf } from '../../renewal/slot-standing.ts'

/**
 * What the feed's answer about `current-pat` says of the organization secret. Where the repository running the step has a
 * copy, its jobs see the copy: accepted, it says nothing of the organization secret; refused, it makes the renewal due,
 * unless the copy is stale and only to be reported, since then every run would renew and none would mend it.
 */
export function saidOfTheSecret(
  { target, thisRepository, secretName, staleCopies: policy }: Inputs,
  reading: SlotReading,
  currentPat: CurrentPat,
): CurrentPat {
  if (target === 'repositories') return currentPat
  const own = reading.repositoryPlaces.filter(
    ({ place, writtenAt }) =>
      writtenAt !== undefined &&
      sameRepository(place.home.repository, thisRepository) &&
      place.store === 'actions' &&
      place.name === secretName,
  )
  if (own.length === 0) return currentPat
  const onlyReported = policy === 'report' && staleCopies(own, standingOf(reading).live).length > 0
  return currentPat === 'refused' && !onlyReported ? 'refused' : 'not-given'
}
