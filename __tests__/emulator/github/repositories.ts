import type { WireAnswer } from '../wire.ts'
import { notFound, page, Refusal, stamp, type Json } from './answers.ts'
import { organizationRoutes, plainRoute, repositoryRoutes, type Call, type Needs, type Route } from './routes.ts'
import { covers, sees } from './tokens.ts'
import { fullName, type Repository } from './world.ts'

const anybody: Needs = { permissions: [], level: 'read' }
const metadata: Needs = { permissions: ['metadata'], level: 'read', scope: 'repo' }

function owner(call: Call, login: string): Json {
  const type = call.world.organization(login) === undefined ? 'User' : 'Organization'
  return { login, id: call.world.ownerId(login), type, site_admin: false, url: `${call.base}/users/${login}` }
}

/** A repository where it is a part of something else: what is optional in the description is left out. */
export function minimalRepository(call: Call, repository: Repository): Json {
  const name = fullName(repository)
  return {
    id: repository.id,
    node_id: `R_kgDO${repository.id}`,
    name: repository.name,
    full_name: name,
    private: repository.visibility !== 'public',
    owner: owner(call, repository.owner),
    html_url: `https://github.com/${name}`,
    url: `${call.base}/repos/${name}`,
    description: null,
    fork: false,
  }
}

function repositoryJson(call: Call, repository: Repository): Json {
  const { visibility, archived, disabled, hasIssues, createdAt } = repository
  const writes = covers(call.token, repository)
  return {
    ...minimalRepository(call, repository),
    visibility,
    archived,
    disabled,
    has_issues: hasIssues,
    default_branch: 'main',
    created_at: stamp(createdAt),
    updated_at: stamp(createdAt),
    pushed_at: stamp(createdAt),
    permissions: { admin: writes, maintain: writes, push: writes, triage: writes, pull: true },
  }
}

const ofType = (type: string | null, { visibility }: Repository): boolean => {
  if (type === 'public') return visibility === 'public'
  return type !== 'private' || visibility !== 'public'
}

function installationRepositories(call: Call): WireAnswer {
  const { world, token, query, base } = call
  if (token.kind !== 'app' && token.kind !== 'github-token') {
    const message =
      'You must authenticate with an installation access token in order to list repositories for an installation.'
    throw new Refusal(403, message)
  }
  const all = world.repositories().filter((repository) => covers(token, repository))
  const { items, headers } = page(all, query, `${base}/installation/repositories`)
  const repositories = items.map((repository) => repositoryJson(call, repository))
  const selection = token.repositories === 'all' ? 'all' : 'selected'
  return { status: 200, headers, body: { total_count: all.length, repository_selection: selection, repositories } }
}

/** Those of whoever the token belongs to, of every owner and sorted by name; for an App there is no such person. */
function repositoriesOfUser(call: Call): WireAnswer {
  const { world, token, query, base } = call
  if (token.kind === 'app' || token.kind === 'github-token')
    throw new Refusal(403, 'Resource not accessible by integration')
  if (query.has('type') && (query.has('affiliation') || query.has('visibility'))) {
    const message = 'If you specify visibility or affiliation, you cannot specify type.'
    throw new Refusal(422, message)
  }
  const affiliations = (query.get('affiliation') ?? 'owner,collaborator,organization_member').split(',')
  const login = token.account.toLowerCase()
  const affiliation = (repository: Repository): string => {
    if (repository.owner.toLowerCase() === login) return 'owner'
    if (repository.collaborators.has(login)) return 'collaborator'
    return world.organization(repository.owner) === undefined ? 'none' : 'organization_member'
  }
  const unauthorised = token.sso === 'required'
  const all = world.repositories().filter((repository) => {
    if (unauthorised && world.organization(repository.owner) !== undefined) return false
    return affiliations.includes(affiliation(repository)) && sees(token, repository)
  })
  const sorted = [...all].sort((one, other) => fullName(one).localeCompare(fullName(other)))
  const { items, headers } = page(sorted, query, `${base}/user/repos`)
  const partial = unauthorised ? { 'x-github-sso': 'partial-results; organizations=21955855' } : {}
  return { status: 200, headers: { ...headers, ...partial }, body: items.map((one) => repositoryJson(call, one)) }
}

function user(call: Call): WireAnswer {
  const { username = '' } = call.params
  if (call.world.ownerId(username) === undefined) throw notFound()
  return { status: 200, body: owner(call, username) }
}

/** https://docs.github.com/en/rest/repos/repos and what else tells of owners and repositories. */
export const repositoryRoutesOfAll: readonly Route[] = [
  ...organizationRoutes('GET /orgs/{org}', anybody, ({ base }, { id, login, plan }) => ({
    status: 200,
    body: { id, login, type: 'Organization', url: `${base}/orgs/${login}`, plan: { name: plan } },
  })),
  ...organizationRoutes('GET /orgs/{org}/repos', anybody, (call, organization) => {
    const { world, token, query, base } = call
    const unauthorised = token.sso === 'required'
    const all = world.repositories().filter((repository) => {
      if (repository.owner.toLowerCase() !== organization.login.toLowerCase()) return false
      if (unauthorised && repository.visibility !== 'public') return false
      return sees(token, repository) && ofType(query.get('type'), repository)
    })
    const listUrl = `${base}/organizations/${organization.id}/repos`
    const { items, headers } = page([...all].reverse(), query, listUrl)
    const partial = unauthorised ? { 'x-github-sso': `partial-results; organizations=${organization.id}` } : {}
    const body = items.map((repository) => repositoryJson(call, repository))
    return { status: 200, headers: { ...headers, ...partial }, body }
  }),
  ...repositoryRoutes('GET /repos/{owner}/{repo}', metadata, (call, repository) => ({
    status: 200,
    body: repositoryJson(call, repository),
  })),
  plainRoute('GET /installation/repositories', anybody, installationRepositories),
  plainRoute('GET /user/repos', metadata, repositoriesOfUser),
  plainRoute('GET /users/{username}', anybody, user),
]
