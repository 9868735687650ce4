import { iso } from '../../src/clock.ts'
import type { Pat } from '../../src/pat.ts'
import { type Place, placeInWords, type Visibility } from '../../src/place.ts'
import type { Entra } from './entra.ts'
import type { VaultCopy } from './key-vault.ts'
import { SECRET_MARK } from './secrecy.ts'
import type { Refusal } from '../../src/github/refusals.ts'

/** A PAT in the Azure DevOps of the simulation. */
export interface WorldPat {
  readonly authorizationId: string
  readonly value: string
  displayName: string
  readonly scopes: readonly string[]
  readonly validFrom: number
  validTo: number
  revokedBy: 'action' | 'person' | undefined
  /** The feed took it when a run showed it; PATs of people need no proof. */
  proved: boolean
  /** When the feed knows it; by no clock but the world's. */
  readonly knownFrom: number
}

export interface Access {
  readonly visibility: Visibility
  readonly selected: readonly number[]
}

/** What a place holds, which GitHub never tells. */
export interface Secret {
  readonly place: Place
  /** Undefined where it holds something that never was a PAT. */
  readonly pat: WorldPat | undefined
  readonly text: string
  writtenAt: number
  readonly createdAt: number
  access: Access
  readonly byHand: boolean
  /** The slot of the run that wrote it. */
  readonly slot: string | undefined
}

/** What goes on for days or weeks. */
export interface Troubles {
  /** The organization's secrets of these stores are refused. */
  organization:
    | { readonly refusal: Refusal; readonly readsToo: boolean; readonly stores: readonly string[] | undefined }
    | undefined
  /** One repository's secrets are refused. */
  repository: { readonly name: string; readonly refusal: Refusal; readonly readsToo: boolean } | undefined
  bot: 'cannot-sign-in' | 'cannot-see-pats' | undefined
  feed: 'takes-anybody' | undefined
  /** The vault can be neither read nor written, or only not written. */
  vault: 'closed' | 'read-only' | undefined
  /** The longest life that the policy grants, in milliseconds. */
  longestLife: number | undefined
}

export const kindsOfTrouble = [
  'organization',
  'repository',
  'bot',
  'feed',
  'vault',
  'longestLife',
] as const satisfies (keyof Troubles)[]

/** How far a clock is off, at the beginning and at the end of the simulated months. */
export type Skew = readonly [atFirst: number, atLast: number]

export interface Clocks {
  readonly began: number
  readonly ends: number
  readonly azureDevOps: Skew
  readonly gitHub: Skew
}

/** A breach of "What may never happen": the seed has found a fault. */
export class Breach extends Error {
  override name = 'Breach'
}

/** Everything outside the action: what the services hold, and the one true time. */
export class World {
  now: number
  readonly clocks: Clocks
  readonly pats: WorldPat[] = []
  readonly secrets = new Map<string, Secret>()
  /** The vault secret of `key-vault-pat`; undefined where there is none yet. */
  vault: VaultCopy | undefined
  /** Undefined where the bot signs in by a tool, without a refresh token. */
  entra: Entra | undefined
  /** When somebody removed a secret. */
  readonly removedByHand = new Map<string, number>()
  /** Who could read each organization secret, since when. */
  readonly accesses = new Map<string, { readonly since: number; readonly access: Access }[]>()
  readonly troubles: Troubles = {
    organization: undefined,
    repository: undefined,
    bot: undefined,
    feed: undefined,
    vault: undefined,
    longestLife: undefined,
  }
  /** The last moment at which each trouble was there. */
  readonly lastTrouble: Record<keyof Troubles, number> = {
    organization: -Infinity,
    repository: -Infinity,
    bot: -Infinity,
    feed: -Infinity,
    vault: -Infinity,
    longestLife: -Infinity,
  }
  /** When runs that had minted were killed. */
  readonly kills: number[] = []
  readonly #byText = new Map<string, WorldPat>()
  readonly #tell: ((line: string) => void) | undefined
  #minted = 0

  constructor(clocks: Clocks, tell?: (line: string) => void) {
    this.clocks = clocks
    this.now = clocks.began
    this.#tell = tell
  }

  get traced(): boolean {
    return this.#tell !== undefined
  }

  tell(line: string): void {
    this.#tell?.(`${iso(this.now).slice(0, 19)} ${line}`)
  }

  azureDevOpsTime(): number {
    return this.now + this.#skew(this.clocks.azureDevOps)
  }

