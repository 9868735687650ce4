import { HOUR, MINUTE, momentInWords, SECOND } from '../../clock.ts'
import { READ_POINTS, WRITE_POINTS } from '../../github/connect.ts'
import type { Pat } from '../../pat.ts'
import type { Place, RepositoryHome, Store } from '../../place.ts'
import type { Run } from '../run.ts'
import type { Preflight } from './preflight.ts'

/** A PAT may be written for this long after it was minted: what a place holds is told by when it was written. */
const WRITING_TIME = 45 * MINUTE

/** No write of that PAT starts after this moment, milliseconds since 1970, whichever of the two clocks is ahead. */
export function writesEndAt({ journal }: Run, { mintedAt }: Pat): number {
  return Math.min(mintedAt, journal.mintedAt ?? Infinity) + WRITING_TIME
}

/** So many repositories each get a line in the log; of more only the progress is told, and each only in the debug log. */
const MOST_TOLD = 20

/** How often a sweep tells how far it is. */
const BETWEEN_LINES = 5 * SECOND

/** The places of one store of one repository: one look and one key serve them all. */
export interface Stop {
  readonly home: RepositoryHome
  readonly store: Store
  readonly places: readonly Place<RepositoryHome>[]
}

/** The places by repository and store, in the order given. */
export function stopsOf(places: readonly Place<RepositoryHome>[]): readonly Stop[] {
  const stops = new Map<string, Stop & { places: Place<RepositoryHome>[] }>()
  for (const place of places) {
    const { home, store } = place
    const key = `${home.repository} ${store}`
    const stop = stops.get(key)
    if (stop === undefined) stops.set(key, { home, store, places: [place] })
    else stop.places.push(place)
  }
  return [...stops.values()]
}

export function isSweep(count: number): boolean {
  return count > MOST_TOLD
}

export interface Progress {
  /** Tells of one place, in full where they are few. */
  readonly tell: (line: string) => void
  /** One more is through. */
  readonly step: () => void
}

/**
 * The progress of work on many things: every few seconds a line with how many, how fast, and how much longer.
 * @param what the things and the verb: `repositories looked at`
 */
export function progressOf({ clock, log }: Pick<Run, 'clock' | 'log'>, what: string, total: number): Progress {
  const began = clock.now()
  const many = isSweep(total)
  let done = 0
  let told = began
  return {
    tell: (line) => {
      if (many) log.debug(line)
      else log.info(line)
    },
    step: () => {
      done += 1
      const now = clock.now()
      if (!many || (now - told < BETWEEN_LINES && done < total)) return
      told = now
      const aMinute = (done * MINUTE) / Math.max(now - began, 1)
      const left = done === total ? '' : `; about ${inWords(((total - done) / aMinute) * MINUTE)} left`
      log.info(`${done} of ${total} ${what}, ${Math.round(aMinute)} a minute${left}.`)
    },
  }
}

/**
 * Warns of a sweep that will not fit: into the time in which a new PAT may be written, into the life of an App's token, or
 * into what is left of the hour's requests. To be called before it starts, best before anything is minted.
 */
export async function warnIfTooLong(
  run: Run,
  { began }: Pick<Preflight, 'began'>,
  places: readonly Place[],
): Promise<void> {
  if (!isSweep(places.length)) return
  const github = await run.services.github()
  const allowance = github.allowance()
  const stops = new Set(places.map(({ home, store }) => `${JSON.stringify(home)} ${store}`)).size
  const points = stops * READ_POINTS + places.length * WRITE_POINTS
  const atLimits = (points * MINUTE) / allowance.pointsAMinute
  const time = run.inputs.writePace === 'gentle' ? Math.max(atLimits, places.length * SECOND) : atLimits
  const now = run.clock.now()
  const requests = stops + places.length
  const reasons = [
    ...(time > WRITING_TIME ? ['no write may start more than 45 minutes after the PAT was minted'] : []),
    ...(allowance.livesAnHour && now + time > began + HOUR
      ? ['the installation token lives one hour at the most, and is older than this run']
      : []),
    ...(requests > allowance.requests
      ? [
          `it takes ${requests} requests, and this hour leaves ${allowance.requests} until ${momentInWords(allowance.resetsAt)}`,
        ]
      : []),
  ]
  const estimate = `Writing ${places.length} secrets of repositories takes about ${inWords(time)} at the pace that GitHub allows`
  if (reasons.length === 0) {
    run.log.info(`${estimate}.`)
    return
  }
  run.log.warning(
    `${estimate}, which does not fit: ${reasons.join('; ')}. The sweep stops there; what is written stays, and the next run delivers to the repositories that lag. To be through in one run, shard the repositories over jobs that each have a token and a pat-name of their own.`,
  )
}

function inWords(milliseconds: number): string {
  return milliseconds < 2 * MINUTE ? `${Math.ceil(milliseconds / SECOND)} s` : `${Math.ceil(milliseconds / MINUTE)} min`
}
