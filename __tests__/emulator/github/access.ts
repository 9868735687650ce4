import { notFound, Refusal } from './answers.ts'
import type { Call, Needs } from './routes.ts'
import { covers, sees, type Token } from './tokens.ts'
import type { Organization, Repository, Store, World } from './world.ts'

const organizationPermission = {
  actions: 'organization_secrets',
  dependabot: 'organization_dependabot_secrets',
  codespaces: 'organization_codespaces_secrets',
  agents: 'organization_agents_secrets',
} as const

const repositoryPermission = {
  actions: 'secrets',
  dependabot: 'dependabot_secrets',
  codespaces: 'codespaces_secrets',
  agents: 'agents_secrets',
} as const

export function organizationSecrets(store: Store, level: 'read' | 'write'): Needs {
  const classicOnly = store === 'codespaces' ? (['app', 'fine-grained'] as const) : []
  return { permissions: [organizationPermission[store]], level, scope: 'admin:org', secret: true, refused: classicOnly }
}

/** GitHub's description says that an App cannot even read the public key of a repository's Codespaces secrets. */
export function repositorySecrets(store: Store, level: 'read' | 'write', publicKey = false): Needs {
  const refused = store === 'codespaces' && publicKey ? (['app'] as const) : []
  return { permissions: [repositoryPermission[store]], level, scope: 'repo', secret: true, refused }
}

/** The header that names what an endpoint wants, in the words of the kind of token that asked. */
export function acceptedHeaders(token: Token, needs: Needs | undefined): Record<string, string> {
  if (token.kind === 'classic') {
    return { 'x-oauth-scopes': token.scopes.join(', '), 'x-accepted-oauth-scopes': needs?.scope ?? '' }
  }
  if (needs === undefined) return {}
  if (needs.permissions.length === 0) return { 'x-accepted-github-permissions': 'allows_permissionless_access=true' }
  const alternatives = needs.permissions.map((permission) => `${permission}=${needs.level}`)
  return { 'x-accepted-github-permissions': alternatives.join('; ') }
}

function noPermission(token: Token): Refusal {
  if (token.kind === 'classic') return new Refusal(403, 'Must have admin rights to Repository.')
  const whom = token.kind === 'fine-grained' ? 'personal access token' : 'integration'
  return new Refusal(403, `Resource not accessible by ${whom}`)
}

function isGranted(token: Token, needs: Needs): boolean {
  if (needs.refused?.some((kind) => kind === token.kind) === true) return false
  // The workflow's own token never gets at secrets, whatever its `permissions:` say.
  if (needs.secret === true && token.kind === 'github-token') return false
  if (needs.permissions.length === 0) return true
  return needs.permissions.some((permission) => {
    const granted = token.permissions[permission]
    return granted === 'write' || (granted !== undefined && needs.level === 'read')
  })
}

function requireSso(world: World, token: Token, organization: Organization): void {
  if (token.sso !== 'required') return
  if (world.modes.ssoHides === true) throw notFound()
  const request = Buffer.from(`authorization of ${token.account}`).toString('base64url')
  const url = `https://github.com/orgs/${organization.login}/sso?authorization_request=${request}`
  const message =
    'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.'
  throw new Refusal(403, message, { 'x-github-sso': `required; url=${url}` })
}

const belongs = (token: Token, login: string): boolean =>
  token.kind === 'classic' || token.owner.toLowerCase() === login.toLowerCase()

/** The organization asked for, once the token may do there what the endpoint wants. */
export function enterOrganization(call: Call, needs: Needs): Organization {
  const { token, world } = call
  const organization = world.organization(call.params.org ?? '')
  if (organization === undefined) throw notFound()
  if (needs.permissions.length === 0) return organization
  if (!belongs(token, organization.login)) throw token.kind === 'fine-grained' ? notFound() : noPermission(token)
  requireSso(world, token, organization)
  if (token.kind === 'classic') {
    if (needs.scope !== undefined && !token.scopes.includes(needs.scope)) throw noPermission(token)
    if (token.role === 'member') throw noPermission(token)
  } else if (!isGranted(token, needs)) {
    throw noPermission(token)
  }
  return organization
}

function moved(call: Call, repository: Repository): Refusal {
  const url = `${call.base}/repositories/${repository.id}${call.rest}${call.search}`
  const status = call.method === 'GET' ? 301 : 307
  return new Refusal(status, status === 301 ? 'Moved Permanently' : 'Temporary Redirect', { location: url }, { url })
}

/** The repository asked for, once the token may do there what the endpoint wants. */
export function enterRepository(call: Call, needs: Needs): Repository {
  const { token, world, params } = call
  const asked = `${params.owner ?? ''}/${params.repo ?? ''}`
  const repository = params.id === undefined ? world.repository(asked) : world.repositoryById(Number(params.id))
  if (repository === undefined || !sees(token, repository)) throw notFound()
  if (params.id === undefined && asked.toLowerCase() !== `${repository.owner}/${repository.name}`.toLowerCase()) {
    throw moved(call, repository)
  }
  const organization = world.organization(repository.owner)
  if (repository.visibility !== 'public' || needs.secret === true) {
    if (organization !== undefined) requireSso(world, token, organization)
  }
  if (repository.disabled) throw new Refusal(403, 'Repository access blocked')
  const readsPublic = repository.visibility === 'public' && needs.level === 'read' && needs.secret !== true
  if (!readsPublic) {
    if (!covers(token, repository)) throw noPermission(token)
    if (token.kind !== 'classic' && !isGranted(token, needs)) throw noPermission(token)
  }
  if (repository.archived && call.method !== 'GET') {
    throw new Refusal(403, 'Repository was archived so is read-only.')
  }
  return repository
}
