import { momentInWords } from '../../clock.ts'
import { isReadByJobs, placeInWords, type PlaceReading, sameRepository } from '../../place.ts'
import { mayHold, RACE } from '../../renewal/copies.ts'
import { isAlive } from '../../renewal/lifetimes.ts'
import { standingOf } from '../../renewal/slot-standing.ts'
import type { Run } from '../run.ts'
import { type Preflight, slotReading } from './preflight.ts'

/**
 * Warns where the feed refuses `current-pat`, and yet every place that could give it to this job was written with the live
 * PAT: the job probably gets another secret of that name, which no renewal writes, so that the next run will find the same.
 * Not in the first hour of a PAT: a job that was queued before still has the one before it.
 */
export function warnOfAnotherSecret(run: Run, before: Preflight): void {
  if (before.currentPat !== 'refused') return
  const { inputs, log } = run
  const reading = slotReading(run, before)
  const { live, delivered } = standingOf(reading)
  const now = run.clock.now()
  if (live === undefined || live !== delivered?.pat || !isAlive(live, now) || live.mintedAt > now - RACE) return
  const own = reading.repositoryPlaces.filter(({ place }) =>
    sameRepository(place.home.repository, inputs.thisRepository),
  )
  const copies = inputs.target === 'repositories' ? reading.repositoryPlaces : own.filter(({ writtenAt }) => writtenAt)
  const places: readonly PlaceReading[] = [...(reading.organizationPlaces ?? []), ...copies].filter(({ place }) =>
    isReadByJobs(place),
  )
  const [first] = places
  if (first === undefined || !places.every(({ writtenAt }) => mayHold(writtenAt, live))) return
  log.warning(
    `The feed refuses current-pat, though ${placeInWords(first.place)} was written with the live PAT, which lasts until ${momentInWords(live.expiresAt)}: this job probably gets another secret of that name, ${own.length > 0 ? ENVIRONMENT : `${inputs.thisRepository}'s own or ${ENVIRONMENT}`}. ` +
      `No renewal writes that one, so that the next run will find the same and renew again. Delete it${own.length > 0 ? '' : ', or name the repository in `repositories`, if it is its own'}.`,
  )
}

const ENVIRONMENT = 'that of an environment which the job names'
