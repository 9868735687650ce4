import type { Failure } from '../../errors.ts'
import { GitHubFailure, isNoAccess } from '../../github/refusals.ts'
import { type Place, placeInWords, type PlaceReading, type RepositoryHome } from '../../place.ts'
import type { Run } from '../run.ts'
import { sideBySide } from './side-by-side.ts'
import { isSweep, progressOf, type Stop, stopsOf } from './sweep.ts'

export interface Copies {
  readonly copies: readonly PlaceReading<RepositoryHome>[]
  /** Repository places whose metadata GitHub refuses to show: what they hold cannot be told. */
  readonly unreadable: readonly Place<RepositoryHome>[]
  /** Those among them that the token is kept away from for good. */
  readonly unreached: ReadonlySet<Place<RepositoryHome>>
}

/**
 * Looks at every repository place, one request for a repository and store: the list of its secrets, since only a list
 * tells a secret that does not exist from one that the token cannot see. A copy that cannot be read must not stop the
 * organization's renewal; its repository may be written all the same.
 * @throws Failure for a credential that GitHub refuses, a limit, or a broken network: no answer about a copy
 */
export async function lookAtCopies(run: Run, places: readonly Place<RepositoryHome>[]): Promise<Copies> {
  const stops = stopsOf(places)
  const progress = progressOf(run, 'repositories looked at', stops.length)
  const github = await run.services.github()
  const reasons = new Map<string, number>()
  const readings = await sideBySide(stops, async (stop) => {
    if (isSweep(stops.length)) await github.room(1, 'look at the copies')
    const reading = await lookAt(run, stop)
    progress.step()
    if (!('failure' in reading)) return reading
    const { failure } = reading
    reasons.set(failure.refusal, (reasons.get(failure.refusal) ?? 0) + 1)
    for (const place of stop.places) tellUnreadable(run, place, failure, isSweep(stops.length))
    return { unreadable: stop.places, forGood: isNoAccess(failure) }
  })
  if (isSweep(stops.length)) tellReasons(run, reasons)
  return {
    copies: readings.flatMap((reading) => ('copies' in reading ? reading.copies : [])),
    unreadable: readings.flatMap((reading) => ('unreadable' in reading ? reading.unreadable : [])),
    unreached: new Set(
      readings.flatMap((reading) => ('forGood' in reading && reading.forGood ? reading.unreadable : [])),
    ),
  }
}

type Look = { readonly copies: readonly PlaceReading<RepositoryHome>[] } | { readonly failure: GitHubFailure }

async function lookAt(run: Run, { home, store, places }: Stop): Promise<Look> {
  const github = await run.services.github()
  try {
    const written = await github.secretsOf(home, store)
    return { copies: places.map((place) => ({ place, writtenAt: written.get(place.name.toUpperCase()) })) }
  } catch (error) {
    if (!(error instanceof GitHubFailure && (error.fallsBack || error.refusal === 'moved'))) throw error
    return { failure: error }
  }
}

function tellUnreadable(run: Run, place: Place, failure: Failure, many: boolean): void {
  const line = `Whether there is a copy ${placeInWords(place)} cannot be told, so no PAT is retired. ${failure.message}`
  if (many) run.log.debug(line)
  else run.log.warning(line)
}

function tellReasons(run: Run, reasons: ReadonlyMap<string, number>): void {
  if (reasons.size === 0) return
  const counted = [...reasons].map(([refusal, count]) => `${count} ${refusal}`).join(', ')
  run.log.warning(
    `What some repositories hold cannot be told, so no PAT is retired (${counted}). The debug log names each.`,
  )
}
