import { momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { Pat } from '../../pat.ts'
import { CLOCK_TOLERANCE } from '../../renewal/copies.ts'
import { hasRoom, isAlive, isNearEnd, ROUNDING } from '../../renewal/lifetimes.ts'
import type { ManagedPat } from '../../renewal/names.ts'
import type { AzureDevOps } from '../../azure-devops/connect.ts'
import type { Run } from '../run.ts'

/**
 * Moves the end of those live candidates that are near it, in place, as far as the policy lets it; their value stays.
 * @param until where the end of each should go, milliseconds since 1970
 * @returns those near their end whose end cannot be moved any more, as they are now
 */
export async function extendNearEnd(
  run: Run,
  azureDevOps: AzureDevOps,
  candidates: readonly Pat[],
  until: (pat: Pat) => number,
): Promise<readonly Pat[]> {
  const now = run.clock.now()
  const near = candidates.filter((pat) => !pat.revoked && isNearEnd(pat, run.inputs.renewBeforeDays, now))
  const extensions = await extendEach(run, azureDevOps, near, until)
  return extensions.filter((extension) => !mayStillMove(extension)).map(({ pat }) => pat)
}

/**
 * Moves the end of each, one after another: what is answered for one may show how long the policy lets a PAT live, and spare
 * the next what it would lose by asking.
 */
export async function extendEach(
  run: Run,
  azureDevOps: AzureDevOps,
  pats: readonly Pat[],
  until: (pat: Pat) => number,
): Promise<readonly Extension[]> {
  const extensions: Extension[] = []
  for (const pat of pats) extensions.push(await extendOne(run, azureDevOps, pat, until(pat)))
  return extensions
}

interface Cut {
  readonly kind: 'cut'
  readonly pat: Pat
  /** The end that it had before. */
  readonly was: number
}

/** What became of one PAT, as it is now: its end was moved, lies there already, could not be moved, or was cut to an earlier one. */
export type Extension =
  | { readonly kind: 'moved' | 'far-enough' | 'no-room' | 'ended'; readonly pat: Pat }
  | Cut
  | { readonly kind: 'failed'; readonly pat: Pat; readonly failure: Failure }

/**
 * Whether the end can still be moved: not once the PAT has ended, and not past what the policy allows. Any other failure
 * may pass, so it says nothing of that.
 */
function mayStillMove(extension: Extension): boolean {
  if (extension.kind === 'failed') return extension.failure.kind !== 'refused'
  return extension.kind === 'moved' || extension.kind === 'far-enough'
}

/**
 * What becomes of an extension for which nobody need be asked; undefined where Azure DevOps would decide. Pure.
 * @param longestLife what the policy grants a PAT, in milliseconds, where that is known
 */
export function foreseen(pat: Pat, until: number, now: number, longestLife?: number): Extension | undefined {
  if (!isAlive(pat, now)) return { kind: 'ended', pat }
  if (until <= pat.expiresAt + ROUNDING) return { kind: 'far-enough', pat }
  return longestLife === undefined || hasRoom(pat, longestLife) ? undefined : { kind: 'no-room', pat }
}

/**
 * Moves the end of one PAT, in place, as far as the policy lets it. Failing is a warning. A policy that came to be after the
 * PAT was minted cuts its end, so that it may end sooner than before, or have ended: an error in the log, since builds fail.
 * @param until milliseconds since 1970
 * @returns with the PAT as it is now
 * @see https://learn.microsoft.com/azure/devops/organizations/accounts/manage-pats-with-policies-for-administrators
 */
async function extendOne(run: Run, azureDevOps: AzureDevOps, pat: Pat, until: number): Promise<Extension> {
  const known = foreseen(pat, until, run.clock.now(), run.journal.longestLife)
  if (known !== undefined) return told(run, known)
  try {
    const extended = await azureDevOps.updatePat(pat, { expiresAt: until })
    run.journal.pats = entered(run.journal.pats, extended)
    learnLongestLife(run, extended, until)
    return told(run, movementOf(pat, extended))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const end = momentInWords(pat.expiresAt)
    run.log.warning(`"${pat.displayName}" could not be extended and ends ${end}. ${error.message}`)
    return { kind: 'failed', pat, failure: error }
  }
}

function movementOf({ expiresAt: was }: Pat, pat: Pat): Extension {
  if (pat.expiresAt > was + ROUNDING) return { kind: 'moved', pat }
  return pat.expiresAt < was - ROUNDING ? { kind: 'cut', pat, was } : { kind: 'no-room', pat }
}

function told(run: Run, extension: Extension): Extension {
  const { kind, pat } = extension
  const name = `"${pat.displayName}"`
  const end = momentInWords(pat.expiresAt)
  if (kind === 'moved') run.log.info(`Extended ${name} to ${end}.`)
  if (kind === 'ended') run.log.warning(`${name} ended ${end} and cannot be extended any more.`)
  if (kind === 'no-room') run.log.warning(`The policy leaves no room to extend ${name}: it ends ${end}.`)
  if (extension.kind === 'cut') run.log.error(cutInWords(extension, run.clock.now()))
  return extension
}

/** That the policy cut the end of a PAT, what that means for builds, and what to do. */
export function cutInWords({ pat: { displayName, expiresAt }, was }: Cut, now: number): string {
  const end = momentInWords(expiresAt)
  const then = expiresAt <= now ? 'it has ended, and builds that use it fail' : 'builds that use it fail from then on'
  return (
    `The policy cut the life of "${displayName}" when it was to be extended: its end went from ${momentInWords(was)} to ${end}; ${then}. ` +
    "Run `operation: renew` with `force: true` at once, and have the policy's maximum lifespan raised, or the bot put on its allowlist."
  )
}

/**
 * Enters how long the policy lets a PAT live, where less was granted than was asked for. Azure DevOps cuts silently, counts
 * from its own clock, and rounds.
 * @param asked the end that was asked for, milliseconds since 1970
 * @returns whether less was granted
 */
export function learnLongestLife({ journal }: Run, granted: Pat, asked: number): boolean {
  const less = granted.expiresAt < asked - CLOCK_TOLERANCE
  if (less) journal.longestLife = granted.expiresAt - granted.mintedAt
  return less
}

function entered(pats: readonly ManagedPat[], changed: Pat): readonly ManagedPat[] {
  return pats.map((one) => (one.pat.authorizationId === changed.authorizationId ? { ...one, pat: changed } : one))
}
