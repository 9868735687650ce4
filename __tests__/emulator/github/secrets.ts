import type { WireAnswer } from '../wire.ts'
import { organizationSecrets, repositorySecrets } from './access.ts'
import { notFound, page, Refusal, stamp, type Json } from './answers.ts'
import { minimalRepository } from './repositories.ts'
import { repositoryRoutes, organizationRoutes, type Call, type Needs, type Route } from './routes.ts'
import { accessPolicy, put, sealedValue, secretName, selectedIds } from './secret-writing.ts'
import { readable, reveal, secretsAt } from './secret-reading.ts'
import { sees } from './tokens.ts'
import {
  organizationPlace,
  repositoryPlace,
  stores,
  type Metadata,
  type Organization,
  type Repository,
  type Store,
  type StoredSecret,
} from './world.ts'

const json = (body: unknown, headers: Record<string, string> = {}): WireAnswer => ({ status: 200, headers, body })
const nothing: WireAnswer = { status: 204 }
const nameIn = (call: Call): string => (call.params.name ?? '').toUpperCase()

function shown(call: Call, store: Store, metadata: Metadata, owner?: Organization): Json {
  const { name, createdAt, updatedAt, visibility } = metadata
  const dates = { name, created_at: stamp(createdAt), updated_at: stamp(updatedAt) }
  if (owner === undefined) return dates
  if (visibility !== 'selected') return { ...dates, visibility }
  const url = `${call.base}/orgs/${owner.login}/${store}/secrets/${name}/repositories`
  return { ...dates, visibility, selected_repositories_url: url }
}

function list(call: Call, store: Store, place: string, listUrl: string, owner?: Organization): WireAnswer {
  const all = secretsAt(call.world, place)
  const { items, headers } = page(all, call.query, listUrl)
  return json({ total_count: all.length, secrets: items.map((item) => shown(call, store, item, owner)) }, headers)
}

function mustHave(call: Call, place: string): StoredSecret {
  const secret = call.world.secrets.get(`${place} ${nameIn(call)}`)
  if (secret === undefined) throw notFound()
  return secret
}

function remove(call: Call, place: string): WireAnswer {
  mustHave(call, place)
  call.world.secrets.delete(`${place} ${nameIn(call)}`)
  return nothing
}

function changeSelection(call: Call, place: string, change: (now: readonly number[]) => readonly number[]): WireAnswer {
  const secret = mustHave(call, place)
  if (secret.metadata.visibility !== 'selected') {
    throw new Refusal(409, 'The visibility of the secret is not selected, so its repositories cannot be changed.')
  }
  const selectedRepositoryIds = change(secret.metadata.selectedRepositoryIds)
  put(call.world, place, { ...secret.metadata, selectedRepositoryIds }, undefined, call.token.account)
  return nothing
}

function selectedRepositories(call: Call, place: string, organization: Organization, store: Store): WireAnswer {
  const { world, token, query, base } = call
  const { name } = mustHave(call, place).metadata
  const ids = reveal(world, place, name, false)?.selectedRepositoryIds ?? []
  const all = ids.flatMap((id) => world.repositoryById(id) ?? [])
  const listUrl = `${base}/organizations/${organization.id}/${store}/secrets/${name}/repositories`
  const visible = world.modes.hidesUnreachableSelected === true ? all.filter((one) => sees(token, one)) : all
  const { items, headers } = page(visible, query, listUrl)
  const repositories = items.map((one) => minimalRepository(call, one))
  return json({ total_count: all.length, repositories }, headers)
}