  gitHubTime(): number {
    return this.now + this.#skew(this.clocks.gitHub)
  }

  #skew([atFirst, atLast]: Skew): number {
    const { began, ends } = this.clocks
    return Math.round(atFirst + ((atLast - atFirst) * (this.now - began)) / (ends - began))
  }

  addPat(given: Pick<WorldPat, 'displayName' | 'scopes' | 'validFrom' | 'validTo' | 'knownFrom' | 'proved'>): WorldPat {
    const number = ++this.#minted
    const pat: WorldPat = {
      ...given,
      authorizationId: `id-${number}`,
      value: `${SECRET_MARK}-PAT-${number}`,
      revokedBy: undefined,
    }
    this.pats.push(pat)
    this.#byText.set(pat.value, pat)
    this.#byText.set(Buffer.from(pat.value).toString('base64'), pat)
    return pat
  }

  patIn(text: string): WorldPat | undefined {
    return this.#byText.get(text)
  }

  isAlive(pat: WorldPat): boolean {
    return pat.revokedBy === undefined && pat.validTo > this.azureDevOpsTime()
  }

  secret(place: Place): Secret | undefined {
    return this.secrets.get(keyOf(place))
  }

  /** @returns whether there was none before */
  write(place: Place, text: string, how: { access?: Access; byHand?: boolean; slot?: string; at?: number }): boolean {
    const key = keyOf(place)
    const before = this.secrets.get(key)
    const writtenAt = Math.floor((how.at ?? this.gitHubTime()) / 1000) * 1000
    const access = how.access ?? before?.access ?? { visibility: 'private', selected: [] }
    const pat = this.patIn(text)
    this.secrets.set(key, {
      place,
      pat,
      text,
      writtenAt,
      createdAt: before?.createdAt ?? writtenAt,
      access,
      byHand: how.byHand ?? false,
      slot: how.slot,
    })
    this.#noteAccess(key, access)
    return before === undefined
  }

  remove(place: Place): boolean {
    this.accesses.delete(keyOf(place))
    return this.secrets.delete(keyOf(place))
  }

  changeAccess(secret: Secret, access: Access): void {
    secret.access = access
    secret.writtenAt = Math.floor(this.gitHubTime() / 1000) * 1000
    this.#noteAccess(keyOf(secret.place), access)
  }

  #noteAccess(key: string, access: Access): void {
    const history = this.accesses.get(key) ?? []
    if (history.length === 0) this.accesses.set(key, history)
    const last = history.at(-1)
    if (last === undefined || !sameAccess(last.access, access)) history.push({ since: this.now, access })
  }

  begin(trouble: Partial<Troubles>): void {
    if (this.#isOn(trouble)) return
    Object.assign(this.troubles, trouble)
    if (this.traced) this.tell(`begins: ${JSON.stringify(trouble)}`)
  }

  end(trouble: Partial<Troubles>): void {
    if (!this.#isOn(trouble)) return
    for (const kind of kindsOfTrouble) if (trouble[kind] !== undefined) this.troubles[kind] = undefined
    if (this.traced) this.tell(`ends: ${JSON.stringify(trouble)}`)
  }

  #isOn(trouble: Partial<Troubles>): boolean {
    return kindsOfTrouble.some((kind) => trouble[kind] !== undefined && this.troubles[kind] === trouble[kind])
  }

  noteTroubles(): void {
    for (const trouble of kindsOfTrouble) {
      if (this.troubles[trouble] !== undefined) this.lastTrouble[trouble] = this.now
    }
  }
}

export function keyOf({ home, store, name }: Place): string {
  return `${home.kind === 'organization' ? home.organization : home.repository}|${store}|${name}`
}

export function sameAccess(one: Access, other: Access): boolean {
  if (one.visibility !== other.visibility) return false
  if (one.visibility !== 'selected') return true
  return one.selected.length === other.selected.length && one.selected.every((id) => other.selected.includes(id))
}

/** The PAT as Azure DevOps' own list shows it. */
export function asListed(pat: WorldPat): Pat {
  return {
    authorizationId: pat.authorizationId,
    displayName: pat.displayName,
    scopes: pat.scopes,
    mintedAt: pat.validFrom,
    expiresAt: pat.validTo,
    global: false,
    revoked: pat.revokedBy !== undefined,
  }
}

export function secretInWords(secret: Secret): string {
  return `${placeInWords(secret.place)} holds ${secret.pat?.displayName ?? 'something that is no PAT'}`
}
