import { DAY, MINUTE, SECOND } from '../../src/clock.ts'
import type { Fate, Strike } from './actor.ts'
import type { Dice } from './dice.ts'

/** What the dice have in store for a run of a crowd. */
export function fateFrom(dice: Dice): Fate {
  const stall = dice.chance(0.25)
  return {
    quiet: false,
    strike: undefined,
    pace: dice.pick(2 * SECOND, 20 * SECOND, MINUTE, 4 * MINUTE),
    loss: dice.pick(0, 0, 0.04, 0.15),
    killedAt: dice.chance(0.25) ? dice.whole(1, 30) : 0,
    cancelledAt: dice.chance(0.1) ? dice.whole(1, 30) : 0,
    stallsAt: stall ? dice.whole(1, 25) : 0,
    stall: stall ? dice.whole(MINUTE, 100 * MINUTE) : 0,
  }
}

/** A day or two go by in peace between one strike and the next. */
const PEACE = 2.5 * DAY

/** What strikes the runs that are alone, one call at a time, and mostly one after the mint. */
export class Strikes {
  readonly #dice: Dice
  #last = -Infinity
  #over = false

  constructor(dice: Dice) {
    this.#dice = dice
  }

  next(now: number): Strike | undefined {
    const dice = this.#dice
    if (this.#over || now - this.#last < PEACE || !dice.chance(0.5)) return undefined
    const how = dice.pick<Strike['how']>('lost', 'killed before', 'killed after')
    return dice.chance(0.15)
      ? { from: 'beginning', at: dice.whole(1, 12), how }
      : { from: 'mint', at: dice.whole(1, 20), how }
  }

  struck(now: number): void {
    this.#last = now
  }

  /** From now on nothing is struck. */
  end(): void {
    this.#over = true
  }
}
