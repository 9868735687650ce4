import { momentInWords } from '../../clock.ts'
import { Failure, messageOf } from '../../errors.ts'
import { managedPats } from '../../renewal/names.ts'
import type { SlotReading } from '../../renewal/slot-standing.ts'
import { retiresAt, supersededPats } from '../../renewal/superseded.ts'
import type { Bot, Run } from '../run.ts'
import { listPats } from './list-pats.ts'
import { slotOf } from './places.ts'
import { allReadable, readPlaces, slotReading } from './preflight.ts'
import { revokeOrWarn } from './revoke.ts'

/**
 * Revokes what is superseded, once the grace time after the youngest write is over. Everything is read afresh first:
 * another run may have written since. Failing is a warning; the next run tries again.
 */
export async function retire(run: Run, { azureDevOps }: Bot, known: SlotReading): Promise<void> {
  const { grace } = run.inputs
  const waiting = supersededPats(known, run.clock.now())
  const when = retiresAt(known, grace)
  if (when > run.clock.now()) {
    for (const { displayName, authorizationId } of waiting)
      run.log.info(
        `"${displayName}" (${authorizationId}) is superseded, and stays for jobs that already hold it: it is revoked by the first run after ${momentInWords(when)}.`,
      )
    return
  }
  if (waiting.length === 0) return
  try {
    const [pats, places] = await Promise.all([listPats(run, azureDevOps), readPlaces(run)])
    run.journal.pats = managedPats(pats, slotOf(run.inputs))
    const fresh = slotReading(run, places)
    if (!allReadable(places) || retiresAt(fresh, grace) > run.clock.now()) return
    run.cancel.throwIfAborted()
    await Promise.all(
      supersededPats(fresh, run.clock.now()).map((pat) => revokeOrWarn(run, azureDevOps, pat, 'it is superseded')),
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(
      `What is superseded could not be read afresh, so nothing was retired; the next run tries again. ${messageOf(error)}`,
    )
  }
}
