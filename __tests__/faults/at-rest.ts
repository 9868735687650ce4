import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { COPY, copied } from '../vault/vault.ts'
import { SECRET, type World } from '../world.ts'
import { unless } from './always.ts'
import { managedOf, stateOf } from './ledger.ts'
import { repositoriesOf, type Scene } from './scenes.ts'

const HOUR = 3_600_000

/** How the slot stands. 5: a later run ends as if nothing had happened. */
export interface Rest {
  /** What is not as it would be, had nothing gone wrong. */
  readonly wrong: readonly string[]
  /** PATs minted less than an hour before the live one: they wait for the next renewal. */
  readonly waiting: readonly Pat[]
}

export function restOf(world: World, scene: Scene): Rest {
  const alive = managedOf(world).filter(({ revoked, validTo }) => !revoked && validTo > world.clock.now())
  const live = alive.findLast((pat) => stateOf(pat) === 'delivered')
  if (live === undefined) return { wrong: ['5: there is no live PAT'], waiting: [] }
  const retires = written(world, scene) + scene.grace * HOUR
  const others = alive.filter((pat) => pat !== live && !(pat.validFrom < live.validFrom && retires > world.clock.now()))
  const waiting = others.filter(({ validFrom }) => validFrom > live.validFrom - HOUR && validFrom <= live.validFrom)
  const copies = repositoriesOf(scene).filter((name) => world.github.secret(name, 'actions', SECRET) !== undefined)
  return {
    waiting,
    wrong: [
      ...others
        .filter((pat) => !waiting.includes(pat))
        .map(({ displayName }) => `5: "${displayName}" is alive beside the live PAT`),
      ...['hmcts', ...copies]
        .filter((home) => world.held(home) !== live)
        .map((home) => `5: ${home} does not hold the live PAT`),
      ...unless(scene.name !== 'vault' || copied(world) === live, '5: the vault does not hold the live PAT'),
    ],
  }
}

/** When the youngest place was written. */
function written({ github, vault }: World, scene: Scene): number {
  const places = ['hmcts', ...repositoriesOf(scene)].map(
    (home) => github.secret(home, 'actions', SECRET)?.updatedAt ?? 0,
  )
  return Math.max(...places, vault.current(COPY)?.updatedAt ?? 0)
}

/**
 * While the organization write is refused: what a fallback leaves is the best there can be. A repository that an earlier
 * run reached keeps what it got then.
 */
export function fallbackStands(world: World, { repositories }: Scene): boolean {
  const counted = managedOf(world).filter(({ revoked }) => !revoked)
  const delivered = counted.findLast((pat) => stateOf(pat) !== 'pending')
  const live = counted.findLast((pat) => stateOf(pat) === 'delivered')
  if (delivered === undefined || stateOf(delivered) !== 'fallback') return false
  return repositories.every((name) => (world.held(name)?.validFrom ?? 0) > (live?.validFrom ?? 0))
}

export function wrongInFallback(world: World, scene: Scene): readonly string[] {
  return [
    ...unless(fallbackStands(world, scene), '5: the fallback does not stand'),
    ...['hmcts', ...scene.repositories]
      .filter((home) => world.held(home)?.revoked !== false)
      .map((home) => `5: ${home} holds no PAT that works`),
  ]
}
