import { Failure } from '../../errors.ts'
import type { OrganizationHome, Place, RepositoryName, Visibility } from '../../place.ts'
import { sameRepository } from '../../place.ts'
import type { Finding } from '../../report/result.ts'
import type { Run } from '../run.ts'
import { told } from './inspect.ts'
import { inShort } from './places.ts'
import type { Preflight } from './preflight.ts'
import { sideBySide } from './side-by-side.ts'

const WHAT = 'Reach of the organization secret'

/** So many repositories are asked, and no more: a check is to be quick. */
const MOST = 20

/** Jobs get so many secrets of the organization, the first by name. https://docs.github.com/actions/reference/security/secrets#limits-for-secrets */
const MOST_SECRETS = 100

/** One secret that a repository without a copy of its own should see. */
interface Question {
  readonly repository: RepositoryName
  readonly place: Place<OrganizationHome>
  readonly visibility: Visibility | undefined
}

type Answer = Question & { readonly sees: 'yes' | 'no' | 'cut-off' | Failure }

/**
 * Whether named `repositories` without a copy see the organization's secrets: GitHub takes a write that reaches nobody. Reads
 * only. Nothing is found where nothing is to be asked: with `all`, which are those that it reaches, and of stores that have no
 * such question.
 * @throws Failure `cancelled`
 */
export async function reachOfOrganizationSecret(run: Run, before: Preflight): Promise<readonly Finding[]> {
  const questions = questionsOf(run, before)
  if (questions.length === 0) return []
  const seen = new Map<string, Promise<readonly string[] | Failure>>()
  const answers = await sideBySide(questions, async (question): Promise<Answer> => {
    const key = `${question.place.store} ${question.repository}`
    const names = seen.get(key) ?? namesSeenBy(run, question)
    seen.set(key, names)
    return { ...question, sees: seesAmong(await names, question) }
  })
  return [told(run, { what: WHAT, ...findingOf(answers) })]
}

function questionsOf({ inputs: { repositories } }: Run, { organization, copies }: Preflight): readonly Question[] {
  if (repositories === 'all') return []
  return organization.flatMap((store) => {
    if (store.kind === 'refused' || (store.store !== 'actions' && store.store !== 'agents')) return []
    return store.secrets.flatMap(({ place, metadata }) => {
      if (metadata === undefined) return []
      const { visibility } = metadata
      // What could not be looked at may be a copy.
      const without = repositories
        .slice(0, MOST)
        .filter((repository) =>
          copies.some(
            ({ place: copy, writtenAt }) =>
              writtenAt === undefined &&
              sameRepository(copy.home.repository, repository) &&
              copy.store === place.store &&
              copy.name === place.name,
          ),
        )
      return without.map((repository) => ({ repository, place, visibility }))
    })
  })
}

async function namesSeenBy(run: Run, { repository, place }: Question): Promise<readonly string[] | Failure> {
  try {
    const github = await run.services.github()
    return await github.organizationSecretsOf(repository, place.store === 'agents' ? 'agents' : 'actions')
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'cancelled') throw error
    return error
  }
}

function seesAmong(names: readonly string[] | Failure, { place }: Question): Answer['sees'] {
  if (names instanceof Failure) return names
  const rank = [...names].sort().indexOf(place.name.toUpperCase())
  if (rank === -1) return 'no'
  return rank < MOST_SECRETS ? 'yes' : 'cut-off'
}

function findingOf(answers: readonly Answer[]): Omit<Finding, 'what'> {
  const blind = answers.filter(({ sees }) => sees === 'no' || sees === 'cut-off')
  const untold = answers.find(({ sees }) => sees instanceof Failure)?.sees
  if (blind.length > 0)
    return { verdict: 'amiss', words: [...new Set(blind.map(causeOf))].map(wordsFor(blind)).join(' ') }
  if (untold instanceof Failure) return { verdict: 'unknown', words: `unknown. ${untold.message}` }
  const names = inShort(distinct(answers))
  return { verdict: 'good', words: `${names} ${distinct(answers).length === 1 ? 'sees' : 'see'} it without a copy.` }
}

/** The likely cause, and what to do. */
const causes = {
  all: "It is for all repositories: on GitHub's free plan no private one sees it, although GitHub takes the write.",
  private:
    "It is for private repositories: public ones do not see it, and on GitHub's free plan no private one does, although GitHub takes the write.",
  selected: 'Select them for it.',
  unknown: 'Look at who can read it in the settings of the organization.',
  'cut-off': `More than ${MOST_SECRETS} secrets of the organization reach them, and jobs get the first ${MOST_SECRETS} by name: share fewer with them, or give this one a name that comes earlier.`,
} as const

function causeOf({ sees, visibility }: Answer): keyof typeof causes {
  return sees === 'cut-off' ? sees : (visibility ?? 'unknown')
}

function wordsFor(blind: readonly Answer[]): (cause: keyof typeof causes) => string {
  return (cause) => {
    const those = blind.filter((answer) => causeOf(answer) === cause)
    const names = [
      ...new Set(those.map(({ place: { name, store } }) => `${name}${store === 'agents' ? ' (agents)' : ''}`)),
    ]
    return `Jobs of ${inShort(distinct(those))} do not get ${names.join(', ')}, and have no copy. ${causes[cause]} Or let the action write those repositories: \`target: repositories\`.`
  }
}

function distinct(answers: readonly Answer[]): readonly RepositoryName[] {
  return [...new Set(answers.map(({ repository }) => repository))]
}
