import type { GitHub, RepositoryFacts } from '../../github/connect.ts'
import { GitHubFailure } from '../../github/refusals.ts'
import type { OrganizationHome, Place, RepositoryHome, RepositoryName, Visibility } from '../../place.ts'
import type { Run } from '../run.ts'
import type { OrganizationStore } from './preflight.ts'
import { endsAll } from './write.ts'

/** Why the organization secret does not reach the repository of a copy; undefined where it does, or where that cannot be told. */
export type Unreached = (copy: Place<RepositoryHome>) => Promise<string | undefined>

/**
 * Whether a repository would see the organization secret without its copy. GitHub is asked only where the visibility leaves
 * it open, once for each repository and each list of selected ones.
 * @param organization the stores as preflight found them
 * @returns a function that fails as GitHub does where nothing more can be asked
 */
export function openReachOfCopies(run: Run, organization: readonly OrganizationStore[]): Unreached {
  const asked = new Asked(run)
  return async (copy) => {
    const store = organization.find((one) => one.store === copy.store)
    if (store?.kind === 'refused') return 'GitHub refuses to show the organization secret'
    const secret = store?.secrets.find(({ place }) => place.name === copy.name)
    const visibility = secret && visibilityNow(run, secret)
    if (secret === undefined || visibility === 'none') return 'there is no such organization secret'
    // `all` are those that it reaches.
    if (visibility === undefined || visibility === 'all' || run.inputs.repositories === 'all') return undefined
    const facts = await asked.facts(copy.home.repository)
    if (visibility === 'private')
      return facts?.visibility === 'public'
        ? 'that one is for private repositories, and its repository is public'
        : undefined
    const selected = secret.metadata && (await asked.selected(secret.place))
    if (facts === undefined || selected === undefined || selected.includes(facts.id)) return undefined
    return 'its repository is not among those selected for it'
  }
}

/** As preflight found it, or as this run made it; `undefined` where GitHub does not say it. */
function visibilityNow(
  { inputs, journal }: Run,
  { place, metadata }: Extract<OrganizationStore, { kind: 'readable' }>['secrets'][number],
): Visibility | 'none' | undefined {
  if (metadata !== undefined) return metadata.visibility
  return journal.receipts.some((receipt) => receipt.place === place) ? inputs.visibility : 'none'
}

/** What GitHub said, so that nothing is asked twice. */
class Asked {
  readonly #run: Run
  readonly #facts = new Map<RepositoryName, Promise<RepositoryFacts | undefined>>()
  readonly #selected = new Map<Place, Promise<readonly number[] | undefined>>()

  constructor(run: Run) {
    this.#run = run
  }

  facts(repository: RepositoryName): Promise<RepositoryFacts | undefined> {
    return once(this.#facts, repository, () => this.#orUntold((github) => github.repository(repository)))
  }

  selected(place: Place<OrganizationHome>): Promise<readonly number[] | undefined> {
    return once(this.#selected, place, () => this.#orUntold((github) => github.selectedRepositories(place)))
  }

  /** A refusal says nothing of whom the secret reaches, now or later; what may pass is thrown. */
  async #orUntold<T>(ask: (github: GitHub) => Promise<T>): Promise<T | undefined> {
    try {
      return await ask(await this.#run.services.github())
    } catch (error) {
      if (!(error instanceof GitHubFailure) || endsAll(error) || !['refused', 'unreadable'].includes(error.kind))
        throw error
      this.#run.log.debug(error.message)
      return undefined
    }
  }
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}
