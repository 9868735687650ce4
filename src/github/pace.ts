import { type Clock, MINUTE, SECOND } from '../clock.ts'

/** How fast GitHub is asked. One for all the requests of a process. */
export interface Pace {
  /** Runs the work as soon as its points are there and fewer than ten others run. */
  run<T>(points: number, work: () => Promise<T>): Promise<T>
  /** Halves the pace, after a secondary rate limit; it comes back by itself. */
  slowDown(): void
}

/** GitHub allows a hundred at once; more than a few only make it answer slower. */
const AT_ONCE = 10

/**
 * GitHub allows 900 points a minute: 60 at once and 14 a second after them are 900 in any sliding minute.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const BURST = 60
const POINTS_A_SECOND = 14

/** A write (5 points) at eight times its price still fits into the burst. */
const SLOWEST = 8

/** Requests under way together meet the same limit; none is under way for longer than this. */
const SAME_LIMIT = 30 * SECOND

/** How long it takes from a slower pace back to the full one. */
const RECOVERY = 10 * MINUTE

/** Loads Bottleneck. It keeps real time, and keeps the process alive only while something waits for its turn. */
export async function openPace(clock: Pick<Clock, 'now'>): Promise<Pace> {
  const { default: Bottleneck } = await import('bottleneck')
  const turns = new Bottleneck({ maxConcurrent: AT_ONCE })
  const points = new Bottleneck({
    reservoir: BURST,
    reservoirIncreaseAmount: POINTS_A_SECOND,
    reservoirIncreaseInterval: SECOND,
    reservoirIncreaseMaximum: BURST,
  })
  const price = new Price(clock)

  // Two limiters, since a Bottleneck counts its weights against both of its limits: two writes would be ten at once.
  return {
    run: (cost, work) =>
      turns.schedule(async () => {
        // Bottleneck's own timer does not keep Node alive, which would then leave quietly in the middle of the work.
        const awake = setInterval(() => undefined, MINUTE)
        try {
          await points.schedule({ weight: cost * price.now() }, () => Promise.resolve())
        } finally {
          clearInterval(awake)
        }
        return work()
      }),
    slowDown: () => {
      price.double()
    },
  }
}

/**
 * What a point costs. A higher price slows down as a smaller refill would; Bottleneck's refill stops for good once its
 * settings are changed. https://github.com/SGrondin/bottleneck/issues/185
 */
class Price {
  readonly #clock: Pick<Clock, 'now'>
  #raisedTo = 1
  #raisedAt = -Infinity

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  now(): number {
    const recovered = Math.min(1, (this.#clock.now() - this.#raisedAt) / RECOVERY)
    return this.#raisedTo - (this.#raisedTo - 1) * recovered
  }

  double(): void {
    const now = this.#clock.now()
    if (now - this.#raisedAt < SAME_LIMIT) return
    this.#raisedTo = Math.min(SLOWEST, this.now() * 2)
    this.#raisedAt = now
  }
}
