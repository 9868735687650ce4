import { DAY, HOUR, momentInWords } from '../clock.ts'
import type { Pat } from '../pat.ts'
import { isReadByJobs, type PlaceReading, placeInWords, type RepositoryHome } from '../place.ts'
import { copyEndsAt, lagsBehind, mayHold, PATIENCE, RACE, staleCopies } from './copies.ts'
import { isNearEnd } from './lifetimes.ts'
import { type SlotReading, type SlotStanding, standingOf } from './slot-standing.ts'
import { vaultLag, vaultMisses } from './vault.ts'

export type Target = 'organization' | 'repositories'
export type StaleCopiesPolicy = 'refresh' | 'remove' | 'report'

export interface Rules {
  readonly target: Target
  readonly force: boolean
  readonly scopes: readonly string[]
  readonly renewBeforeDays: number
  readonly staleCopies: StaleCopiesPolicy
}

/** What the feed said of `current-pat`; `not-given` where there is none. */
export type CurrentPat = 'not-given' | 'accepted' | 'refused' | 'unknown'

export interface Evidence {
  readonly reading: SlotReading
  readonly currentPat: CurrentPat
  readonly now: number
  /** Live candidates near their end whose end the policy did not let this run move. */
  readonly cannotExtend: readonly Pat[]
}

export type DueCause =
  | 'forced'
  | 'current-pat-refused'
  | 'unfinished'
  | 'no-live-pat'
  | 'place-missing'
  | 'place-lagging'
  | 'vault-lagging'
  | 'repository-lagging'
  | 'fallback-incomplete'
  | 'near-end'
  | 'scopes-differ'
  | 'global'
  | 'written-by-others'
  | 'stale-copy'
  | 'cannot-extend'

export interface Due {
  readonly due: true
  readonly cause: DueCause
  /** One line for people. */
  readonly reason: string
  /** `lagging`: an earlier run did not reach every repository; those that it reached are left alone. */
  readonly reach: 'all' | 'lagging'
}

export interface NotDue {
  readonly due: false
  readonly reason: string
}

export type Decision = Due | NotDue

/** What even repositories that an unfinished sweep has reached must be written for. */
const concernsAll: ReadonlySet<DueCause> = new Set(['forced', 'current-pat-refused', 'scopes-differ', 'global'])

type Found = readonly [cause: DueCause, reason: string]

/** Whether a renewal is due, and why. Pure. The first reason found is the one told. */
export function decide(rules: Rules, evidence: Evidence): Decision {
  const standing = standingOf(evidence.reading)
  const found = [
    ...whateverStands(rules, evidence, standing),
    ...(standing.fallbackStands ? inStandingFallback(rules, evidence, standing) : normally(rules, evidence, standing)),
  ]
  const [first] = found
  if (first === undefined) return { due: false, reason: whyNot(rules, evidence, standing) }
  const all = found.some(([cause]) => concernsAll.has(cause)) || !sparesTheReached(rules, evidence, standing)
  return { due: true, cause: first[0], reason: first[1], reach: all ? 'all' : 'lagging' }
}

function whateverStands({ force }: Rules, { currentPat }: Evidence, { unfinished }: SlotStanding): readonly Found[] {
  const found: Found[] = []
  if (force) found.push(['forced', 'force is true'])
  if (currentPat === 'refused')
    found.push(['current-pat-refused', 'the feed refuses the PAT that the secret holds now'])
  if (unfinished[0] !== undefined) {
    found.push(['unfinished', `an earlier run stopped between minting and delivering "${unfinished[0].displayName}"`])
  }
  return found
}

function inStandingFallback(rules: Rules, evidence: Evidence, standing: SlotStanding): readonly Found[] {
  const found: Found[] = []
  if (heldOfSweep(evidence, standing).some((pat) => isNearEnd(pat, rules.renewBeforeDays, evidence.now))) {
    found.push(['near-end', 'the PAT of the standing fallback is near its end'])
  }
  if (evidence.cannotExtend.length > 0) {
    found.push([
      'cannot-extend',
      "the organization secret's PAT is near its end, and the policy leaves no room to extend it",
    ])
  }
  return found
}

function normally(rules: Rules, evidence: Evidence, standing: SlotStanding): readonly Found[] {
  const { live, delivered } = standing
  if (delivered?.state === 'fallback')
    return [['fallback-incomplete', 'an earlier fallback did not reach every one of `repositories`']]
  if (live === undefined) return [['no-live-pat', 'there is no live PAT of this slot']]
  return [
    ...places(rules, evidence, standing, live),
    ...vault(evidence, standing),
    ...endOf(rules, evidence, standing, live),
    ...kind(rules, live),
    ...writtenByOthers(evidence, live),
    ...staleCopy(rules, evidence, live),
  ]
}

/** A place that is missing, or older than the PAT it should hold. */
function places({ target }: Rules, { reading }: Evidence, standing: SlotStanding, live: Pat): readonly Found[] {
  if (target === 'organization') {
    const lagging = (reading.organizationPlaces ?? []).filter(({ writtenAt }) => lagsBehind(writtenAt, live.mintedAt))
    return lagging.map((place) => [
      place.writtenAt === undefined ? 'place-missing' : 'place-lagging',
      laggingInWords(place),
    ])
  }
  return reading.repositoryPlaces
    .filter(({ writtenAt }) => lagsBehind(writtenAt, standing.sweepBegan ?? live.mintedAt))
    .map((place) => ['repository-lagging', laggingInWords(place)])
}

/**
 * The vault's copy should be the PAT delivered last. In a standing fallback it waits, and for some days where a second PAT
 * could not be brought to it either: a vault that cannot be written must not mint daily.
 */
