import type { AzureDevOps } from '../../azure-devops/connect.ts'
import { Failure } from '../../errors.ts'
import type { Pat } from '../../pat.ts'
import type { Run } from '../run.ts'

/**
 * Revokes a PAT that no place holds. Failing is a warning: whatever is left is superseded by a later renewal and retired
 * then.
 * @param why the end of "Revoked …: …"
 */
export async function revokeOrWarn(run: Run, azureDevOps: AzureDevOps, pat: Pat, why: string): Promise<void> {
  const name = `"${pat.displayName}" (${pat.authorizationId})`
  try {
    await azureDevOps.revokePat(pat)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(`${name} should be revoked (${why}), but is not yet; a later run tries again. ${error.message}`)
    return
  }
  run.journal.pats = run.journal.pats.map((one) =>
    one.pat.authorizationId === pat.authorizationId ? { ...one, pat: { ...one.pat, revoked: true } } : one,
  )
  run.log.info(`Revoked ${name}: ${why}.`)
}
