import { SECOND } from '../../clock.ts'
import { Failure, messageOf } from '../../errors.ts'
import type { Pat } from '../../pat.ts'
import { type OrganizationHome, placeInWords } from '../../place.ts'
import { type State, withState } from '../../renewal/names.ts'
import { type Bot, type Run, workingAzureDevOps } from '../run.ts'
import type { FreshAccess } from './access.ts'
import type { Delivery } from './write.ts'

/**
 * Writes the state into the PAT's display name. The renewal is through by now, so a failure is a warning: the next run
 * finds the PAT unfinished and renews once more.
 */
export async function mark(run: Run, bot: Bot, pat: Pat, state: State): Promise<void> {
  try {
    const marked = await workingAzureDevOps(run, bot).updatePat(pat, { displayName: withState(pat.displayName, state) })
    run.journal.pats = run.journal.pats.map((one) =>
      one.pat.authorizationId === pat.authorizationId ? { pat: marked, state } : one,
    )
    run.log.info(`Marked the new PAT "${marked.displayName}".`)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(
      `The new PAT is delivered, but could not be marked so; the next run renews once more. ${messageOf(error)}`,
    )
  }
}

/** GitHub may show a write late: three readings over ten seconds. */
const READINGS: readonly number[] = [0, 3 * SECOND, 7 * SECOND]

/** Reads each organization secret back: written, and readable by the same as before. What is amiss is a warning. */
export async function confirm(run: Run, deliveries: readonly Delivery<OrganizationHome>[]): Promise<void> {
  await Promise.all(
    deliveries.map(async (delivery) => {
      if (delivery.before === undefined) return
      try {
        await confirmOne(run, delivery.before)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        run.log.warning(
          `GitHub accepted ${placeInWords(delivery.place)}, but it could not be read back. ${messageOf(error)}`,
        )
      }
    }),
  )
}

async function confirmOne(run: Run, before: FreshAccess): Promise<void> {
  const { place, access } = before
  for (const pause of READINGS) {
    if (pause > 0) await run.clock.sleep(pause, run.cancel)
    const { moved, same } = await readBack(run, before)
    if (!moved) continue
    if (same)
      run.log.info(
        `Confirmed: ${placeInWords(place)} was written, and the same as before can read it (${access.visibility}).`,
      )
    else
      run.log.warning(
        `Who can read ${placeInWords(place)} is not what it was before the write (${accessInWords(before)}). Look at its repository access in the organization's settings now: somebody may have changed it at the same moment.`,
      )
    return
  }
  run.log.warning(
    `GitHub accepted ${placeInWords(place)}, but still shows the old date of its last write 10 s later. Look at it in the organization's settings.`,
  )
}

async function readBack(
  run: Run,
  { place, metadata, access }: FreshAccess,
): Promise<{ moved: boolean; same: boolean }> {
  const github = await run.services.github()
  const [now, selected] = await Promise.all([
    github.secret(place),
    access.visibility === 'selected' ? github.selectedRepositories(place) : [],
  ])
  const ids = new Set(access.selectedRepositoryIds)
  return {
    moved: now !== undefined && (metadata === undefined || now.writtenAt > metadata.writtenAt),
    same: now?.visibility === access.visibility && selected.length === ids.size && selected.every((id) => ids.has(id)),
  }
}

function accessInWords({ access }: FreshAccess): string {
  return access.visibility === 'selected'
    ? `${access.selectedRepositoryIds.length} selected repositories`
    : access.visibility
}
