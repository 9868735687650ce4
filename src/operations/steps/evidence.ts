import type { Inputs } from '../../inputs.ts'
import type { Pat } from '../../pat.ts'
import { isReadByJobs, sameRepository } from '../../place.ts'
import { staleCopies } from '../../renewal/copies.ts'
import type { CurrentPat, Evidence } from '../../renewal/due.ts'
import { type SlotReading, standingOf } from '../../renewal/slot-standing.ts'
import type { Run } from '../run.ts'
import { type Preflight, slotReading } from './preflight.ts'

/** What the rules decide on, for a renewal and for a check alike. */
export function evidenceOf(run: Run, before: Preflight, cannotExtend: readonly Pat[]): Evidence {
  const reading = slotReading(run, before)
  const currentPat = saidOfTheSecret(run.inputs, reading, before.currentPat)
  return { reading, currentPat, now: run.clock.now(), cannotExtend }
}

/**
 * What the feed's answer about `current-pat` says of the organization secret. Where the repository running the step has a
 * copy, its jobs see the copy: accepted, it says nothing of the organization secret; refused, it makes the renewal due,
 * unless the copy is stale and only to be reported, since then every run would renew and none would mend it.
 */
function saidOfTheSecret(inputs: Inputs, reading: SlotReading, currentPat: CurrentPat): CurrentPat {
  const { target, thisRepository } = inputs
  if (target === 'repositories') return currentPat
  const own = reading.repositoryPlaces.filter(
    ({ place, writtenAt }) =>
      writtenAt !== undefined && sameRepository(place.home.repository, thisRepository) && isReadByJobs(place),
  )
  if (own.length === 0) return currentPat
  const onlyReported = inputs.staleCopies === 'report' && staleCopies(inputs, own, standingOf(reading).live).length > 0
  return currentPat === 'refused' && !onlyReported ? 'refused' : 'not-given'
}
