import type { Metadata, Repository, Store, StoredSecret, World } from './world.ts'
import { organizationPlace, repositoryPlace } from './world.ts'

/** A workflow is given the first hundred organization secrets of its repository, by name. */
const organizationSecretsGiven = 100

/** What GitHub shows of a secret just now, which may be what it was before the last write. */
export function reveal(world: World, place: string, name: string, countsAsReading: boolean): Metadata | undefined {
  const secret = world.secrets.get(`${place} ${name}`)
  if (secret === undefined) return undefined
  const { outdated } = secret
  if (outdated === undefined || world.now() >= outdated.until || outdated.readings <= 0) return secret.metadata
  if (countsAsReading) outdated.readings -= 1
  return outdated.shown
}

function at(world: World, place: string): StoredSecret[] {
  const found = [...world.secrets].filter(([key]) => key.startsWith(`${place} `)).map(([, secret]) => secret)
  return found.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))
}

export const secretsAt = (world: World, place: string): Metadata[] =>
  at(world, place).flatMap(({ metadata }) => reveal(world, place, metadata.name, false) ?? [])

/** The organization secrets that reach a repository, whatever hides them there. */
export function readable(world: World, repository: Repository, store: Store): StoredSecret[] {
  const organization = world.organization(repository.owner)
  if (organization === undefined) return []
  // On GitHub Free, private repositories cannot read organization secrets, though writing them succeeds.
  if (organization.plan === 'free' && repository.visibility !== 'public') return []
  return at(world, organizationPlace(organization, store)).filter(({ metadata }) => {
    if (metadata.visibility === 'all') return true
    if (metadata.visibility === 'selected') return metadata.selectedRepositoryIds.includes(repository.id)
    return repository.visibility !== 'public'
  })
}

/** The value that a workflow there would see: the environment's before the repository's before the organization's. */
export function visibleValue(
  world: World,
  repository: Repository,
  store: Store,
  name: string,
  environment?: string,
): string | undefined {
  const wanted = name.toUpperCase()
  const own = (place: string): string | undefined => world.secrets.get(`${place} ${wanted}`)?.value
  const fromEnvironment =
    environment === undefined ? undefined : own(repositoryPlace(repository, 'actions', environment))
  const given = readable(world, repository, store).slice(0, organizationSecretsGiven)
  const fromOrganization = given.find(({ metadata }) => metadata.name === wanted)?.value
  return fromEnvironment ?? own(repositoryPlace(repository, store)) ?? fromOrganization
}
