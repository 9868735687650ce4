import { Failure } from '../../errors.ts'
import type { GitHub, RepositoryFacts } from '../../github/connect.ts'
import { GitHubFailure } from '../../github/refusals.ts'
import type { OrganizationHome, Place, RepositoryHome } from '../../place.ts'
import type { Run } from '../run.ts'
import { organizationPlaces, placesIn } from './places.ts'
import type { OrganizationStore } from './preflight.ts'
import { sideBySide } from './side-by-side.ts'
import { isSweep, progressOf } from './sweep.ts'

/** What `repositories: all` stands for. */
export interface AllRepositories {
  readonly places: readonly Place<RepositoryHome>[]
  /** Whether the token sees every repository that the organization secret reaches. */
  readonly complete: boolean
}

/** Whether an organization secret reaches a repository. */
type Reach = (repository: RepositoryFacts) => boolean

type Reaches = ReadonlyMap<string, Reach>

/**
 * The places of `repositories: all`: those of the repositories that the organization secret reaches, each store and name by
 * itself, or, while there is no organization secret, of every one that the token reaches. Archived and disabled ones take
 * no changes, run nothing, and are left out. Where the list cannot be read and the organization itself serves them, that
 * is a warning, and no copy is known.
 * @throws Failure where copies are all there is, and which ones cannot be told
 */
export async function allRepositories(run: Run, stores: readonly OrganizationStore[]): Promise<AllRepositories> {
  const served = run.inputs.target === 'organization' && stores.every(({ kind }) => kind === 'readable')
  try {
    const all = await listed(run, stores)
    if (all.places.length === 0 && !served) throw nothingReached(run)
    return all
  } catch (error) {
    if (!served || !(error instanceof GitHubFailure && (error.fallsBack || error.refusal === 'unreadable'))) throw error
    run.log.warning(
      `Which repositories "repositories: all" stands for cannot be told, so copies are not looked at and no PAT is retired. ${error.message}`,
    )
    return { places: [], complete: false }
  }
}

async function listed(run: Run, stores: readonly OrganizationStore[]): Promise<AllRepositories> {
  const { organization } = run.inputs
  const github = await run.services.github()
  const exists = stores.some(
    (store) => store.kind === 'readable' && store.secrets.some(({ metadata }) => metadata !== undefined),
  )
  const facts = await (exists ? github.repositories(organization) : github.reachedRepositories(organization))
  const active = facts.filter(({ archived, disabled }) => !archived && !disabled)
  const { reaches, hidden } = await reachesOf(run, github, { stores, facts, active })
  const places = active.flatMap((repository) =>
    placesIn(run.inputs, { kind: 'repository' as const, repository: repository.name }).filter((place) =>
      (reaches.get(keyOf(place)) ?? everywhere)(repository),
    ),
  )
  const archived = facts.filter((one) => one.archived).length
  const count = new Set(places.map(({ home }) => home.repository)).size
  run.log.info(
    `"repositories: all" are ${count} of the ${facts.length} repositories seen in ${organization}; archived: ${archived}, disabled: ${facts.length - archived - active.length}.`,
  )
  if (hidden > 0)
    run.log.warning(
      `${hidden} repositories that the organization secret reaches are hidden from the github-token: they are left out, and no PAT is retired. Let the token see all repositories of the organization (install the App on all of them).`,
    )
  return { places, complete: hidden === 0 }
}

interface Known {
  readonly stores: readonly OrganizationStore[]
  readonly facts: readonly RepositoryFacts[]
  readonly active: readonly RepositoryFacts[]
}

/**
 * Whom each organization secret reaches. A secret that does not exist yet, and one of a store that GitHub refuses to show,
 * counts as reaching whom the others reach: those hold the same PAT, so nobody gets one who had none.
 */
