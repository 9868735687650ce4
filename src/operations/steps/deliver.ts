import { Failure } from '../../errors.ts'
import type { GitHubFailure } from '../../github/refusals.ts'
import type { MintedPat } from '../../pat.ts'
import type { OrganizationHome, Place, RepositoryHome, RepositoryName } from '../../place.ts'
import { type Due, placesToReach } from '../../renewal/due.ts'
import type { SlotReading } from '../../renewal/slot-standing.ts'
import type { DeliveredTo } from '../../report/result.ts'
import type { Run } from '../run.ts'
import type { AccessReading } from './access.ts'
import { repositoriesOf } from './places.ts'
import type { Preflight } from './preflight.ts'
import { warnIfTooLong } from './sweep.ts'
import { type Delivery, writeToOrganization, writeToRepositories } from './write.ts'

export interface Delivered {
  readonly to: DeliveredTo
  readonly organization: readonly Delivery<OrganizationHome>[]
  /** The repositories written in place of the organization, or as `target: repositories` asks. */
  readonly repositories: readonly RepositoryName[]
  /** Why organization places were refused for good; their repository places serve instead. */
  readonly refusals: readonly GitHubFailure[]
  /** Why the run has not renewed: a place that should hold the new PAT does not. */
  readonly failure: Failure | undefined
  /** Some place holds the new PAT, or the fate of a write is unknown: it must not be revoked. */
  readonly mayBeHeld: boolean
}

/** What was found before minting, and why a renewal is due. */
export interface Found {
  readonly before: Preflight
  /** The slot as it was before minting. */
  readonly known: SlotReading
  readonly decision: Due
}

export interface Delivering extends Found {
  readonly minted: MintedPat
  readonly access: readonly AccessReading[]
}

/**
 * Delivers the new PAT to every place. Organization places that GitHub refuses for good fall back to `repositories`;
 * whatever a wait, another credential or a working network would mend does not.
 */
export function delivering(run: Run, renewal: Delivering): () => Promise<Delivered> {
  return run.inputs.target === 'repositories'
    ? async () =>
        delivered(
          [],
          await toRepositories(
            run,
            renewal,
            repositoryPlacesFor(renewal, () => true),
            () => true,
          ),
        )
    : () => toOrganization(run, renewal)
}

/** Warns before anything is minted, where it is known already that a sweep follows which does not fit. */
export async function warnOfSweep(run: Run, found: Found): Promise<void> {
  await warnIfTooLong(run, found.before, foreseen(run, found))
}

/** The repository places that are sure to be written: those of `target: repositories`, and in place of what preflight found refused. */
function foreseen({ inputs }: Run, found: Found): readonly Place<RepositoryHome>[] {
  if (inputs.target === 'repositories') return repositoryPlacesFor(found, () => true)
  const refused = found.before.organization.flatMap((store) => (store.kind === 'refused' ? store.places : []))
  return repositoryPlacesFor(found, (place) => refused.some((one) => standsInFor(place, one)))
}

async function toOrganization(run: Run, renewal: Delivering): Promise<Delivered> {
  const organization = await writeToOrganization(run, renewal.minted, renewal.access)
  const refused = organization.filter((delivery) => delivery.kind === 'refused')
  // In a standing fallback the repositories have what they need: only the organization was worth another try.
  const onlyOrganization = run.inputs.fallback === 'none' || renewal.decision.cause === 'cannot-extend'
  const stopped = onlyOrganization || organization.some(({ kind }) => kind === 'failed')
  if (refused.length === 0 || stopped) return delivered(organization, [])
  const instead = (place: Place): boolean => refused.some((one) => standsInFor(place, one.place))
  const places = repositoryPlacesFor(renewal, instead)
  run.log.info(`Falling back to \`repositories\` (${repositoriesOf(places).length}).`)
  if (places.length > foreseen(run, renewal).length) await warnIfTooLong(run, renewal.before, places)
  return delivered(organization, await toRepositories(run, renewal, places, instead))
}

/** Those that may be among the wanted ones, too: as long as that cannot be told, they are not written, and have failed. */
async function toRepositories(
  run: Run,
  { minted, before }: Delivering,
  places: readonly Place<RepositoryHome>[],
  wanted: (place: Place) => boolean,
): Promise<readonly Delivery<RepositoryHome>[]> {
  const untold = before.untold.filter(({ place }) => wanted(place))
  for (const { place, failure } of untold) run.journal.failures.set(place, failure)
  const written = await writeToRepositories(run, minted, places)
  return [...written, ...untold.map((one) => ({ ...one, kind: 'failed' as const }))]
}

/** Whether the organization accepted the secret of which this is a copy. */
export function isCopyOfWritten({ organization }: Delivered, copy: Place): boolean {
  return organization.some(({ kind, place }) => kind === 'written' && standsInFor(copy, place))
}

function standsInFor(copy: Place, { store, name }: Place): boolean {
  return copy.store === store && copy.name === name
}

/** The repository places to write: those that lag where that is the only trouble, and those nobody could look at. */
function repositoryPlacesFor(
  { before, known, decision }: Found,
  wanted: (place: Place) => boolean,
): readonly Place<RepositoryHome>[] {
  const readable = before.copies.filter(({ place }) => wanted(place))
  const reached = placesToReach(known, readable, decision.reach).map(({ place }) => place)
  return [...reached, ...before.unreadable.filter(wanted)]
}

function delivered(
  organization: readonly Delivery<OrganizationHome>[],
  repositories: readonly Delivery<RepositoryHome>[],
): Delivered {
  const refused = organization.filter((delivery) => delivery.kind === 'refused')
  // Where repositories were written instead, the organization's places are written or refused.
  const wanted: readonly Delivery[] = repositories.length > 0 ? repositories : organization
  const missed = wanted.filter((delivery) => delivery.kind !== 'written')
  const [first] = missed
  const all: readonly Delivery[] = [...organization, ...repositories]
  const toOrganization = organization.some(({ kind }) => kind === 'written')
  const toRepositories = repositories.some(({ kind }) => kind === 'written')
  return {
    to: toOrganization ? (toRepositories ? 'mixed' : 'organization') : toRepositories ? 'repositories' : 'nowhere',
    organization,
    repositories: repositoriesOf(repositories.map(({ place }) => place)),
    refusals: refused.map(({ failure }) => failure),
    failure: first && failureOf(first, missed, repositories),
    mayBeHeld: all.some((delivery) => delivery.kind === 'written' || delivery.failure.fateUnknown),
  }
}

type Missed = Exclude<Delivery, { kind: 'written' }>

function failureOf(
  first: Missed,
  missed: readonly Missed[],
  repositories: readonly Delivery<RepositoryHome>[],
): Failure {
  const failed = repositoriesOf(missed.map(({ place }) => place))
  if (failed.length === 0) return first.failure
  const all = repositoriesOf(repositories.map(({ place }) => place))
  return new Failure({
    kind: 'incomplete',
    doing: `write ${failed.length} of ${all.length} repositories (${failed.slice(0, 5).join(', ')}${failed.length > 5 ? ', …' : ''})`,
    hint: `The first reason: ${first.failure.message} What is written stays; the next run mints anew and writes the repositories that lag.`,
    cause: first.failure,
  })
}
