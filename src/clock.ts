import { setTimeout as wait } from 'node:timers/promises'

/** Time comes from outside, so that tests and simulations can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Aborts after so many milliseconds. */
  deadline(milliseconds: number): AbortSignal
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      // Node rejects with an AbortError of its own. https://nodejs.org/api/timers.html#timerspromisessettimeoutdelay-value-options
      signal?.throwIfAborted()
      throw error
    }
  },
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** ISO 8601 UTC with milliseconds. */
export function iso(time: number): string {
  return new Date(time).toISOString()
}

/** A moment for people: `2026-12-21 08:00 UTC`. */
export function momentInWords(time: number): string {
  return `${iso(time).slice(0, 16).replace('T', ' ')} UTC`
}

/** Whole days from `now` until `time`, rounded down; negative once it has passed. */
export function wholeDays(time: number, now: number): number {
  return Math.floor((time - now) / DAY)
}
