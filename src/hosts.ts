import { Failure } from './errors.ts'
import type { Inputs } from './inputs.ts'
import type { Fetch } from './wire.ts'

/** The hosts of Azure DevOps Services. https://learn.microsoft.com/azure/devops/organizations/security/allow-list-ip-url */
export const azureDevOpsHosts = {
  pats: 'vssps.dev.azure.com',
  feeds: 'feeds.dev.azure.com',
  audit: 'auditservice.dev.azure.com',
  organization: 'dev.azure.com',
} as const

/** Microsoft Entra ID of the public cloud. `AZURE_AUTHORITY_HOST` names another one (sovereign clouds). */
export const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com'

/** Azure DevOps as a resource of Microsoft Entra ID, the same in every tenant. */
export const AZURE_DEVOPS_RESOURCE = '499b84ac-1321-427f-aa17-267ca6975798'

/** What a run's own list of hosts is made of. */
export type NamingServers = Pick<Inputs, 'operation' | 'apiUrl' | 'app' | 'bot' | 'vault' | 'afterwards'>

/**
 * Every host that a run may speak to: those of Azure DevOps, and of what the job itself names: the GitHub API; where they
 * are used, Microsoft Entra ID, the vault and the webhook; the endpoint of the job's OIDC token. With the port, if any.
 */
export function hostsOf({ operation, apiUrl, app, bot, vault, afterwards }: NamingServers): readonly string[] {
  const asksEntra = operation === 'federate' || 'app' in bot
  const addresses = [
    apiUrl,
    ...(asksEntra && app !== undefined ? [app.authority] : []),
    ...(vault === undefined ? [] : [vault.url, vault.authority]),
    ...(afterwards.webhookUrl === undefined ? [] : [afterwards.webhookUrl]),
  ]
  const named = addresses.map((address) => new URL(address).host)
  return [...Object.values(azureDevOpsHosts), ...named, ...oidcHosts()]
}

/** The host of the job's OIDC endpoint; none where the job has no such permission. */
export function oidcHosts(): readonly string[] {
  const address = process.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? ''
  return URL.canParse(address) ? [new URL(address).host] : []
}

/**
 * A `fetch` that asks nobody but the allowed hosts, and only by https, so that no credential goes astray.
 * @param allowed host names, with the port where it is not 443
 * @throws Failure `input` where a request would go anywhere else; nothing is sent then
 */
export function guard(fetch: Fetch, allowed: readonly string[]): Fetch {
  const hosts = new Set(allowed.map((host) => host.toLowerCase()))
  return async (url, init) => {
    const { protocol, host } = new URL(url)
    if (protocol !== 'https:') throw astray(host, 'Only https is spoken')
    if (!hosts.has(host)) throw astray(host, `This run only talks to ${[...hosts].join(', ')}`)
    return fetch(url, init)
  }
}

function astray(host: string, why: string): Failure {
  return new Failure({
    kind: 'input',
    doing: `send a request to ${host}`,
    hint: `${why}: nothing was sent. Look at the inputs and variables that name servers (GITHUB_API_URL, AZURE_AUTHORITY_HOST, key-vault-url, notify-webhook-url).`,
  })
}
