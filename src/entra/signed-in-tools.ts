import { Failure, messageOf, plainWords } from '../errors.ts'
import { SECOND } from '../clock.ts'
import { AZURE_DEVOPS_RESOURCE } from '../hosts.ts'
import type { Secrets } from '../secrets.ts'
import type { Tokens } from './token-endpoint.ts'

/** PowerShell alone takes several seconds to start. */
const PATIENCE = 30 * SECOND

/**
 * An access token for Azure DevOps of whoever is signed in on this machine: with az, else azd, else Azure PowerShell.
 * Masked before anything else happens with it. There is never a refresh token.
 * @throws Failure `sign-in`
 * @see https://learn.microsoft.com/javascript/api/@azure/identity/chainedtokencredential
 */
export async function signInWithTools(secrets: Secrets): Promise<Tokens> {
  const identity = await import('@azure/identity')
  const options = { processTimeoutInMs: PATIENCE }
  const tools = new identity.ChainedTokenCredential(
    new identity.AzureCliCredential(options),
    new identity.AzureDeveloperCliCredential(options),
    new identity.AzurePowerShellCredential(options),
  )
  try {
    const { token, expiresOnTimestamp } = await tools.getToken(`${AZURE_DEVOPS_RESOURCE}/.default`)
    secrets.add(token)
    return { accessToken: token, refreshToken: undefined, expiresAt: expiresOnTimestamp }
  } catch (error) {
    throw new Failure({
      kind: 'sign-in',
      doing: 'get an access token from az, azd or Azure PowerShell',
      said: secrets.redact(plainWords(messageOf(error), 600)),
      hint: 'Nobody is signed in on this machine. Sign in as the bot with `az login --allow-no-subscriptions` (or `azd auth login`, or `Connect-AzAccount`), then run again.',
      cause: error,
    })
  }
}
