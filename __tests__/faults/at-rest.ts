import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { COPY } from '../vault/vault.ts'
import type { World } from '../world.ts'
import { unless } from './evidence.ts'
import { managedOf, stateOf } from './ledger.ts'
import { nowIn, type Place, placesOf, secretsWanted } from './places.ts'
import { newestFirst } from './refresh-tokens.ts'
import type { Scene } from './scenes.ts'

const HOUR = 3_600_000

/** How the slot stands. 5: a later run ends as if nothing had happened. */
export interface Rest {
  /** What is not as it would be, had nothing gone wrong. */
  readonly wrong: readonly string[]
  /** PATs minted less than an hour before the live one: they wait for the next renewal. */
  readonly waiting: readonly Pat[]
  /** PATs that runs minted and that are superseded: they wait for the end of the grace time. */
  readonly retiring: readonly Pat[]
  /** Stale copies, in words: they make the renewal due once the live PAT is three days old. */
  readonly lagging: readonly string[]
}

export function restOf(world: World, scene: Scene, seeded: readonly Pat[]): Rest {
  const alive = managedOf(world).filter(({ revoked, validTo }) => !revoked && validTo > world.clock.now())
  const live = alive.findLast((pat) => stateOf(pat) === 'delivered')
  if (live === undefined) return { wrong: ['5: there is no live PAT'], waiting: [], retiring: [], lagging: [] }
  const places = placesOf(world, scene)
  const inGrace = (pat: Pat): boolean =>
    pat.validFrom < live.validFrom && written(places) + scene.grace * HOUR > world.clock.now()
  const astray = places.filter((place) => nowIn(place) !== live)
  const young = world.clock.now() - live.validFrom < REFRESHED_AFTER
  const lagging = astray.filter((place) => young && isCopyThatWorks(world, place))
  const others = alive.filter((pat) => pat !== live)
  const orphans = others.filter((pat) => !inGrace(pat) && !lagging.some((place) => nowIn(place) === pat))
  const waiting = orphans.filter(({ validFrom }) => validFrom > live.validFrom - HOUR && validFrom <= live.validFrom)
  return {
    waiting,
    lagging: lagging.map(({ words }) => words),
    retiring: others.filter((pat) => inGrace(pat) && !seeded.includes(pat)),
    wrong: [
      ...orphans
        .filter((pat) => !waiting.includes(pat))
        .map(({ displayName }) => `5: "${displayName}" is alive beside the live PAT`),
      ...astray
        .filter((place) => !lagging.includes(place))
        .map(({ words }) => `5: ${words} does not hold the live PAT`),
      ...missing(world, scene, places).map((where) => `5: ${where} is gone`),
      ...notAsAsked(world, live).map((what) => `5: the live PAT ${what}`),
      ...unless(newestFirst(world), '5: the refresh tokens are not the two newest, the newest first'),
    ],
  }
}

/** So that a copy that cannot be written does not mint every day. */
const REFRESHED_AFTER = 3 * 24 * HOUR

function isCopyThatWorks({ ado }: World, place: Place): boolean {
  return place.home?.includes('/') === true && ado.accepts(nowIn(place)?.token ?? '')
}

/** Places that a renewal never takes away. */
function missing({ vault }: World, scene: Scene, places: readonly Place[]): readonly string[] {
  const wanted = ['hmcts', ...(scene.copies ?? [])].flatMap((home) =>
    secretsWanted(scene)
      .filter(({ store, name }) => !places.some((one) => one.home === home && one.store === store && one.name === name))
      .map(({ store, name }) => `${name} (${store}) of ${home}`),
  )
  return [...wanted, ...unless(scene.name !== 'vault' || vault.current(COPY) !== undefined, 'the copy in the vault')]
}

const SCOPE = 'vso.packaging_write'
const LIFE = 30 * 24 * HOUR
/** Clocks differ, and a case takes its time. */
const ABOUT = HOUR / 2

function notAsAsked({ ado }: World, { scope, targetAccounts, validFrom, validTo }: Pat): readonly string[] {
  const here = targetAccounts?.length === 1 && targetAccounts[0] === ado.organization.id
  return [
    ...unless(scope === SCOPE, `has the scope ${scope}`),
    ...unless(here, 'is valid elsewhere too'),
    ...unless(Math.abs(validTo - validFrom - LIFE) < ABOUT, `lives ${(validTo - validFrom) / 24 / HOUR} days`),
  ]
}

/** When the youngest place was written. */
function written(places: readonly Place[]): number {
  return Math.max(...places.map(({ held }) => held.at(-1)?.at ?? 0))
}

/**
 * While the organization write is refused: what a fallback leaves is the best there can be. A repository that an earlier
 * run reached keeps what it got then.
 */
export function fallbackStands(world: World, scene: Scene): boolean {
  const counted = managedOf(world).filter(({ revoked }) => !revoked)
  const delivered = counted.findLast((pat) => stateOf(pat) !== 'pending')
  const live = counted.findLast((pat) => stateOf(pat) === 'delivered')
  if (delivered === undefined || stateOf(delivered) !== 'fallback') return false
  const newer = placesOf(world, scene).filter((place) => (nowIn(place)?.validFrom ?? 0) > (live?.validFrom ?? 0))
  // Where only one of several stores was refused, only that one's places are written instead.
  return scene.repositories.every((name) => newer.some(({ home }) => home === name))
}

export function wrongInFallback(world: World, scene: Scene): readonly string[] {
  return [
    ...unless(fallbackStands(world, scene), '5: the fallback does not stand'),
    ...['hmcts', ...scene.repositories]
      .filter((home) => world.held(home)?.revoked !== false)
      .map((home) => `5: ${home} holds no PAT that works`),
  ]
}
