import { Failure } from '../../errors.ts'
import type { Run } from '../run.ts'

const doing = "prove the service principal's access token against the feed"

/**
 * Shows that the feed takes the access token as a password, which is how npm, Maven and NuGet use it, and that it does not
 * take a made-up PAT.
 * @throws Failure where that cannot be shown; the likeliest cause is that the service principal is not in the organization
 */
export async function proveAccessToken(run: Run, accessToken: string): Promise<void> {
  const proof = await run.services.proveOnFeed(accessToken, 'access token')
  if (proof.proof === 'accepted') {
    run.log.info('Proved: the feed takes the access token and refuses a made-up PAT.')
    return
  }
  if (proof.proof === 'refused') throw notTaken(run, 401, proof.why, undefined)
  const { failure } = proof
  const { kind, status, said } = failure
  if (kind === 'sign-in') throw notTaken(run, status, said, failure)
  if (kind === 'refused' && status === 403) throw mayNotRead(run, said, failure)
  throw failure
}

function notTaken(run: Run, status: number | undefined, said: string | undefined, cause: unknown): Failure {
  const { organization } = run.inputs.feed
  return new Failure({
    kind: 'refused',
    doing,
    status,
    said,
    hint: `The service principal of azure-client-id is probably not in the organization ${organization}: add it under Organization settings > Users with an access level (Basic; group rules do not cover service principals), and give it a role on the feed. Else the organization is connected to another tenant than azure-tenant-id.`,
    cause,
  })
}

function mayNotRead(run: Run, said: string | undefined, cause: unknown): Failure {
  const { feed = '' } = run.inputs.feed
  return new Failure({
    kind: 'refused',
    doing,
    status: 403,
    said,
    hint: `The service principal of azure-client-id is in the organization but may not read the feed: give it a role under the settings of feed ${feed}, Permissions: Feed Reader to restore packages, Feed Publisher (Contributor) to publish them.`,
    cause,
  })
}
