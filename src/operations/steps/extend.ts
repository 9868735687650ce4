import { MINUTE, momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { Pat } from '../../pat.ts'
import { isAlive, isNearEnd } from '../../renewal/lifetimes.ts'
import type { ManagedPat } from '../../renewal/names.ts'
import type { AzureDevOps } from '../../azure-devops/connect.ts'
import type { Run } from '../run.ts'

/**
 * Moves the end of those live candidates that are near it, in place, as far as the policy lets it; their value stays.
 * @param until where the end of each should go, milliseconds since 1970
 * @returns those near their end whose end cannot be moved any more
 */
export async function extendNearEnd(
  run: Run,
  azureDevOps: AzureDevOps,
  candidates: readonly Pat[],
  until: (pat: Pat) => number,
): Promise<readonly Pat[]> {
  const now = run.clock.now()
  const near = candidates.filter((pat) => !pat.revoked && isNearEnd(pat, run.inputs.renewBeforeDays, now))
  const results = await Promise.all(
    near.map(async (pat) => (mayStillMove(await extendOne(run, azureDevOps, pat, until(pat))) ? [] : [pat])),
  )
  return results.flat()
}

/** What became of one PAT: its end was moved, lies there already, or could not be moved. */
export type Extension =
  | { readonly kind: 'moved' | 'far-enough' | 'no-room' | 'ended'; readonly pat: Pat }
  | { readonly kind: 'failed'; readonly pat: Pat; readonly failure: Failure }

/**
 * Whether the end can still be moved: not once the PAT has ended, and not past what the policy allows. Any other failure
 * may pass, so it says nothing of that.
 */
function mayStillMove(extension: Extension): boolean {
  if (extension.kind === 'failed') return extension.failure.kind !== 'refused'
  return extension.kind === 'moved' || extension.kind === 'far-enough'
}

/** Azure DevOps rounds: an end that moved by less did not move. */
const ROUNDING = MINUTE

/** What becomes of an extension for which nobody need be asked; undefined where Azure DevOps would decide. Pure. */
export function foreseen(pat: Pat, until: number, now: number): Extension | undefined {
  if (!isAlive(pat, now)) return { kind: 'ended', pat }
  return until <= pat.expiresAt + ROUNDING ? { kind: 'far-enough', pat } : undefined
}

/**
 * Moves the end of one PAT, in place, as far as the policy lets it. Failing is a warning: nothing is worse than before.
 * @param until milliseconds since 1970
 * @returns with the PAT as it is now
 */
export async function extendOne(run: Run, azureDevOps: AzureDevOps, pat: Pat, until: number): Promise<Extension> {
  const known = foreseen(pat, until, run.clock.now())
  if (known?.kind === 'ended')
    run.log.warning(`"${pat.displayName}" ended ${momentInWords(pat.expiresAt)} and cannot be extended any more.`)
  if (known !== undefined) return known
  try {
    const extended = await azureDevOps.updatePat(pat, { expiresAt: until })
    run.journal.pats = entered(run.journal.pats, extended)
    const moved = extended.expiresAt > pat.expiresAt + ROUNDING
    const end = momentInWords(extended.expiresAt)
    if (moved) run.log.info(`Extended "${pat.displayName}" to ${end}.`)
    else run.log.warning(`The policy leaves no room to extend "${pat.displayName}": it ends ${end}.`)
    return { kind: moved ? 'moved' : 'no-room', pat: extended }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const end = momentInWords(pat.expiresAt)
    run.log.warning(`"${pat.displayName}" could not be extended and ends ${end}. ${error.message}`)
    return { kind: 'failed', pat, failure: error }
  }
}

function entered(pats: readonly ManagedPat[], changed: Pat): readonly ManagedPat[] {
  return pats.map((one) => (one.pat.authorizationId === changed.authorizationId ? { ...one, pat: changed } : one))
}
