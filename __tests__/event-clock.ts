import type { Clock } from '../src/clock.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Taken before any test can put fake timers in their place. */
const { setImmediate: nextTurn } = globalThis

/** So many turns of the event loop without a new sleep count as "nothing is left to do but to wait". */
const QUIET_TURNS = 8

/**
 * Time that stands still while anything is being done, and then jumps to whoever sleeps the shortest: sleeps side by side
 * end in the order in which they would in real time. What waits for anything but this clock must be done within some
 * turns of the event loop: no network and no files.
 */
export class EventClock implements Clock {
  readonly #sleepers: Sleeper[] = []
  #time: number
  #quiet = 0
  #watching = false

  constructor(start = Date.parse('2026-11-21T08:00:00.000Z')) {
    this.#time = start
  }

  now(): number {
    return this.#time
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#remove(sleeper)
        reject(signal?.reason as Error)
      }
      const sleeper = {
        at: this.#time + milliseconds,
        wake: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#add(sleeper)
    })
  }

  /** Nothing hangs in this time, so that no deadline is ever reached. */
  deadline(): AbortSignal {
    return new AbortController().signal
  }

  pass(milliseconds: number): void {
    this.#time += milliseconds
  }

  #add(sleeper: Sleeper): void {
    const index = this.#sleepers.findIndex(({ at }) => at > sleeper.at)
    this.#sleepers.splice(index < 0 ? this.#sleepers.length : index, 0, sleeper)
    this.#quiet = 0
    if (this.#watching) return
    this.#watching = true
    nextTurn(() => {
      this.#watch()
    })
  }

  #remove(sleeper: Sleeper): void {
    const index = this.#sleepers.indexOf(sleeper)
    if (index >= 0) this.#sleepers.splice(index, 1)
  }

  #watch(): void {
    this.#quiet += 1
    if (this.#quiet > QUIET_TURNS) {
      const next = this.#sleepers.shift()
      if (next === undefined) {
        this.#watching = false
        return
      }
      this.#time = Math.max(this.#time, next.at)
      this.#quiet = 0
      next.wake()
    }
    nextTurn(() => {
      this.#watch()
    })
  }
}