async function reachesOf(
  run: Run,
  github: GitHub,
  { stores, facts, active }: Known,
): Promise<{ reaches: Reaches; hidden: number }> {
  const reaches = new Map<string, Reach>()
  const hidden = new Set<number>()
  const seen = new Set(facts.map(({ id }) => id))
  for (const store of stores) {
    if (store.kind === 'refused') {
      for (const [key, reach] of await askRepositories(run, github, store, active)) reaches.set(key, reach)
      continue
    }
    for (const { place, metadata } of store.secrets) {
      if (metadata?.visibility === 'selected') {
        const ids = new Set(await github.selectedRepositories(place))
        for (const id of ids) if (!seen.has(id)) hidden.add(id)
        reaches.set(keyOf(place), ({ id }) => ids.has(id))
      } else if (metadata !== undefined) {
        reaches.set(
          keyOf(place),
          metadata.visibility === 'all' ? everywhere : ({ visibility }) => visibility !== 'public',
        )
      }
    }
  }
  return { reaches: withSiblings(run, stores, reaches), hidden: hidden.size }
}

function withSiblings(run: Run, stores: readonly OrganizationStore[], known: Reaches): Reaches {
  const [first] = known.values()
  if (first === undefined) {
    const refused = stores.find((store) => store.kind === 'refused')
    if (refused !== undefined && refused.failure.refusal !== 'no-organization-secrets')
      throw cannotTell(refused.failure)
    return known
  }
  const all = organizationPlaces({ ...run.inputs, target: 'organization' })
  const ofStore = (store: string): Reach | undefined =>
    all.filter((place) => place.store === store).flatMap((place) => known.get(keyOf(place)) ?? [])[0]
  return new Map(all.map((place) => [keyOf(place), known.get(keyOf(place)) ?? ofStore(place.store) ?? first]))
}

/** GitHub refuses to show the organization's secrets, but each repository tells which of them reach it. */
async function askRepositories(
  run: Run,
  github: GitHub,
  { store, places }: Extract<OrganizationStore, { kind: 'refused' }>,
  repositories: readonly RepositoryFacts[],
): Promise<Reaches> {
  if (store !== 'actions' && store !== 'agents') return new Map()
  const progress = progressOf(run, 'repositories asked which secrets reach them', repositories.length)
  const reached = new Map<string, Set<number>>()
  await sideBySide(repositories, async ({ id, name }) => {
    if (isSweep(repositories.length)) await github.room(1, 'ask which organization secrets reach the repositories')
    for (const secret of await secretsReaching(run, github, name, store))
      reached.set(secret, (reached.get(secret) ?? new Set()).add(id))
    progress.step()
  })
  return new Map(
    places.flatMap((place) => {
      const ids = reached.get(place.name.toUpperCase())
      return ids === undefined ? [] : [[keyOf(place), ({ id }: RepositoryFacts) => ids.has(id)] as const]
    }),
  )
}

async function secretsReaching(
  run: Run,
  github: GitHub,
  ...[name, store]: Parameters<GitHub['organizationSecretsOf']>
): Promise<readonly string[]> {
  try {
    return await github.organizationSecretsOf(name, store)
  } catch (error) {
    if (!(error instanceof GitHubFailure && error.fallsBack)) throw error
    run.log.debug(error.message)
    return []
  }
}

function everywhere(): boolean {
  return true
}

function keyOf({ store, name }: Place<OrganizationHome | RepositoryHome>): string {
  return `${store} ${name.toUpperCase()}`
}

function cannotTell(refusal: GitHubFailure): Failure {
  return new Failure({
    kind: 'refused',
    doing: 'tell which repositories "repositories: all" stands for',
    hint: `They are those that the organization secret reaches; GitHub does not show whom it reaches, and no repository says that it does. Name the repositories, or let the github-token read the organization's secrets. ${refusal.message}`,
    cause: refusal,
  })
}

export function nothingReached({ inputs }: Run): Failure {
  return new Failure({
    kind: 'refused',
    doing: 'find a repository for "repositories: all"',
    hint: `The github-token sees no repository of ${inputs.organization} that the secret reaches and that is neither archived nor disabled. Look at github-organization, at the secret's repository access, and at the repositories that the App is installed on; or name the repositories.`,
  })
}
