import { momentInWords } from '../../clock.ts'
import { Failure, messageOf } from '../../errors.ts'
import type { MintedPat, Pat } from '../../pat.ts'
import { placeInWords, type PlaceReading, type RepositoryHome } from '../../place.ts'
import { copyEndsAt, staleCopies } from '../../renewal/copies.ts'
import type { Run } from '../run.ts'
import type { Preflight } from './preflight.ts'
import { openReachOfCopies, type Unreached } from './reach-of-copies.ts'
import { sideBySide } from './side-by-side.ts'
import { isSweep, writesEndAt } from './sweep.ts'
import { endsAll, notTried, writePat } from './write.ts'

/**
 * Deals with copies that hide the organization secret from their repository: writes the new PAT to them, deletes them, or
 * reports them. Without a PAT just minted its value is unknown, so they can only be deleted or reported. One whose repository
 * is known not to see the organization secret is not deleted: its builds would have nothing.
 * @returns the copies as they were last seen: receipts tell what this run did to them. What could not be tidied up is a
 * warning.
 */
export async function tidyCopies(
  run: Run,
  { copies, organization }: Pick<Preflight, 'copies' | 'organization'>,
  live: Pat | undefined,
  minted: MintedPat | undefined,
): Promise<readonly PlaceReading<RepositoryHome>[]> {
  const stale = staleCopies(run.inputs, copies, live)
  const told = toldOf(run, stale.length)
  const unreached = openReachOfCopies(run, organization)
  let left: Failure | undefined
  const tidied = await sideBySide(stale, async (copy) => {
    try {
      if (left !== undefined) throw left
      if (isSweep(stale.length)) await roomFor(run, minted)
      return [copy, await tidy(run, copy, { live, minted, unreached, ...told })] as const
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (endsAll(error)) left ??= notTried('tidy up the copies that were left', error)
      told.warn(`The stale copy ${placeInWords(copy.place)} stays. ${endInWords(run, copy)} ${messageOf(error)}`)
      return [copy, copy] as const
    }
  })
  told.sumUp()
  const now = new Map(tidied)
  return copies.map((copy) => now.get(copy) ?? copy)
}

/** A look, and for a write a key too, or for a removal a look at the repository. */
async function roomFor(run: Run, minted: MintedPat | undefined): Promise<void> {
  const github = await run.services.github()
  await github.room(3, 'tidy up the stale copies', minted && writesEndAt(run, minted.pat))
}

interface Tell {
  readonly warn: (line: string) => void
  readonly tell: (line: string) => void
}

/** A line each where they are few; else one warning that counts them, and the rest in the debug log. */
function toldOf({ log }: Run, total: number): Tell & { readonly sumUp: () => void } {
  if (!isSweep(total)) {
    return { warn: log.warning.bind(log), tell: log.info.bind(log), sumUp: () => undefined }
  }
  const lines: string[] = []
  return {
    tell: log.debug.bind(log),
    warn: (line) => {
      lines.push(line)
      log.debug(line)
    },
    sumUp: () => {
      const [first] = lines
      if (first !== undefined)
        log.warning(`${lines.length} stale copies stay, and the debug log names each. The first: ${first}`)
    },
  }
}

interface Tidying extends Tell {
  readonly live: Pat | undefined
  readonly minted: MintedPat | undefined
  readonly unreached: Unreached
}

async function tidy(
  run: Run,
  copy: PlaceReading<RepositoryHome>,
  { live, minted, unreached, warn, tell }: Tidying,
): Promise<PlaceReading<RepositoryHome>> {
  const { place } = copy
  const github = await run.services.github()
  // Its own repository may have renewed it since preflight looked.
  const written = await github.secretsOf(place.home, place.store)
  const fresh = { place, writtenAt: written.get(place.name.toUpperCase()) }
  if (staleCopies(run.inputs, [fresh], live).length === 0) return fresh
  if (run.inputs.staleCopies === 'remove') {
    const why = await unreached(place)
    if (why !== undefined) {
      warn(keptInWords(run, copy, why))
      return fresh
    }
    await github.remove(place)
    run.journal.receipts.push({ place, did: 'removed', at: run.clock.now() })
    tell(`Removed the stale copy ${placeInWords(place)}: its repository now sees the organization secret.`)
    return fresh
  }
  if (run.inputs.staleCopies === 'refresh' && minted !== undefined) {
    await writePat(run, minted, place, { tell })
    return fresh
  }
  warn(
    `The copy ${placeInWords(place)} is stale and hides the organization secret from its repository. ${endInWords(run, copy)} ` +
      (run.inputs.staleCopies === 'refresh'
        ? 'The next renewal refreshes it; run with `force: true` to do so now.'
        : 'Delete it, or set stale-copies to refresh or remove.'),
  )
  return fresh
}

function keptInWords(run: Run, copy: PlaceReading<RepositoryHome>, why: string): string {
  return (
    `The stale copy ${placeInWords(copy.place)} stays, since its repository would have no PAT without it: ${why}. ${endInWords(run, copy)} ` +
    'Share the organization secret with the repository and run again, or set stale-copies to refresh.'
  )
}

function endInWords(run: Run, copy: PlaceReading<RepositoryHome>): string {
  const end = copyEndsAt(
    copy,
    run.journal.pats.map(({ pat }) => pat),
  )
  if (end === undefined) return 'What it holds is not known, nor when that stops working.'
  return `It stops working ${end <= run.clock.now() ? 'since' : 'on'} ${momentInWords(end)}.`
}
