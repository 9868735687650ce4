import { HOUR } from '../clock.ts'
import type { Pat } from '../pat.ts'
import { placeInWords, type VaultPlace } from '../place.ts'
import { lagsBehind, PATIENCE, RACE } from './copies.ts'
import type { ManagedPat } from './names.ts'

/** The vault's copy as its tag and its date show it. */
export interface VaultReading {
  readonly place: VaultPlace
  /** Milliseconds since 1970, by the clock of the vault; undefined where there is no such secret. */
  readonly writtenAt: number | undefined
  /** The authorization id that its tag names; undefined where it bears no such tag. */
  readonly holds: string | undefined
}

/** Whether the vault's copy is this PAT, or may be: without a tag it may be any. */
export function vaultMayHold(vault: VaultReading | undefined, pat: Pat): boolean {
  if (vault?.writtenAt === undefined) return false
  return vault.holds === undefined || sameId(vault.holds, pat.authorizationId)
}

/** How the vault's copy lags behind, for people; undefined where there is none to keep, or its tag names one of these PATs. */
export function vaultLag(vault: VaultReading | undefined, wanted: readonly Pat[]): string | undefined {
  if (vault === undefined) return undefined
  const { place, writtenAt, holds } = vault
  if (writtenAt === undefined) return `${placeInWords(place)} does not exist`
  if (holds === undefined) return `${placeInWords(place)} bears no tag that says which PAT it holds`
  if (wanted.some((pat) => sameId(holds, pat.authorizationId))) return undefined
  return `${placeInWords(place)} holds another PAT than the one delivered last`
}

/** The last two PATs that were delivered and not brought to the vault. */
export interface VaultMisses {
  readonly first: Pat
  readonly last: Pat
  /** After this moment (milliseconds since 1970) the renewal is due for the vault again. */
  readonly until: number
}

/** Tries that fail lie so far apart at most: the patience, and the daily run that comes after it, be it late. */
const NEXT_TRY = PATIENCE + 36 * HOUR

/**
 * Whether a renewal for the vault's sake failed at it again; undefined where nothing says so. That is so where the vault was
 * last written, if ever, before either of the last two PATs was delivered, and the second was minted within some days after
 * the first, as the run does that finds the vault lagging. A vault that is configured for the first time has missed PATs as
 * well, but those are weeks apart: it is written at once, and once more where that write fails. Runs that race made one try.
 * @param managed oldest first; revoked ones count as well here, since they tell of tries and of nothing else
 */
export function vaultMisses(vault: VaultReading | undefined, managed: readonly ManagedPat[]): VaultMisses | undefined {
  const delivered = managed.filter(({ state }) => state !== 'pending').map(({ pat }) => pat)
  const last = delivered.at(-1)
  if (vault === undefined || last === undefined || last.revoked) return undefined
  const first = delivered.findLast(({ mintedAt }) => mintedAt <= last.mintedAt - RACE)
  if (first === undefined || last.mintedAt - first.mintedAt > NEXT_TRY) return undefined
  if (!lagsBehind(vault.writtenAt, first.mintedAt)) return undefined
  return { first, last, until: last.mintedAt + PATIENCE }
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
