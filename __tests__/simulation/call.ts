import type { Failure } from '../../src/errors.ts'
import type { Actor } from './actor.ts'
import type { Dice } from './dice.ts'
import { Breach } from './world.ts'

/** One call of a run to a service. */
export interface Call<T> {
  readonly doing: string
  /** It changes something. */
  readonly change: boolean
  /** What the service does, all at once; throws the failure that it refuses with. */
  readonly effect: () => T
  /** What may go wrong on the way; `late`: the change happens after the run was told of the failure. */
  readonly misfortune: (dice: Dice) => { readonly failure: Failure; readonly happens: 'not' | 'now' | 'late' }
  /** Told when the run gets the answer. */
  readonly answered?: (answer: T) => void
  /** No start after this moment of the runner's clock. */
  readonly notAfter?: number | undefined
}

export interface Pending {
  readonly actor: Actor
  readonly doing: string
  readonly change: boolean
  /** Goes on after a cancel. */
  readonly last: boolean
  stage: 'waiting' | 'on its way' | 'settled'
  readonly reject: (failure: Error) => void
}

export interface Event {
  readonly at: number
  readonly fire: () => void
}

/** Nobody hears how it ended, unless it breaches what may never happen. */
export function unheard(effect: () => unknown): void {
  try {
    effect()
  } catch (error) {
    if (error instanceof Breach) throw error
  }
}

/** Keeps how it ended for later. */
export function settled<T>(effect: () => T): () => T {
  try {
    const answer = effect()
    return () => answer
  } catch (error) {
    if (error instanceof Breach) throw error
    return () => {
      throw error
    }
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
