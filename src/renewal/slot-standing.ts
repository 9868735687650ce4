import type { Pat } from '../pat.ts'
import type { OrganizationHome, Place, PlaceReading, RepositoryHome } from '../place.ts'
import { lagsBehind, mayHold, RACE } from './copies.ts'
import type { ManagedPat } from './names.ts'
import type { VaultReading } from './vault.ts'

/** The slot as preflight (or a later, fresh look) found it. */
export interface SlotReading {
  /** The slot's managed PATs, revoked ones too. */
  readonly managed: readonly ManagedPat[]
  /** Undefined with `target: repositories`, and while GitHub refuses to show them. */
  readonly organizationPlaces: readonly PlaceReading<OrganizationHome>[] | undefined
  /** GitHub refuses to show some of them: what those hold is not known. */
  readonly organizationIncomplete?: boolean
  /** Each of `repositories` in each store under each name. */
  readonly repositoryPlaces: readonly PlaceReading<RepositoryHome>[]
  /** The vault secret of `key-vault-pat`; undefined where none is given, and while nothing could be read. */
  readonly vault?: VaultReading | undefined
}

export interface SlotStanding {
  /** Not revoked, oldest first. */
  readonly counted: readonly ManagedPat[]
  /** The newest managed PAT without a state. */
  readonly live: Pat | undefined
  /** The newest one delivered anywhere. */
  readonly delivered: ManagedPat | undefined
  /** Pending and newer than every delivered one: a run was stopped between minting and marking. */
  readonly unfinished: readonly Pat[]
  /** What the organization secret may hold: what keeps or extends the live PAT keeps or extends them all. */
  readonly candidates: readonly Pat[]
  /**
   * Newer than the live PAT, and held only if something rare happened: a write that was refused with a 5xx and yet done, or
   * a mixed fallback, which nobody can tell while GitHub does not show a store, or where who can read it was changed since.
   * Extended as well, but no run fails for one that cannot be.
   */
  readonly perhaps: readonly Pat[]
  /**
   * The newest delivered PAT and the unfinished ones before it that reached only some repositories: the repositories that
   * they reached were left alone when the next run completed the sweep, and still hold them.
   */
  readonly sweep: readonly Pat[]
  /** When the first PAT of the sweep was minted: a repository place written since then is not lagging. */
  readonly sweepBegan: number | undefined
  /** The newest delivered PAT is a fallback, and reached every one of `repositories`: there, or through the organization. */
  readonly fallbackStands: boolean
}

/** How the slot's PATs stand. Pure; revoked PATs count nowhere. */
export function standingOf(reading: SlotReading): SlotStanding {
  const counted = reading.managed.filter(({ pat }) => !pat.revoked)
  const delivered = counted.findLast(({ state }) => state !== 'pending')
  const live = counted.findLast(({ state }) => state === 'delivered')?.pat
  // What is newer than the newest delivered one is pending.
  const unfinished = counted
    .filter(({ pat }) => delivered === undefined || isNewer(pat, delivered.pat))
    .map(({ pat }) => pat)
  const { organizationPlaces = [], organizationIncomplete = reading.organizationPlaces === undefined } = reading
  const known = { live, unfinished, written: organizationPlaces.map(({ writtenAt }) => writtenAt) }
  const candidates = counted.filter(({ pat }) => isCandidate(pat, known))
  const perhaps = counted
    .filter((one) => !candidates.includes(one))
    .filter(
      ({ pat, state }) =>
        (live === undefined ? state === 'pending' : isNewer(pat, live)) &&
        (organizationIncomplete || known.written.some((at) => !lagsBehind(at, pat.mintedAt))),
    )
  const sweep = delivered === undefined ? [] : sweepOf(reading.managed, delivered)
  const sweepBegan = sweep[0]?.mintedAt
  return {
    counted,
    live,
    delivered,
    unfinished,
    candidates: candidates.map(({ pat }) => pat),
    perhaps: perhaps.map(({ pat }) => pat),
    sweep,
    sweepBegan,
    fallbackStands: delivered?.state === 'fallback' && isReached(reading, sweepBegan),
  }
}

/** Whether each repository place was written since then, or the organization place that it stands in for was. */
function isReached({ repositoryPlaces, organizationPlaces = [] }: SlotReading, since: number | undefined): boolean {
  if (since === undefined || repositoryPlaces.length === 0) return false
  const written = ({ writtenAt }: PlaceReading): boolean => !lagsBehind(writtenAt, since)
  return repositoryPlaces.every(
    (copy) => written(copy) || organizationPlaces.some((one) => isSameSecret(one.place, copy.place) && written(one)),
  )
}

function isSameSecret(one: Place, other: Place): boolean {
  return one.store === other.store && one.name === other.name
}

function isNewer(one: Pat, other: Pat): boolean {
  return one.mintedAt > other.mintedAt
}

/**
 * The newest delivered PAT with the pending ones between it and the delivered one before it, oldest first. A delivered one
 * that is revoked by now still ended its sweep.
 */
function sweepOf(managed: readonly ManagedPat[], delivered: ManagedPat): readonly Pat[] {
  const end = managed.indexOf(delivered)
  const before = managed.slice(0, end).findLastIndex(({ state }) => state !== 'pending')
  return managed
    .slice(before + 1, end + 1)
    .map(({ pat }) => pat)
    .filter(({ revoked }) => !revoked)
}

/**
 * The live PAT, every one minted less than an hour before it, every unfinished one, and every one that the time at which
 * the organization secret was written allows it to hold: a write whose answer was a 5xx may have happened, and a run that
 * was killed after its write left its PAT pending.
 */
function isCandidate(pat: Pat, { live, unfinished, written }: Known): boolean {
  if (live !== undefined && pat.mintedAt > live.mintedAt - RACE && pat.mintedAt <= live.mintedAt) return true
  return unfinished.includes(pat) || written.some((at) => mayHold(at, pat))
}

interface Known extends Pick<SlotStanding, 'live' | 'unfinished'> {
  /** When each organization place that can be read was written. */
  readonly written: readonly (number | undefined)[]
}
