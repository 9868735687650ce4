import { Failure } from '../../errors.ts'
import type { PublicKey } from '../../github/connect.ts'
import { GitHubFailure, isNotLetIn } from '../../github/refusals.ts'
import type { MintedPat } from '../../pat.ts'
import { type OrganizationHome, type Place, placeInWords, type RepositoryHome } from '../../place.ts'
import { isTransient } from '../../retry.ts'
import type { Run, SealingMeans } from '../run.ts'
import type { AccessReading, FreshAccess } from './access.ts'
import { textFor } from './places.ts'
import { sideBySide } from './side-by-side.ts'
import { isSweep, progressOf, type Stop, stopsOf, writesEndAt } from './sweep.ts'

/** What became of one place. `refused`: for good, so that its repository places serve instead. */
export type Delivery<H extends OrganizationHome | RepositoryHome = OrganizationHome | RepositoryHome> =
  | { readonly place: Place<H>; readonly kind: 'written'; readonly before: FreshAccess | undefined }
  | { readonly place: Place<H>; readonly kind: 'refused'; readonly before?: undefined; readonly failure: GitHubFailure }
  | { readonly place: Place<H>; readonly kind: 'failed'; readonly before?: undefined; readonly failure: Failure }

/** Writes the new PAT to every organization place whose access could be read. */
export async function writeToOrganization(
  run: Run,
  minted: MintedPat,
  readings: readonly AccessReading[],
): Promise<readonly Delivery<OrganizationHome>[]> {
  return Promise.all(
    readings.map(async (reading) => {
      if ('failure' in reading) return refusedOrFailed(run, reading.place, reading.failure)
      return delivering(run, reading.place, () => writeAsRead(run, minted, reading))
    }),
  )
}

/**
 * Who can read the secret must be as of now: what no longer holds is read again, and so it is when it stops holding before
 * the write could be sent. That ends with the time in which the PAT may be written; where GitHub keeps failing at the write
 * itself, with the second reading, by which it has had its tries.
 */
async function writeAsRead(
  run: Run,
  minted: MintedPat,
  reading: FreshAccess,
  failedBefore = false,
): Promise<FreshAccess> {
  const fresh = run.clock.now() > reading.access.holdsUntil ? await reading.again() : reading
  try {
    await writePat(run, minted, fresh.place, fresh)
    return fresh
  } catch (error) {
    if (!(error instanceof GitHubFailure && error.refusal === 'outdated')) throw error
    const { cause, fateUnknown } = error
    const failed = isTransient(cause)
    if (failed && failedBefore) {
      cause.fateUnknown ||= fateUnknown
      throw cause
    }
    return writeAsRead(run, minted, fresh, failedBefore || failed).catch((later: unknown) => {
      if (later instanceof Failure) later.fateUnknown ||= fateUnknown
      throw later
    })
  }
}

/**
 * Writes the new PAT to repository places, side by side within GitHub's limits. One failing does not stop the others,
 * unless the others must fail as well: then they are not asked.
 */
export async function writeToRepositories(
  run: Run,
  minted: MintedPat,
  places: readonly Place<RepositoryHome>[],
): Promise<readonly Delivery<RepositoryHome>[]> {
  const progress = progressOf(run, 'secrets of repositories written', places.length)
  let left: Failure | undefined
  const deliveries = await sideBySide(stopsOf(places), async (stop) => {
    const inTurn: Delivery<RepositoryHome>[] = []
    let key: PublicKey | undefined
    for (const place of stop.places) {
      if (left !== undefined) {
        run.journal.failures.set(place, left)
        inTurn.push({ place, kind: 'failed', failure: left })
        continue
      }
      const work = async (): Promise<undefined> => {
        if (isSweep(places.length)) await roomFor(run, minted)
        key ??= await keyOf(run, stop)
        await writePat(run, minted, place, { key, tell: progress.tell })
      }
      const delivery = await delivering(run, place, work, progress.tell)
      if (delivery.kind === 'written') progress.step()
      else if (endsAll(delivery.failure)) left ??= notTried('write the places that were left', delivery.failure)
      inTurn.push(delivery)
    }
    return inTurn
  })
  if (left !== undefined) run.log.info(left.message)
  return deliveries.flat()
}

/** One key and one write. */
async function roomFor(run: Run, { pat }: MintedPat): Promise<void> {
  const github = await run.services.github()
  await github.room(2, 'write the secrets of the repositories', writesEndAt(run, pat))
}

async function keyOf({ services, cancel }: Run, { home, store }: Stop): Promise<PublicKey> {
  cancel.throwIfAborted()
  const github = await services.github()
  return github.publicKey(home, store)
}

/** No time left for a limit, none left to write, a credential that GitHub does not take, or a cancelled run. */
export function endsAll(failure: Failure): boolean {
  const { kind } = failure
  return kind === 'rate-limited' || kind === 'incomplete' || kind === 'cancelled' || isNotLetIn(failure)
}

/** One for all the places that are left: there may be thousands. */
export function notTried(doing: string, end: Failure): Failure {
  return new Failure({
    kind: end.kind,
    doing,
    hint: `They were not tried, because ${end.message}`,
  })
}

async function delivering<H extends OrganizationHome | RepositoryHome>(
  run: Run,
  place: Place<H>,
  write: () => Promise<FreshAccess | undefined>,
  tell?: (line: string) => void,
): Promise<Delivery<H>> {
  try {
    return { place, kind: 'written', before: await write() }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return refusedOrFailed(run, place, error, tell)
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
  means: Pick<SealingMeans, 'key' | 'access'> & { readonly tell?: (line: string) => void },
): Promise<void> {
  run.cancel.throwIfAborted()
  const did = await run.services.writeSealed(place, textFor(place, value), {
    key: means.key,
    access: means.access,
    notAfter: writesEndAt(run, pat),
  })
  run.journal.receipts.push({ place, did, at: run.clock.now() })
  const line = `Wrote ${placeInWords(place)}.`
  if (means.tell === undefined) run.log.info(line)
  else means.tell(line)
}

function refusedOrFailed<H extends OrganizationHome | RepositoryHome>(
  run: Run,
  place: Place<H>,
  failure: Failure,
  tell = (line: string): void => {
    run.log.info(line)
  },
): Delivery<H> {
  run.journal.failures.set(place, failure)
  tell(failure.message)
  if (failure instanceof GitHubFailure && failure.fallsBack) return { place, kind: 'refused', failure }
  return { place, kind: 'failed', failure }
}
