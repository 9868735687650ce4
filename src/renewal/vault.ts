import type { Pat } from '../pat.ts'
import { placeInWords, type VaultPlace } from '../place.ts'

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

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
