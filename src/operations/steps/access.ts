import { Failure } from '../../errors.ts'
import type { GitHub, PublicKey, RepositoryFacts, SecretAccess, SecretMetadata } from '../../github/connect.ts'
import { ACCESS_HOLDS_FOR } from '../../github/put-secret.ts'
import { type OrganizationHome, type Place, placeInWords } from '../../place.ts'
import type { Run } from '../run.ts'
import { nothingReached } from './all-repositories.ts'
import type { GitHubReading } from './preflight.ts'
import { sideBySide } from './side-by-side.ts'

/** Who can read one organization secret, read afresh right before it is written. */
export interface FreshAccess {
  readonly place: Place<OrganizationHome>
  readonly key: PublicKey
  /** Undefined where the secret does not exist yet. */
  readonly metadata: SecretMetadata | undefined
  readonly access: SecretAccess
  /** Reads it once more. @throws Failure */
  readonly again: () => Promise<FreshAccess>
}

export type AccessReading = FreshAccess | { readonly place: Place<OrganizationHome>; readonly failure: Failure }

/**
 * Reads who can read the organization's secrets: visibility and every page of the selected repositories. For a secret
 * that does not exist yet, `secret-visibility` and `repositories` say it; `all` is what preflight found it to be.
 * @returns for each place what was read, or why it could not be
 */
export async function readAccess(run: Run, found: GitHubReading): Promise<readonly AccessReading[]> {
  const readings = found.organization.flatMap((store): readonly Promise<AccessReading>[] =>
    store.kind === 'refused'
      ? store.places.map((place) => Promise.resolve({ place, failure: store.failure }))
      : store.secrets.map(({ place, metadata }) => accessOrFailure(run, found, place, store.key, metadata)),
  )
  return Promise.all(readings)
}

async function accessOrFailure(
  run: Run,
  found: GitHubReading,
  ...secret: readonly [Place<OrganizationHome>, PublicKey, SecretMetadata | undefined]
): Promise<AccessReading> {
  try {
    return await accessOf(run, found, ...secret)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { place: secret[0], failure: error }
  }
}

async function accessOf(
  run: Run,
  found: GitHubReading,
  place: Place<OrganizationHome>,
  key: PublicKey,
  last: SecretMetadata | undefined,
  twice = false,
): Promise<FreshAccess> {
  const github = await run.services.github()
  // Counted from when the reading began.
  const holdsUntil = run.clock.now() + ACCESS_HOLDS_FOR
  // Read side by side where the last look says that repositories are selected; a change since then costs one more request.
  const [seen, listed] = await Promise.allSettled([
    metadataOf(github, place, last),
    last?.visibility === 'selected' ? github.selectedRepositories(place) : undefined,
  ])
  if (seen.status === 'rejected') throw seen.reason
  const metadata = seen.value
  const reading = { place, key, metadata, again: () => accessOf(run, found, place, key, metadata ?? last) }
  if (metadata === undefined) return { ...reading, access: { ...(await accessForNew(run, found, place)), holdsUntil } }
  const { visibility } = metadata
  if (visibility === undefined) throw unknownVisibility(place)
  // A list that failed counts only here: there is none of a secret that is gone by now, or that others can read.
  if (visibility === 'selected' && listed.status === 'rejected') throw listed.reason
  const early = listed.status === 'fulfilled' ? listed.value : undefined
  const selected = visibility === 'selected' ? (early ?? (await github.selectedRepositories(place))) : []
  // Selected, and nobody is: maybe somebody changed the one between the two readings.
  if (visibility === 'selected' && selected.length === 0 && !twice)
    return accessOf(run, found, place, key, metadata, true)
  return { ...reading, access: { visibility, selectedRepositoryIds: selected, holdsUntil } }
}

/**
 * A 404 for a secret that was there before may be a slip of GitHub's, and creating it anew would reset who can read it: only
 * a list without it says that it is gone.
 */
async function metadataOf(
  github: GitHub,
  place: Place<OrganizationHome>,
  last: SecretMetadata | undefined,
): Promise<SecretMetadata | undefined> {
  const metadata = await github.secret(place)
  if (metadata !== undefined || last === undefined) return metadata
  const written = await github.secretsOf(place.home, place.store)
  if (!written.has(place.name.toUpperCase())) return undefined
  const again = await github.secret(place)
  if (again === undefined) throw listedButHidden(place)
  return again
}

async function accessForNew(run: Run, found: GitHubReading, place: Place): Promise<Omit<SecretAccess, 'holdsUntil'>> {
  const { inputs } = run
  if (inputs.visibility !== 'selected') return { visibility: inputs.visibility, selectedRepositoryIds: [] }
  try {
    const github = await run.services.github()
    const named =
      inputs.repositories === 'all'
        ? await allOf(run, github, found, place)
        : await sideBySide(inputs.repositories, (name) => github.repository(name))
    return { visibility: 'selected', selectedRepositoryIds: named.map(({ id }) => id) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // Not the organization's refusal, so no reason to fall back.
    throw new Failure({
      kind: error.kind,
      doing: 'look up the repositories that are to read the new organization secret (secret-visibility: selected)',
      hint: error.message,
      cause: error,
    })
  }
}

/** Those that the secret reaches under its other name or in another store: nobody else may read the new one. */
async function allOf(
  run: Run,
  github: GitHub,
  { copies, unreadable, untold: [untold] }: GitHubReading,
  { store, name }: Place,
): Promise<readonly RepositoryFacts[]> {
  // Who is left out of the list now never gets into it.
  if (untold !== undefined) throw untold.failure
  const places = [...copies.map(({ place }) => place), ...unreadable]
  const same = places.filter((place) => place.store === store && place.name === name)
  const names = new Set(same.map(({ home }) => home.repository.toLowerCase()))
  const all = await github.repositories(run.inputs.organization)
  const named = all.filter((one) => names.has(one.name.toLowerCase()))
  if (named.length === 0) throw nothingReached(run)
  return named
}

function listedButHidden(place: Place): Failure {
  return new Failure({
    kind: 'unreadable',
    doing: `read who can read ${placeInWords(place)}`,
    hint: 'GitHub lists the secret and does not find it, and creating it anew would change who can read it. Nothing was written there. Run again.',
  })
}

function unknownVisibility(place: Place): Failure {
  return new Failure({
    kind: 'unreadable',
    doing: `read who can read ${placeInWords(place)}`,
    hint: 'GitHub did not say its visibility, and writing without it would change who can read it. Nothing was written there. Run again.',
  })
}
