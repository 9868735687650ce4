import { momentInWords } from '../clock.ts'
import { Failure } from '../errors.ts'
import type { Claims, Run } from './run.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { noWayToSignIn } from './steps/person.ts'
import { proveAccessToken } from './steps/prove-access-token.ts'

/**
 * Does without a PAT: trades this job's OIDC token for an access token of a service principal, proves it against the feed
 * and hands it to later steps. Writes nothing.
 */
export async function federate(run: Run): Promise<Conclusion> {
  try {
    const { app } = run.inputs
    if (app === undefined) throw noWayToSignIn('azure-tenant-id and azure-client-id')
    const { accessToken, expiresAt } = await run.log.group('Sign in as the service principal', () =>
      run.services.entra.signInAsApp(app),
    )
    const claims = run.services.entra.claimsOf(accessToken)
    checkApplication(claims)
    await run.log.group('Prove', () => proveAccessToken(run, accessToken))
    const reason = `the feed takes the access token of app registration ${app.clientId}; it lasts until ${momentInWords(claims?.expiresAt ?? expiresAt)}`
    return { ...conclude(run, { outcome: 'federated', reason }), token: accessToken }
  } catch (error) {
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

/** A user's token in every build of the organization would be worth far more than packages. */
function checkApplication(claims: Claims | undefined): void {
  if (claims?.application !== false) return
  throw new Failure({
    kind: 'sign-in',
    doing: "take the access token as the service principal's",
    hint: `It belongs to ${claims.userName ?? 'a user'}, and not to an application. Check azure-client-id, and AZURE_AUTHORITY_HOST. It was not handed on.`,
  })
}
