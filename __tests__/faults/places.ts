import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { COPY } from '../vault/vault.ts'
import { SECRET, type World } from '../world.ts'
import { repositoriesOf, type Scene, TWIN } from './scenes.ts'

export const STORES = ['actions', 'dependabot', 'codespaces', 'agents'] as const
export type Store = (typeof STORES)[number]

/** What a place held from one moment until the next (or for good). */
export interface Held {
  /** The PAT whose value it was, in the form in which this place keeps it. */
  readonly pat: Pat | undefined
  readonly at: number
  readonly until: number
  /** Whether it was there before the first run. */
  readonly seeded: boolean
  /** The authorization id that the tag of the vault says. */
  readonly tag?: string | undefined
}

/** A place with all that it ever held, oldest first. */
export interface Place {
  readonly words: string
  /** Undefined for the vault. */
  readonly home: string | undefined
  readonly store?: Store
  readonly name: string
  readonly held: readonly [Held, ...Held[]]
}

/** Every place that there is, wanted or not: all stores of the organization and of all repositories, the base64 twins, the vault. */
export function placesOf(world: World, scene: Scene): readonly Place[] {
  const places = ['hmcts', ...repositoriesOf(scene)].flatMap((home) =>
    STORES.flatMap((store) => [SECRET, TWIN].map((name) => placeAt(world, home, store, name))),
  )
  return [...places, vaultOf(world)].filter((place) => place !== undefined)
}

function placeAt({ ado, github }: World, home: string, store: Store, name: string): Place | undefined {
  const history = github.secret(home, store, name)?.history ?? []
  const patOf = (value: string): Pat | undefined =>
    ado.patOf(name === TWIN ? Buffer.from(value, 'base64').toString() : value)
  const held = history.map(({ value, at, by }, index) => ({
    ...{ pat: patOf(value), at, until: history[index + 1]?.at ?? Infinity },
    seeded: by === 'seed',
  }))
  return heldPlace({ words: `${name} (${store}) of ${home}`, home, store, name }, held)
}

function vaultOf({ ado, vault }: World): Place | undefined {
  const versions = vault.secret(COPY)?.versions ?? []
  const held = versions.map(({ value, tags, createdAt }, index) => ({
    ...{ pat: ado.patOf(value), at: createdAt, until: versions[index + 1]?.createdAt ?? Infinity },
    seeded: index === 0,
    tag: tags?.AdoPatAuthorizationId,
  }))
  return heldPlace({ words: 'the vault', home: undefined, name: COPY }, held)
}

function heldPlace(place: Omit<Place, 'held'>, [first, ...others]: readonly Held[]): Place | undefined {
  return first === undefined ? undefined : { ...place, held: [first, ...others] }
}

/** What the place holds now. */
export function nowIn({ held }: Place): Pat | undefined {
  return held.at(-1)?.pat
}

/** The secrets that the scene's inputs ask for, by store and name. */
export function secretsWanted({
  stores = ['actions'],
  twin = false,
}: Scene): readonly { store: Store; name: string }[] {
  return stores.flatMap((store) => (twin ? [SECRET, TWIN] : [SECRET]).map((name) => ({ store, name })))
}

/** The path of a secret in GitHub's API. */
export function pathOf(home: string, { store, name }: { readonly store: Store; readonly name: string }): string {
  return `/${home.includes('/') ? 'repos' : 'orgs'}/${home}/${store}/secrets/${name}`
}
