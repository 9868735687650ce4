import type { AzureDevOps } from '../../azure-devops/connect.ts'
import type { MintedPat, Pat } from '../../pat.ts'
import { endAfterFailure } from '../../renewal/lifetimes.ts'
import { type SlotReading, standingOf } from '../../renewal/slot-standing.ts'
import { type Bot, type Run, workingAzureDevOps } from '../run.ts'
import { extendNearEnd } from './extend.ts'
import { revokeOrWarn } from './revoke.ts'

/**
 * After a failure: a PAT that no place can hold is revoked, and what places hold is extended where near its end, so that
 * builds go on, yet never so far that the next run would find them not due.
 */
export async function leaveInOrder(
  run: Run,
  bot: Bot,
  known: SlotReading,
  minted?: MintedPat,
  mayBeHeld = false,
): Promise<void> {
  const azureDevOps = workingAzureDevOps(run, bot)
  const now = run.clock.now()
  const { renewBeforeDays } = run.inputs
  await run.log.group('Leave things in order', () =>
    Promise.all([
      minted === undefined ? undefined : giveUp(run, azureDevOps, minted.pat, mayBeHeld),
      extendNearEnd(run, azureDevOps, heldPats(known), (pat) => endAfterFailure(pat, renewBeforeDays, now)),
    ]),
  )
}

/** What is kept alive after a failure. What repositories hold of a fallback, or of a sweep that took several runs, ends as well. */
export function heldPats(known: SlotReading): readonly Pat[] {
  const { candidates, perhaps, sweep } = standingOf(known)
  return [...new Set([...candidates, ...perhaps, ...sweep])]
}

async function giveUp(run: Run, azureDevOps: AzureDevOps, pat: Pat, mayBeHeld: boolean): Promise<void> {
  if (!mayBeHeld) return revokeOrWarn(run, azureDevOps, pat, 'it was not delivered')
  run.log.warning(
    `"${pat.displayName}" (${pat.authorizationId}) stays, unfinished: a place holds it, or may. The next run mints anew, and retires it when nothing can hold it any more.`,
  )
}