function vault({ reading, now }: Evidence, { delivered }: SlotStanding): readonly Found[] {
  const lag = vaultLag(reading.vault, delivered ? [delivered.pat] : [])
  const misses = vaultMisses(reading.vault, reading.managed)
  return lag === undefined || (misses !== undefined && now <= misses.until) ? [] : [['vault-lagging', lag]]
}

function laggingInWords({ place, writtenAt }: PlaceReading): string {
  const what = writtenAt === undefined ? 'does not exist' : 'was written before the live PAT was minted'
  return `${placeInWords(place)} ${what}`
}

function endOf(rules: Rules, evidence: Evidence, standing: SlotStanding, live: Pat): readonly Found[] {
  const { now } = evidence
  const ending = [live, ...heldOfSweep(evidence, standing)]
  const near = ending.find((pat) => isNearEnd(pat, rules.renewBeforeDays, now))
  if (near === undefined) return []
  const end = momentInWords(near.expiresAt)
  return [['near-end', near.expiresAt <= now ? `the live PAT ended ${end}` : `the live PAT is near its end: ${end}`]]
}

function kind({ scopes }: Rules, live: Pat): readonly Found[] {
  const found: Found[] = []
  if (!sameScopes(live.scopes, scopes)) {
    found.push([
      'scopes-differ',
      `the live PAT has the scope ${live.scopes.join(' ')}, and pat-scope asks for ${scopes.join(' ')}`,
    ])
  }
  if (live.global) found.push(['global', 'the live PAT is a global one, and global PATs stop working on 2026-12-01'])
  return found
}

/** Scopes are a set: Azure DevOps may answer them in another order. */
export function sameScopes(one: readonly string[], other: readonly string[]): boolean {
  const a = new Set(one.map((scope) => scope.toLowerCase()))
  const b = new Set(other.map((scope) => scope.toLowerCase()))
  return a.size === b.size && [...a].every((scope) => b.has(scope))
}

/** A given `current-pat` tells of the place that jobs read, and of no other. */
function writtenByOthers({ reading, currentPat }: Evidence, live: Pat): readonly Found[] {
  const untold = reading.organizationPlaces?.filter(({ place }) => currentPat === 'not-given' || !isReadByJobs(place))
  const other = untold?.find(({ writtenAt }) => writtenAt !== undefined && writtenAt > live.mintedAt + RACE)
  if (other === undefined) return []
  return [
    [
      'written-by-others',
      `${placeInWords(other.place)} was written long after the live PAT was minted, maybe by somebody else`,
    ],
  ]
}

/** So long before a stale copy ends, and after the last mint, comes one more try: a daily run falls into it, however late it is. */
const LAST_TRY = 36 * HOUR

/** The patience ends before the copy does: runs that fail one after the other would else leave the repository without a PAT. */
function staleCopy(rules: Rules, { reading, now }: Evidence, live: Pat): readonly Found[] {
  if (rules.staleCopies !== 'refresh') return []
  const age = now - live.mintedAt
  const pats = reading.managed.map(({ pat }) => pat).filter(({ revoked }) => !revoked)
  const isLastTry = (copy: PlaceReading<RepositoryHome>): boolean => {
    const end = copyEndsAt(copy, pats) ?? Infinity
    return age > LAST_TRY && end > now && end <= now + LAST_TRY
  }
  const stale = staleCopies(rules, reading.repositoryPlaces, live).find((copy) => age > PATIENCE || isLastTry(copy))
  return stale === undefined
    ? []
    : [['stale-copy', `${placeInWords(stale.place)} is stale and hides the organization secret`]]
}

/** The PATs of the newest sweep that a repository place may still hold, and the newest delivered one itself. */
function heldOfSweep({ reading }: Evidence, { sweep, delivered }: SlotStanding): readonly Pat[] {
  return sweep.filter((pat) => pat === delivered?.pat || isHeld(reading.repositoryPlaces, pat))
}

function isHeld(readings: readonly PlaceReading[], pat: Pat): boolean {
  return readings.some(({ writtenAt }) => mayHold(writtenAt, pat))
}

/**
 * An unfinished sweep is completed: the repositories that it reached are left alone, unless what they hold ends soon. Once
 * a sweep is through, the next one reaches all: two that took turns would each find the other's repositories lagging.
 */
function sparesTheReached(rules: Rules, { now }: Evidence, { unfinished }: SlotStanding): boolean {
  return unfinished.length > 0 && !unfinished.some((pat) => isNearEnd(pat, rules.renewBeforeDays, now))
}

function whyNot(rules: Rules, { now }: Evidence, { fallbackStands, live }: SlotStanding): string {
  if (fallbackStands) return 'a fallback stands: each of `repositories` holds a PAT of its own'
  if (live === undefined) return 'nothing is due'
  return `the live PAT has ${Math.floor((live.expiresAt - now) / DAY)} days left, and is renewed ${rules.renewBeforeDays} days before its end at the earliest`
}

/**
 * The repository places that a run still has to reach: with `reach: lagging`, those not written since the unfinished sweep
 * began; else all. All as well where none lags: that sweep was stopped after its last write.
 */
export function placesToReach<R extends PlaceReading>(
  reading: SlotReading,
  readings: readonly R[],
  reach: Due['reach'],
): readonly R[] {
  const [first] = standingOf(reading).unfinished
  if (reach === 'all' || first === undefined) return readings
  const lagging = readings.filter(({ writtenAt }) => lagsBehind(writtenAt, first.mintedAt))
  return lagging.length === 0 ? readings : lagging
}
