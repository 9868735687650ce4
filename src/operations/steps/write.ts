import { MINUTE } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import { GitHubFailure } from '../../github/refusals.ts'
import type { MintedPat } from '../../pat.ts'
import { type OrganizationHome, type Place, placeInWords, type RepositoryHome } from '../../place.ts'
import type { Run, SealingMeans } from '../run.ts'
import type { AccessReading, FreshAccess } from './access.ts'
import { textFor } from './places.ts'

/** A PAT may be written for this long after it was minted: what a place holds is told by when it was written. */
const WRITING_TIME = 45 * MINUTE

/** What became of one place. `refused`: for good, so that its repository places serve instead. */
export type Delivery<H extends OrganizationHome | RepositoryHome = OrganizationHome | RepositoryHome> =
  | { readonly place: Place<H>; readonly kind: 'written'; readonly before: FreshAccess | undefined }
  | { readonly place: Place<H>; readonly kind: 'refused'; readonly failure: GitHubFailure }
  | { readonly place: Place<H>; readonly kind: 'failed'; readonly failure: Failure }

/** Writes the new PAT to every organization place whose access could be read. */
export async function writeToOrganization(
  run: Run,
  minted: MintedPat,
  readings: readonly AccessReading[],
): Promise<readonly Delivery<OrganizationHome>[]> {
  return Promise.all(
    readings.map(async (reading) => {
      if ('failure' in reading) return refusedOrFailed(run, reading.place, reading.failure)
      return write(run, minted, reading.place, reading)
    }),
  )
}

/** Enough to use all that GitHub's limits allow, and few enough to stop in time. */
const SIDE_BY_SIDE = 10

/**
 * Writes the new PAT to repository places, side by side within GitHub's limits. One failing does not stop the others,
 * unless the others must fail as well: then they are not asked.
 */
export async function writeToRepositories(
  run: Run,
  minted: MintedPat,
  places: readonly Place<RepositoryHome>[],
): Promise<readonly Delivery<RepositoryHome>[]> {
  const deliveries: Delivery<RepositoryHome>[] = []
  const waiting = [...places]
  let end: Failure | undefined
  const worker = async (): Promise<void> => {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      const delivery =
        end === undefined
          ? await write(run, minted, place, undefined)
          : refusedOrFailed(run, place, notTried(place, end))
      if (delivery.kind !== 'written' && endsAll(delivery.failure)) end ??= delivery.failure
      deliveries.push(delivery)
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
  return deliveries
}

/** No time left for a limit, none left to write, a credential that GitHub does not take, or a cancelled run. */
function endsAll(failure: Failure): boolean {
  const { kind } = failure
  if (kind === 'rate-limited' || kind === 'incomplete' || kind === 'cancelled') return true
  return failure instanceof GitHubFailure && failure.refusal === 'bad-credential'
}

function notTried(place: Place, end: Failure): Failure {
  return new Failure({
    kind: end.kind,
    doing: `write ${placeInWords(place)}`,
    hint: `It was not tried, because ${end.message}`,
  })
}

async function write<H extends OrganizationHome | RepositoryHome>(
  run: Run,
  minted: MintedPat,
  place: Place<H>,
  before: FreshAccess | undefined,
): Promise<Delivery<H>> {
  try {
    await writePat(run, minted, place, before ?? {})
    return { place, kind: 'written', before }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return refusedOrFailed(run, place, error)
  }
}

/**
 * Writes the new PAT to one place, and its receipt to the journal.
 * @throws Failure where GitHub does not accept it, and where it was minted too long ago
 */
export async function writePat(
  run: Run,
  { pat, value }: MintedPat,
  place: Place,
  means: Pick<SealingMeans, 'key' | 'access'> = {},
): Promise<void> {
  run.cancel.throwIfAborted()
  const did = await run.services.writeSealed(place, textFor(place, value), {
    key: means.key,
    access: means.access,
    notAfter: Math.min(pat.mintedAt, run.journal.mintedAt ?? Infinity) + WRITING_TIME,
  })
  run.journal.receipts.push({ place, did, at: run.clock.now() })
  run.log.info(`Wrote ${placeInWords(place)}.`)
}

function refusedOrFailed<H extends OrganizationHome | RepositoryHome>(
  run: Run,
  place: Place<H>,
  failure: Failure,
): Delivery<H> {
  run.journal.failures.set(place, failure)
  run.log.info(failure.message)
  if (failure instanceof GitHubFailure && failure.fallsBack) return { place, kind: 'refused', failure }
  return { place, kind: 'failed', failure }
}
