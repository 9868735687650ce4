import type { Proof } from '../../src/azure-devops/prove.ts'
import type { Outcome } from '../../src/report/result.ts'
import type { Inputs } from '../../src/inputs.ts'
import type { WorldPat } from './world.ts'

/** One thing that goes wrong in a run that is alone: at which call, counted from its beginning or from its mint. */
export interface Strike {
  readonly at: number
  readonly from: 'beginning' | 'mint'
  readonly how: 'lost' | 'killed before' | 'killed after'
}

/** What the dice have in store for one run. */
export interface Fate {
  /** Alone: every call is answered at once, but for the one that is struck. */
  readonly quiet: boolean
  readonly strike: Strike | undefined
  /** The longest that a call waits before it goes out, in milliseconds. */
  readonly pace: number
  /** The probability that an answer is lost, or is a passing refusal. */
  readonly loss: number
  /** At which call the run is killed; 0 for never. */
  readonly killedAt: number
  /** At which call the runner asks the run to stop, and ten seconds later kills it. */
  readonly cancelledAt: number
  /** At which call GitHub or Azure DevOps keep it waiting, and for how long. */
  readonly stallsAt: number
  readonly stall: number
}

export const quietly: Fate = {
  quiet: true,
  strike: undefined,
  pace: 0,
  loss: 0,
  killedAt: 0,
  cancelledAt: 0,
  stallsAt: 0,
  stall: 0,
}

/** One run: what it was asked, what is in store for it, and what it did, which only the simulation knows. */
export interface Actor {
  readonly name: string
  readonly inputs: Inputs
  readonly slot: string
  /** How far the runner's clock is off, in milliseconds. */
  readonly skew: number
  readonly fate: Fate
  readonly cancel: AbortController
  dead: boolean
  /** How many calls it has begun; where it is alone, since the moment from which its strike counts. */
  calls: number
  /** What was struck, where the run was alone. */
  struck: Strike['how'] | undefined
  /** Ends the wait for a run that is killed. */
  gone: () => void
  mintsAsked: number
  mintsLost: number
  /** PATs whose mint was answered with a failure, yet happened before that. */
  readonly lostPats: WorldPat[]
  /** How many calls went wrong on the way. */
  misfortunes: number
  /** When the run began; when it minted. */
  readonly began: number
  minted: WorldPat | undefined
  mintedAt: number
  /** PATs whose end it moved forward, and to when. */
  readonly extended: Map<WorldPat, number>
  /** Every place whose write was answered with success, and what was written. */
  readonly acknowledged: Map<string, WorldPat>
  /** The refresh token that Entra gave it for the one it used, and whether its home took them. */
  rolled: { readonly newest: string; readonly used: string; stored: boolean } | undefined
  /** What the feed said of current-pat. */
  currentPat: Proof['proof'] | undefined
  /** A warning said that a fallback stands. */
  saysFallback: boolean
  outcome: Outcome | undefined
}
