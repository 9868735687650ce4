import { plainWords } from '../errors.ts'
import type { Home, Place, Store } from '../place.ts'
import type { HeadersRead } from '../wire.ts'
import type { Hint } from './hints.ts'
import type { Refusal } from './refusals.ts'

/** What a request was about, as far as the reading of its refusal depends on it. */
export interface About {
  readonly home: Home
  /** Undefined where the request was not about secrets. */
  readonly store?: Store
  readonly secretName?: string
  /** What the secret holds. By it a hint knows which inputs named the secret and its home. */
  readonly form?: Place['form'] | undefined
  /** Where it was not about secrets: what to do about the refusals that mean something else there. */
  readonly hints?: Readonly<Partial<Record<Refusal, Hint>>>
}

/**
 * What the GitHub token lacks: `organization_secrets=write`, or the scope of a classic token. As GitHub's own header
 * says it, but always with `write`: a refused GET asks for `read`, and the renewal writes.
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
 */
export function missingPermission(headers: HeadersRead, about: About): string {
  // Where the header says that none is needed, it is not what is missing.
  const accepted = (headers.get('x-accepted-github-permissions') ?? '')
    .split(';')
    .filter((permission) => !permission.includes('allows_permissionless_access'))
    .join(';')
    .trim()
  if (accepted !== '') return plainWords(accepted).replace(/\b(\w*secrets|environments)=read\b/g, '$1=write')
  if (isClassic(headers)) return plainWords(headers.get('x-accepted-oauth-scopes') ?? '') || scopeFor(about)
  return permissionFor(about)
}

/** Whether the GitHub token is a classic personal access token (or of an OAuth app): those have scopes. */
export function isClassic(headers: HeadersRead): boolean {
  return headers.has('x-oauth-scopes') || headers.has('x-accepted-oauth-scopes')
}

/** https://docs.github.com/rest/actions/secrets#create-or-update-an-organization-secret */
function scopeFor({ home }: About): string {
  return home.kind === 'organization' ? 'admin:org' : 'repo'
}

/** Where no header says it. https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
function permissionFor({ home, store }: About): string {
  if (store === undefined) return 'metadata=read'
  if (home.kind === 'environment') return 'environments=write'
  const level = home.kind === 'organization' ? 'organization_' : ''
  return `${level}${prefixOf[store]}secrets=write`
}

const prefixOf: Readonly<Record<Store, string>> = {
  actions: '',
  dependabot: 'dependabot_',
  codespaces: 'codespaces_',
  agents: 'agent_',
}
