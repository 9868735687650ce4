import { type Clock, SECOND } from '../clock.ts'
import { GitHubFailure } from './refusals.ts'

/** A sweep leaves this many requests for what comes after it: reading back, stale copies, the next run's first look. */
const KEPT = 100

/** GitHub's servers do not agree on the reset to the second. */
const SAME_RESET = 5 * SECOND

/**
 * The hourly amount of requests as the newest answers tell it.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
 */
export class Hour {
  readonly #clock: Pick<Clock, 'now'>
  #remaining = Infinity
  #resetsAt = -Infinity

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  note(headers: Headers): void {
    const [remaining, reset] = ['x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) => headers.get(name) ?? '')
    if (!/^\d+$/.test(remaining ?? '') || !/^\d+$/.test(reset ?? '')) return
    // Told in whole seconds.
    const resetsAt = (Number(reset) + 1) * SECOND
    const isNew = resetsAt > this.#resetsAt + SAME_RESET
    // Answers side by side arrive in any order.
    this.#remaining = isNew ? Number(remaining) : Math.min(this.#remaining, Number(remaining))
    this.#resetsAt = Math.max(this.#resetsAt, resetsAt)
  }

  /** Requests that a sweep may still make before the reset; Infinity where nothing is known of this hour. */
  left(): number {
    return this.#clock.now() >= this.#resetsAt ? Infinity : Math.max(0, this.#remaining - KEPT)
  }

  /** When the amount is new again, milliseconds since 1970. */
  resetsAt(): number {
    return this.#resetsAt
  }

  /** @throws GitHubFailure `rate-limited` where so many requests would use up what is kept for the end of the run */
  demand(requests: number, doing: string): void {
    if (requests <= this.left()) return
    throw new GitHubFailure({
      refusal: 'rate-limited',
      kind: 'rate-limited',
      fallsBack: false,
      doing,
      said: `x-ratelimit-remaining is ${this.#remaining}`,
      hint: 'The hourly amount of GitHub requests is nearly used up, and the rest is kept for the end of the run. What is written stays; the next run goes on with the places that lag.',
      retryAfter: this.#resetsAt - this.#clock.now(),
    })
  }
}
