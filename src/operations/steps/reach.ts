import { Failure } from '../../errors.ts'
import type { GitHub, RepositoryFacts } from '../../github/connect.ts'
import { GitHubFailure, isNoAccess } from '../../github/refusals.ts'
import type { OrganizationHome, Place, RepositoryHome } from '../../place.ts'
import type { Run } from '../run.ts'
import { organizationPlaces } from './places.ts'
import type { OrganizationStore } from './preflight.ts'
import { sideBySide } from './side-by-side.ts'
import { isSweep, progressOf } from './sweep.ts'

/** Whether an organization secret reaches a repository, or why that cannot be told now. */
type Reach = (repository: RepositoryFacts) => boolean | GitHubFailure

type Reaches = ReadonlyMap<string, Reach>

export interface Known {
  readonly stores: readonly OrganizationStore[]
  readonly facts: readonly RepositoryFacts[]
  readonly active: readonly RepositoryFacts[]
}

export interface Reached {
  /** Whether the organization secret of which this is a copy reaches that repository. */
  readonly reaches: (place: Place<RepositoryHome>, repository: RepositoryFacts) => ReturnType<Reach>
  /** How many repositories it reaches that the token does not see. */
  readonly hidden: number
}

/**
 * Whom each organization secret reaches. A secret that does not exist yet, and one of a store that GitHub refuses to show,
 * counts as reaching whom the others reach: those hold the same PAT, so nobody gets one who had none. Where there is none
 * at all, every repository counts as reached.
 * @throws Failure where GitHub refuses to show a store, and nobody else says whom a secret reaches
 */
export async function reachOfSecrets(run: Run, github: GitHub, known: Known): Promise<Reached> {
  const { reaches, hidden } = await reachesOf(run, github, known)
  const all = withSiblings(run, known.stores, reaches)
  return { reaches: (place, repository) => (all.get(keyOf(place)) ?? everywhere)(repository), hidden }
}

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
  return { reaches, hidden: hidden.size }
}

function withSiblings(run: Run, stores: readonly OrganizationStore[], known: Reaches): Reaches {
  const [first] = known.values()
  if (first === undefined) {
    const refused = stores.find((store) => store.kind === 'refused')
    if (refused !== undefined) throw cannotTell(refused.failure)
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
  const untold = new Map<number, GitHubFailure>()
  await sideBySide(repositories, async ({ id, name }) => {
    if (isSweep(repositories.length)) await github.room(1, 'ask which organization secrets reach the repositories')
    const secrets = await secretsReaching(run, github, name, store)
    if (secrets instanceof GitHubFailure) untold.set(id, secrets)
    else for (const secret of secrets) reached.set(secret, (reached.get(secret) ?? new Set()).add(id))
    progress.step()
  })
  return new Map(
    places.flatMap((place) => {
      const ids = reached.get(place.name.toUpperCase())
      return ids === undefined
        ? []
        : [[keyOf(place), ({ id }: RepositoryFacts) => untold.get(id) ?? ids.has(id)] as const]
    }),
  )
}

async function secretsReaching(
  run: Run,
  github: GitHub,
  ...[name, store]: Parameters<GitHub['organizationSecretsOf']>
): Promise<readonly string[] | GitHubFailure> {
  try {
    return await github.organizationSecretsOf(name, store)
  } catch (error) {
    if (!(error instanceof GitHubFailure && (error.fallsBack || error.refusal === 'moved'))) throw error
    run.log.debug(error.message)
    // Of a repository that is closed to the token nothing else will be learnt later on.
    return isNoAccess(error) ? [] : error
  }
}

function everywhere(): boolean {
  return true
}

function keyOf({ store, name }: Place<OrganizationHome | RepositoryHome>): string {
  return `${store} ${name.toUpperCase()}`
}

function cannotTell(refusal: GitHubFailure): Failure {
  const { missingPermission } = refusal
  const permission = missingPermission === undefined ? '' : ` (${missingPermission})`
  return new Failure({
    kind: 'refused',
    doing: 'tell which repositories "repositories: all" stands for',
    hint: `They are those that the organization secret reaches; GitHub does not show whom it reaches, and no repository says that it does. Name the repositories, or let the github-token read the organization's secrets${permission}. ${refusal.but({ hint: '' }).message.trim()}`,
    cause: refusal,
  })
}
