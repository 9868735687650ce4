import { Failure } from '../../errors.ts'
import type { GitHub } from '../../github/connect.ts'
import { GitHubFailure, isAbsence } from '../../github/refusals.ts'
import type { Place, RepositoryHome } from '../../place.ts'
import type { Run } from '../run.ts'
import type { Copies } from './copies.ts'
import { inShort, placesIn, repositoriesOf } from './places.ts'
import type { OrganizationStore } from './preflight.ts'
import { type Reached, reachOfSecrets } from './reach.ts'

/** What `repositories: all` stands for. */
export interface AllRepositories {
  readonly places: readonly Place<RepositoryHome>[]
  readonly untold: readonly Untold[]
  /** Whether the token sees every repository that the organization secret reaches. */
  readonly complete: boolean
}

/** A place that may be one of them, and why that cannot be told now. */
export interface Untold {
  readonly place: Place<RepositoryHome>
  readonly failure: GitHubFailure
}

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
    return { places: [], untold: [], complete: false }
  }
}

async function listed(run: Run, stores: readonly OrganizationStore[]): Promise<AllRepositories> {
  const { organization } = run.inputs
  const github = await run.services.github()
  const exists = stores.some(
    (store) => store.kind === 'readable' && store.secrets.some(({ metadata }) => metadata !== undefined),
  )
  const ofUser = await belongsToUser(github, organization, stores)
  const facts = await (exists
    ? github.repositories(organization)
    : github.reachedRepositories(organization, ofUser ? 'User' : 'Organization'))
  const active = facts.filter(({ archived, disabled }) => !archived && !disabled)
  const { reaches, hidden } = ofUser ? NO_SECRET : await reachOfSecrets(run, github, { stores, facts, active })
  const asked = active.flatMap((repository) =>
    placesIn(run.inputs, { kind: 'repository' as const, repository: repository.name }).map((place) => ({
      place,
      reached: reaches(place, repository),
    })),
  )
  const places = asked.flatMap(({ place, reached }) => (reached === true ? [place] : []))
  const untold = asked.flatMap(({ place, reached }) =>
    typeof reached === 'boolean' ? [] : [{ place, failure: reached }],
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
  tellUntold(run, untold)
  return { places, untold, complete: hidden === 0 && untold.length === 0 }
}

function tellUntold({ log }: Run, untold: readonly Untold[]): void {
  const [first] = untold
  if (first === undefined) return
  const names = inShort(repositoriesOf(untold.map(({ place }) => place)))
  log.warning(
    `Whether the organization secret reaches some repositories cannot be told (${names}): they are not written, and no PAT is retired. ${first.failure.message}`,
  )
}

/** There is none that could reach some repositories and not others. */
const NO_SECRET: Reached = { reaches: () => true, hidden: 0 }

/**
 * Whether the owner is certain to have no organization secret, being a person. A 404 may as well hide the secrets of an
 * organization from the token; then every repository would get a PAT, whomever the secret reaches.
 */
async function belongsToUser(github: GitHub, owner: string, stores: readonly OrganizationStore[]): Promise<boolean> {
  if (!stores.every((store) => store.kind === 'refused' && isAbsence(store.failure))) return false
  try {
    return (await github.accountType(owner)) === 'User'
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}

/**
 * Of `all`, those that the token does not reach are left out, unless it reaches none: then the writes say why. One that
 * could not be looked at for any other reason stays, to be written all the same.
 */
export function withoutUnreached(run: Run, { copies, unreadable, unreached }: Copies): Copies {
  if (unreached.size === 0 || copies.length === 0) return { copies, unreadable, unreached }
  const { length } = repositoriesOf([...unreached])
  run.log.warning(
    `The github-token does not reach ${length} of the repositories that the secret does: they are left out.`,
  )
  return { copies, unreadable: unreadable.filter((place) => !unreached.has(place)), unreached: new Set() }
}

export function nothingReached({ inputs }: Run): Failure {
  return new Failure({
    kind: 'refused',
    doing: 'find a repository for "repositories: all"',
    hint: `The github-token sees no repository of ${inputs.organization} that the secret reaches and that is neither archived nor disabled. Look at github-organization, at the secret's repository access, and at the repositories that the App is installed on; or name the repositories.`,
  })
}
