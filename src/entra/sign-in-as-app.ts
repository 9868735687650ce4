import { Failure, messageOf } from '../errors.ts'
import { AZURE_DEVOPS_RESOURCE, DEFAULT_AUTHORITY } from '../hosts.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import type { Wire } from '../wire.ts'
import { IdentityOverWire } from './identity-over-wire.ts'
import { type App, type Assertion, maskedProof, type Tokens } from './token-endpoint.ts'

/** An app registration that proves itself, never a public client. */
export type ConfidentialApp = App & { readonly assertion: Assertion }

const doing = "trade this job's OIDC token for an access token"

/**
 * An access token for Azure DevOps of the app's own service principal, for this job's OIDC token. Masked before anything
 * else happens with it. There is never a refresh token, nor is one needed.
 * @throws Failure
 * @see https://learn.microsoft.com/javascript/api/@azure/identity/clientassertioncredential
 */
export async function signInAsApp(wire: Wire, app: ConfidentialApp, secrets: Secrets): Promise<Tokens> {
  const { ClientAssertionCredential } = await import('@azure/identity')
  return withRetries(wire, async () => {
    // A credential of its own for each try: one that has failed remembers that for a while, and does not ask again.
    const client = new IdentityOverWire(wire, doing, secrets)
    // The library asks for the assertion twice, and sends it once.
    let proof: Promise<string> | undefined
    const prove = (): Promise<string> => (proof ??= client.noting(() => maskedProof(app.assertion, secrets)))
    const credential = new ClientAssertionCredential(app.tenantId, app.clientId, prove, {
      authorityHost: app.authority,
      // Else the library asks the public cloud whether it knows the other one.
      disableInstanceDiscovery: app.authority !== DEFAULT_AUTHORITY,
      redirectOptions: { maxRetries: 0 },
      retryOptions: { maxRetries: 0 },
      httpClient: client,
    })
    try {
      const { token, expiresOnTimestamp } = await credential.getToken(`${AZURE_DEVOPS_RESOURCE}/.default`)
      secrets.add(token)
      return { accessToken: token, refreshToken: undefined, expiresAt: expiresOnTimestamp }
    } catch (error) {
      throw client.failure ?? unexpected(error, secrets)
    }
  })
}

function unexpected(error: unknown, secrets: Secrets): Failure {
  return new Failure({
    kind: 'sign-in',
    doing,
    said: messageOf(error, (text) => secrets.redact(text)),
    hint: 'Microsoft Entra ID, or a proxy on the way, answered with something unexpected. Check azure-tenant-id, AZURE_AUTHORITY_HOST and the proxy, then run again.',
    cause: error,
  })
}
