import { AZURE_DEVOPS_RESOURCE } from '../hosts.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import type { Wire } from '../wire.ts'
import { type App, askForTokens, type Tokens } from './token-endpoint.ts'

/**
 * Trades the bot's refresh token for an access token for Azure DevOps and the next refresh token. Both are masked before
 * anything else happens with them. Not through @azure/identity, which has no such credential, nor MSAL, which hides the
 * next refresh token.
 * @throws Failure; {@link refusesThisRefreshToken} tells whether an older refresh token is worth a try
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#refresh-the-access-token
 */
export async function redeemRefreshToken(
  wire: Wire,
  app: App,
  refreshToken: string,
  secrets: Secrets,
): Promise<Tokens> {
  secrets.add(refreshToken)
  const question = { doing: "redeem the bot's refresh token", app, secrets }
  return withRetries(wire, () =>
    askForTokens(wire, question, {
      grant_type: 'refresh_token',
      // Without offline_access there is no next refresh token.
      scope: `${AZURE_DEVOPS_RESOURCE}/.default offline_access`,
      refresh_token: refreshToken,
    }),
  )
}
