import { type Clock, MINUTE, SECOND } from '../clock.ts'
import type { WritePace } from '../sweep-inputs.ts'

/** How fast GitHub is asked. One for all the requests of a process, since the limits are the GitHub token's. */
export interface Pace {
  /**
   * Runs the work as soon as its points are there and fewer than ten others run, in the order asked. Once `cancel` is
   * aborted nothing waits any more: the work itself must then send nothing.
   */
  run<T>(points: number, work: () => Promise<T>, cancel?: AbortSignal): Promise<T>
  /** Halves the pace, after a secondary rate limit; it comes back by itself within ten minutes. */
  slowDown(): void
  /** Points a minute that may be spent now. */
  pointsAMinute(): number
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
const POINTS_A_MINUTE = 900

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit */
export const READ_POINTS = 1
export const WRITE_POINTS = 5

/** GitHub allows a hundred at once; more than a few only make it answer slower, and these reach the budget up to 0.6 s each. */
const AT_ONCE = 10

/** A short run spends this much of its budget at once; a long one is spread evenly, since bursts cost GitHub more. */
const BURST = 4 * SECOND

/** At an eighth of the pace a write still fits into the burst. */
const SLOWEST = 1 / 8

/** Requests under way together meet the same limit; none is under way for longer than this. */
const SAME_LIMIT = 30 * SECOND

/** How long it takes from a slower pace back to the full one. */
const RECOVERY = 10 * MINUTE

interface Waiting {
  readonly points: number
  readonly cancel: AbortSignal | undefined
  readonly start: (spent: Spent | undefined) => void
}

/** GitHub counts a request at some moment between its start and its end: so it counts here until a minute after its end. */
interface Spent {
  readonly points: number
  countsUntil: number
}

/** A pace that never passes GitHub's budget in any sliding minute, and wastes little of it. */
export function openPace(clock: Pick<Clock, 'now' | 'sleep'>, writes: WritePace = 'budget'): Pace {
  return new Budget(clock, writes)
}

class Budget implements Pace {
  readonly #clock: Pick<Clock, 'now' | 'sleep'>
  readonly #gentle: boolean
  readonly #queue: Waiting[] = []
  #spent: Spent[] = []
  /** When all that was spent so far would be spent at an even pace. */
  #evenUntil = -Infinity
  #lastWrite = -Infinity
  #sleeping = false
  #slowedTo = 1
  #slowedAt = -Infinity

  constructor(clock: Pick<Clock, 'now' | 'sleep'>, writes: WritePace) {
    this.#clock = clock
    this.#gentle = writes === 'gentle'
  }

  async run<T>(points: number, work: () => Promise<T>, cancel?: AbortSignal): Promise<T> {
    const spent = await new Promise<Spent | undefined>((start) => {
      this.#queue.push({ points, cancel, start })
      this.#startAll()
    })
    try {
      return await work()
    } finally {
      if (spent !== undefined) spent.countsUntil = this.#clock.now() + MINUTE
      this.#startAll()
    }
  }

  slowDown(): void {
    const now = this.#clock.now()
    if (now - this.#slowedAt < SAME_LIMIT) return
    this.#slowedTo = Math.max(SLOWEST, this.#share() / 2)
    this.#slowedAt = now
  }

  pointsAMinute(): number {
    return POINTS_A_MINUTE * this.#share()
  }

  #share(): number {
    const recovered = Math.min(1, (this.#clock.now() - this.#slowedAt) / RECOVERY)
    return this.#slowedTo + (1 - this.#slowedTo) * recovered
  }

  #startAll(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const cancelled = next.cancel?.aborted === true
      const wait = cancelled ? 0 : this.#waitFor(next.points)
      if (wait > 0) {
        // Infinity: the end of a request under way comes first, and looks again.
        if (wait < Infinity) void this.#lookAgainIn(wait, next.cancel)
        return
      }
      this.#queue.shift()
      next.start(cancelled ? undefined : this.#spend(next.points))
    }
  }

  async #lookAgainIn(wait: number, cancel: AbortSignal | undefined): Promise<void> {
    if (this.#sleeping) return
    this.#sleeping = true
    // A sleep ends early by the cancel alone, which is looked at next.
    await this.#clock.sleep(wait, cancel).catch(() => undefined)
    this.#sleeping = false
    this.#startAll()
  }

  #spend(points: number): Spent {
    const now = this.#clock.now()
    const spent = { points, countsUntil: Infinity }
    this.#spent.push(spent)
    this.#evenUntil = Math.max(now, this.#evenUntil) + (points * MINUTE) / this.pointsAMinute()
    if (points >= WRITE_POINTS) this.#lastWrite = now
    return spent
  }

  /** Milliseconds until these points may be spent; Infinity while that depends on the end of a request under way. */
  #waitFor(points: number): number {
    const now = this.#clock.now()
    this.#spent = this.#spent.filter(({ countsUntil }) => countsUntil > now)
    if (this.#spent.filter(({ countsUntil }) => countsUntil === Infinity).length >= AT_ONCE) return Infinity
    const even = this.#evenUntil + (points * MINUTE) / this.pointsAMinute() - BURST - now
    return Math.ceil(Math.max(even, this.#waitForMinute(points, now), this.#waitForWrite(points, now)))
  }

  #waitForMinute(points: number, now: number): number {
    let over = this.#spent.reduce((sum, one) => sum + one.points, points) - this.pointsAMinute()
    for (const one of this.#spent.toSorted((a, b) => a.countsUntil - b.countsUntil)) {
      if (over <= 0) return 0
      over -= one.points
      if (over <= 0) return one.countsUntil - now
    }
    return 0
  }

  #waitForWrite(points: number, now: number): number {
    if (!this.#gentle || points < WRITE_POINTS) return 0
    const underWay = this.#spent.some((one) => one.points >= WRITE_POINTS && one.countsUntil === Infinity)
    return underWay ? Infinity : this.#lastWrite + SECOND - now
  }
}
