import { momentInWords } from '../../clock.ts'
import { Failure, messageOf } from '../../errors.ts'
import { managedPats } from '../../renewal/names.ts'
import { retiresAt, supersededPats } from '../../renewal/superseded.ts'
import type { Run } from '../run.ts'
import { listPats } from './list-pats.ts'
import { slotOf } from './places.ts'
import { allReadable, type Preflight, readPlaces, slotReading } from './preflight.ts'
import { revokeOrWarn } from './revoke.ts'

/**
 * Revokes what is superseded, once the grace time after the youngest write is over. Everything is read afresh first:
 * another run may have written since. Only what both looks call superseded is revoked, and only where both could read
 * every place. Failing is a warning; the next run tries again.
 */
export async function retire(run: Run, before: Preflight): Promise<void> {
  const { azureDevOps } = before.bot
  const { grace } = run.inputs
  const known = slotReading(run, before)
  const waiting = supersededPats(known, run.clock.now())
  const when = retiresAt(known, grace)
  if (when > run.clock.now()) {
    for (const { displayName, authorizationId } of waiting)
      run.log.info(
        `"${displayName}" (${authorizationId}) is superseded, and stays for jobs that already hold it: it is revoked by the first run after ${momentInWords(when)}.`,
      )
    return
  }
  if (waiting.length === 0 || !allReadable(before)) return
  try {
    const [pats, places] = await Promise.all([listPats(run, azureDevOps), readPlaces(run)])
    run.journal.pats = managedPats(pats, slotOf(run.inputs))
    const fresh = slotReading(run, places)
    if (!allReadable(places) || retiresAt(fresh, grace) > run.clock.now()) return
    run.cancel.throwIfAborted()
    const both = supersededPats(fresh, run.clock.now()).filter(({ authorizationId }) =>
      waiting.some((pat) => pat.authorizationId === authorizationId),
    )
    await Promise.all(both.map((pat) => revokeOrWarn(run, azureDevOps, pat, 'it is superseded')))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(
      `What is superseded could not be read afresh, so nothing was retired; the next run tries again. ${messageOf(error)}`,
    )
  }
}