function organizationStore(store: Store): Route[] {
  const root = `/orgs/{org}/${store}/secrets`
  const read = organizationSecrets(store, 'read')
  const write = organizationSecrets(store, 'write')
  const at = (organization: Organization): string => organizationPlace(organization, store)
  const theRepository = (call: Call): number => {
    const repository = call.world.repositoryById(Number(call.params.repository))
    if (repository === undefined || !sees(call.token, repository)) throw notFound()
    return repository.id
  }
  return [
    ...organizationRoutes(`GET ${root}`, read, (call, owner) =>
      list(call, store, at(owner), `${call.base}/organizations/${owner.id}/${store}/secrets`, owner),
    ),
    ...organizationRoutes(`GET ${root}/public-key`, read, ({ world }, owner) => json(world.boxes.publicKey(at(owner)))),
    ...organizationRoutes(`GET ${root}/{name}`, read, (call, owner) => {
      const metadata = reveal(call.world, at(owner), nameIn(call), true)
      if (metadata === undefined) throw notFound()
      return json(shown(call, store, metadata, owner))
    }),
    ...organizationRoutes(`PUT ${root}/{name}`, write, (call, owner) => {
      const name = secretName(nameIn(call))
      const existing = call.world.secrets.get(`${at(owner)} ${name}`)
      const policy = accessPolicy(call, owner, store)
      const value = sealedValue(call, at(owner), name, { mayBeLeftOut: existing !== undefined && store !== 'agents' })
      return put(call.world, at(owner), { name, ...policy }, value, call.token.account)
    }),
    ...organizationRoutes(`DELETE ${root}/{name}`, write, (call, owner) => remove(call, at(owner))),
    ...organizationRoutes(`GET ${root}/{name}/repositories`, read, (call, owner) =>
      selectedRepositories(call, at(owner), owner, store),
    ),
    ...organizationRoutes(`PUT ${root}/{name}/repositories`, write, (call, owner) => {
      const ids = selectedIds(call, owner, store, true)
      return changeSelection(call, at(owner), () => ids)
    }),
    ...organizationRoutes(`PUT ${root}/{name}/repositories/{repository}`, write, (call, owner) => {
      const id = theRepository(call)
      return changeSelection(call, at(owner), (now) => [...new Set([...now, id])])
    }),
    ...organizationRoutes(`DELETE ${root}/{name}/repositories/{repository}`, write, (call, owner) => {
      const id = theRepository(call)
      return changeSelection(call, at(owner), (now) => now.filter((one) => one !== id))
    }),
  ]
}

/** The endpoints of a repository's own secrets, or of those of one of its environments: the same but for the path. */
function repositoryStore(
  root: string,
  store: Store,
  needs: (level: 'read' | 'write', publicKey?: boolean) => Needs,
  place: (call: Call, repository: Repository) => string,
): Route[] {
  const below = root.replace('/repos/{owner}/{repo}', '')
  return [
    ...repositoryRoutes(`GET ${root}`, needs('read'), (call, repository) => {
      const path = below.replace('{environment}', encodeURIComponent(call.params.environment ?? ''))
      return list(call, store, place(call, repository), `${call.base}/repositories/${repository.id}${path}`)
    }),
    ...repositoryRoutes(`GET ${root}/public-key`, needs('read', true), (call, repository) =>
      json(call.world.boxes.publicKey(place(call, repository))),
    ),
    ...repositoryRoutes(`GET ${root}/{name}`, needs('read'), (call, repository) => {
      const metadata = reveal(call.world, place(call, repository), nameIn(call), true)
      if (metadata === undefined) throw notFound()
      return json(shown(call, store, metadata))
    }),
    ...repositoryRoutes(`PUT ${root}/{name}`, needs('write'), (call, repository) => {
      const name = secretName(nameIn(call))
      const value = sealedValue(call, place(call, repository), name, { mayBeLeftOut: false })
      const policy = { visibility: undefined, selectedRepositoryIds: [] }
      return put(call.world, place(call, repository), { name, ...policy }, value, call.token.account)
    }),
    ...repositoryRoutes(`DELETE ${root}/{name}`, needs('write'), (call, repository) =>
      remove(call, place(call, repository)),
    ),
  ]
}

const environmentNeeds = (level: 'read' | 'write'): Needs => ({
  permissions: ['environments'],
  level,
  scope: 'repo',
  secret: true,
})

function environmentPlace(call: Call, repository: Repository): string {
  const environment = call.params.environment ?? ''
  const known = [...repository.environments].some((name) => name.toLowerCase() === environment.toLowerCase())
  if (!known) throw notFound()
  return repositoryPlace(repository, 'actions', environment)
}

/** The organization's secrets that reach a repository. */
function sharedSecrets(store: Store): Route[] {
  const path = `/repos/{owner}/{repo}/${store}/organization-secrets`
  return repositoryRoutes(`GET ${path}`, repositorySecrets(store, 'read'), (call, repository) => {
    const shared = readable(call.world, repository, store).map(({ metadata }) => metadata)
    const listUrl = `${call.base}/repositories/${repository.id}/${store}/organization-secrets`
    const { items, headers } = page(shared, call.query, listUrl)
    return json({ total_count: shared.length, secrets: items.map((item) => shown(call, store, item)) }, headers)
  })
}

/** https://docs.github.com/en/rest/actions/secrets and its siblings for the other stores. */
export const secretRoutes: readonly Route[] = [
  ...stores.flatMap(organizationStore),
  ...stores.flatMap((store) =>
    repositoryStore(
      `/repos/{owner}/{repo}/${store}/secrets`,
      store,
      (level, publicKey) => repositorySecrets(store, level, publicKey),
      (_, repository) => repositoryPlace(repository, store),
    ),
  ),
  ...repositoryStore(
    '/repos/{owner}/{repo}/environments/{environment}/secrets',
    'actions',
    environmentNeeds,
    environmentPlace,
  ),
  ...sharedSecrets('actions'),
  ...sharedSecrets('agents'),
]
