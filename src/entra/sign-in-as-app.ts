import { AZURE_DEVOPS_RESOURCE } from '../hosts.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import type { Wire } from '../wire.ts'
import { tokenByAssertion } from './azure-token.ts'
import type { App, Assertion, Tokens } from './token-endpoint.ts'

/** An app registration that proves itself, never a public client. */
export type ConfidentialApp = App & { readonly assertion: Assertion }

const wanted = {
  doing: "trade this job's OIDC token for an access token",
  scopes: [`${AZURE_DEVOPS_RESOURCE}/.default`],
  tenantId: undefined,
  claims: undefined,
}

/**
 * An access token for Azure DevOps of the app's own service principal, for this job's OIDC token. Masked before anything
 * else happens with it. There is never a refresh token, nor is one needed.
 * @throws Failure
 */
export async function signInAsApp(wire: Wire, app: ConfidentialApp, secrets: Secrets): Promise<Tokens> {
  // A credential of its own for each try: one that has failed remembers that for a while, and does not ask again.
  const { token, expiresAt } = await withRetries(wire, () => tokenByAssertion(wire, app, wanted, secrets))
  return { accessToken: token, refreshToken: undefined, expiresAt }
}
