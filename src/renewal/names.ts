import { iso } from '../clock.ts'
import type { Pat } from '../pat.ts'

/**
 * What the display name says of the renewal: ` pending` while minted and not yet delivered, nothing once delivered where
 * it belongs, ` fallback` once delivered to repositories because the organization write was refused.
 */
export type State = 'pending' | 'delivered' | 'fallback'

const suffixes: Readonly<Record<State, string>> = { pending: ' pending', delivered: '', fallback: ' fallback' }

/** Who owns the renewal: `pat-name` and the organization's login, or `owner/name` of the repository running the step. */
export interface Slot {
  readonly patName: string
  readonly owner: string
}

export interface ManagedPat {
  readonly pat: Pat
  readonly state: State
}

/**
 * A name for a PAT about to be minted: `{pat-name} [{slot}] {ISO 8601 UTC} pending`. The milliseconds are random, so that
 * no two names are equal even where two runs mint in the same second.
 * @param random a number from 0 up to, not including, 1
 */
export function newDisplayName(slot: Slot, now: number, random: number): string {
  const stamp = Math.floor(now / 1000) * 1000 + Math.floor(random * 1000)
  return `${slot.patName} [${slot.owner}] ${iso(stamp)}${suffixes.pending}`
}

const NAME_END = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)( pending| fallback|)$/i

/** The state in a display name, or undefined where this slot's renewal did not write it. Letter case does not count. */
export function stateIn(displayName: string, slot: Slot): State | undefined {
  const start = `${slot.patName} [${slot.owner}] `
  if (displayName.slice(0, start.length).toLowerCase() !== start.toLowerCase()) return undefined
  const [, stamp = '', suffix = ''] = NAME_END.exec(displayName.slice(start.length)) ?? []
  if (Number.isNaN(Date.parse(stamp))) return undefined
  if (suffix === '') return 'delivered'
  return suffix.trim().toLowerCase() === 'pending' ? 'pending' : 'fallback'
}

/** The same name with another state. The name must be a managed one. */
export function withState(displayName: string, state: State): string {
  return displayName.replace(/ (pending|fallback)$/i, '') + suffixes[state]
}

/** The slot's PATs among all of the bot's, oldest first. Nothing else is ever touched. */
export function managedPats(pats: readonly Pat[], slot: Slot): readonly ManagedPat[] {
  return pats
    .flatMap((pat) => {
      const state = stateIn(pat.displayName, slot)
      return state === undefined ? [] : [{ pat, state }]
    })
    .sort((a, b) => a.pat.mintedAt - b.pat.mintedAt || (a.pat.displayName < b.pat.displayName ? -1 : 1))
}
