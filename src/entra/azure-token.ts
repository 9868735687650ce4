import type { ClientAssertionCredentialOptions, TokenCredential } from '@azure/identity'
import { type AzureClient, clientOver } from '../azure-client.ts'
import { SECOND } from '../clock.ts'
import { cancelled, Failure, messageOf, plainWords } from '../errors.ts'
import { DEFAULT_AUTHORITY } from '../hosts.ts'
import { isObject, parseJson } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { isSuccess, retryAfterOf, type Wire } from '../wire.ts'
import { type App, type Assertion, maskedProof } from './token-endpoint.ts'
import { signInFailure } from './sign-in-failure.ts'

/** What is wanted of an access token for an Azure service. */
export interface AzureTokenWanted {
  /** The end of "Could not …". */
  readonly doing: string
  readonly scopes: readonly string[]
  /** The tenant that the service trusts, where it says so. */
  readonly tenantId: string | undefined
  readonly claims: string | undefined
}

export interface AzureToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const TIMEOUT = 30 * SECOND
/** PowerShell alone takes several seconds to start. */
const PATIENCE = 30 * SECOND

/**
 * An access token of the app registration itself, which trusts this workflow: its proof is asked for afresh, since it lives
 * for minutes. Masked before anything else happens with it.
 * @throws Failure
 * @see https://learn.microsoft.com/javascript/api/@azure/identity/clientassertioncredential
 */
export async function tokenByAssertion(
  wire: Wire,
  app: Pick<App, 'authority' | 'tenantId' | 'clientId'> & { readonly assertion: Assertion },
  wanted: AzureTokenWanted,
  secrets: Secrets,
): Promise<AzureToken> {
  const { authority, tenantId, clientId } = app
  // A tenant named by a domain cannot be compared; where it is another one the service refuses the token.
  const comparable = !tenantId.includes('.') && wanted.tenantId !== undefined
  if (comparable && wanted.tenantId.toLowerCase() !== tenantId.toLowerCase())
    throw otherTenant(wanted.doing, wanted.tenantId, tenantId)
  return tokenBy(wire, { ...wanted, tenantId: undefined }, secrets, async (options, remembering) => {
    const { ClientAssertionCredential } = await import('@azure/identity')
    let asked: Promise<string> | undefined
    // The library asks twice for one request.
    const assertion = (): Promise<string> => (asked ??= remembering(() => maskedProof(app.assertion, secrets)))
    return new ClientAssertionCredential(tenantId, clientId, assertion, {
      ...options,
      ...inCloud(authority),
    })
  })
}

/** Else the library asks the public cloud whether it knows the other one. */
function inCloud(authority: string): { readonly authorityHost: string; readonly disableInstanceDiscovery: boolean } {
  return { authorityHost: authority, disableInstanceDiscovery: authority !== DEFAULT_AUTHORITY }
}

/**
 * An access token of whoever this machine runs as: a service principal or a workload identity that the environment
 * describes, else whoever is signed in with az, azd or Azure PowerShell. The machine's own metadata service is not asked:
 * it has no name and no TLS; `azure/login` signs az in with a managed identity. Masked before anything else happens with it.
 * @param authority Microsoft Entra ID of the cloud: the library takes no bare host from the environment
 * @throws Failure
 * @see https://learn.microsoft.com/javascript/api/@azure/identity/chainedtokencredential
 */
export async function ambientToken(
  wire: Wire,
  authority: string,
  wanted: AzureTokenWanted,
  secrets: Secrets,
): Promise<AzureToken> {
  secrets.add(process.env.AZURE_CLIENT_SECRET ?? '')
  return tokenBy(wire, wanted, secrets, async (given) => {
    const options = { ...given, ...inCloud(authority) }
    const identity = await import('@azure/identity')
    const tools = { processTimeoutInMs: PATIENCE }
    // Made without its file, it throws where the others are only left out.
    const hasWorkload = (process.env.AZURE_FEDERATED_TOKEN_FILE ?? '') !== ''
    return new identity.ChainedTokenCredential(
      new identity.EnvironmentCredential(options),
      ...(hasWorkload ? [new identity.WorkloadIdentityCredential(options)] : []),
      new identity.AzureCliCredential(tools),
      new identity.AzureDeveloperCliCredential(tools),
      new identity.AzurePowerShellCredential(tools),
    )
  })
}

/** Runs one piece of what the library asks for, and remembers how it failed: the library keeps a word and drops the codes. */
type Remembering = <T>(work: () => Promise<T>) => Promise<T>
type Options = Pick<ClientAssertionCredentialOptions, 'httpClient' | 'retryOptions'>

async function tokenBy(
  wire: Wire,
  { doing, scopes, tenantId, claims }: AzureTokenWanted,
  secrets: Secrets,
  credentialWith: (options: Options, remembering: Remembering) => Promise<TokenCredential>,
): Promise<AzureToken> {
  let met: Failure | undefined
  const remembering: Remembering = async (work) => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Failure) met = error
      throw error
    }
  }
  const client = await entraClient(wire, doing, secrets)
  const httpClient = {
    sendRequest: (...sent: Parameters<typeof client.sendRequest>) => remembering(() => client.sendRequest(...sent)),
  }
  try {
    const credential = await credentialWith({ httpClient, retryOptions: { maxRetries: 0 } }, remembering)
    const options = { ...(tenantId === undefined ? {} : { tenantId }), ...(claims === undefined ? {} : { claims }) }
    const got = await credential.getToken([...scopes], { ...options, enableCae: true, abortSignal: wire.cancel })
    if (got === null) throw unreadable(doing, 200)
    secrets.add(got.token)
    return { token: got.token, expiresAt: got.expiresOnTimestamp }
  } catch (error) {
    if (wire.cancel.aborted) throw cancelled(doing, false, wire.cancel.reason)
    if (error instanceof Failure) throw error
    throw met ?? nobody(doing, error, secrets)
  }
}

function entraClient(wire: Wire, doing: string, secrets: Secrets): Promise<AzureClient> {
  const sending = { doing, service: 'Microsoft Entra ID', timeout: TIMEOUT }
  return clientOver(wire, sending, ({ status, headers, text }) => {
    const body = parseJson(text)
    if (!isSuccess(status)) {
      const retryAfter = retryAfterOf(headers, wire.clock)
      throw signInFailure({ doing, status, body: body ?? text, secrets, retryAfter })
    }
    // The library throws answers that are no JSON, and quotes them.
    if (!isObject(body)) throw unreadable(doing, status)
    if (typeof body.access_token === 'string') secrets.add(body.access_token)
  })
}

function otherTenant(doing: string, trusted: string, tenantId: string): Failure {
  return new Failure({
    kind: 'sign-in',
    doing,
    hint: `The vault trusts the tenant ${plainWords(trusted)}, and azure-tenant-id is ${tenantId}. Use a vault of the tenant that azure-tenant-id names, or an app registration of the vault's tenant.`,
  })
}

function unreadable(doing: string, status: number): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    status,
    hint: 'Microsoft Entra ID, or a proxy on the way, answered with something that is no access token. Check AZURE_AUTHORITY_HOST and the proxy, then run again.',
  })
}

function nobody(doing: string, error: unknown, secrets: Secrets): Failure {
  return new Failure({
    kind: 'sign-in',
    doing,
    said: plainWords(
      messageOf(error, (text) => secrets.redact(text)),
      600,
    ),
    hint: 'Give the job `permissions: id-token: write`, azure-tenant-id and azure-client-id of an app registration that trusts this workflow, or sign in before this step (azure/login).',
    cause: error,
  })
}
