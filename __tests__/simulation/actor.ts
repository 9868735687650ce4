import type { Proof } from '../../src/azure-devops/prove.ts'
import type { Outcome } from '../../src/report/result.ts'
import type { Inputs } from '../../src/inputs.ts'
import type { WorldPat } from './world.ts'

/** What the dice have in store for one run. */
export interface Fate {
  /** Alone and undisturbed: every call is answered at once. */
  readonly quiet: boolean
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
  calls: number
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
  /** PATs whose end it moved forward. */
  readonly extended: WorldPat[]
  /** Every place whose write was answered with success, and what was written. */
  readonly acknowledged: Map<string, WorldPat>
  /** What the feed said of current-pat. */
  currentPat: Proof['proof'] | undefined
  /** A warning said that a fallback stands. */
  saysFallback: boolean
  outcome: Outcome | undefined
}
