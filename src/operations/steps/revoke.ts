import type { AzureDevOps } from '../../azure-devops/connect.ts'
import { Failure } from '../../errors.ts'
import type { Pat } from '../../pat.ts'
import type { Run } from '../run.ts'

/**
 * Revokes a PAT, and enters that into the journal. One that is already gone is no failure.
 * @param why the end of "Revoked …: …"
 * @throws Failure
 */
export async function revokeAndEnter(run: Run, azureDevOps: AzureDevOps, pat: Pat, why: string): Promise<void> {
  await azureDevOps.revokePat(pat)
  run.journal.pats = run.journal.pats.map((one) =>
    one.pat.authorizationId === pat.authorizationId ? { ...one, pat: { ...one.pat, revoked: true } } : one,
  )
  run.log.info(`Revoked ${nameOf(pat)}: ${why}.`)
}

/**
 * Revokes a PAT that no place holds. Failing is a warning: whatever is left is superseded by a later renewal and retired
 * then.
 * @param why the end of "Revoked …: …"
 */
export async function revokeOrWarn(run: Run, azureDevOps: AzureDevOps, pat: Pat, why: string): Promise<void> {
  try {
    await revokeAndEnter(run, azureDevOps, pat, why)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(
      `${nameOf(pat)} should be revoked (${why}), but is not yet; a later run tries again. ${error.message}`,
    )
  }
}

/** A PAT as logs name it: display names may stand twice. */
export function nameOf({ displayName, authorizationId }: Pat): string {
  return `"${displayName}" (${authorizationId})`
}
