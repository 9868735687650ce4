import type { Clock } from '../src/clock.ts'
import { MINUTE } from '../src/clock.ts'
import type { Failure } from '../src/errors.ts'
import { WaitBudget } from '../src/retry.ts'
import type { Wire } from '../src/wire.ts'

/** One for all: each that is made looks up where it was made, and thousands of deadlines are reached. */
const OVER = new DOMException('The operation was aborted due to timeout', 'TimeoutError')

/** Time that only moves when somebody sleeps, or when a test moves it. Sleeps side by side count once. */
export class VirtualClock implements Clock {
  /** The length of every sleep so far, in milliseconds. */
  readonly slept: number[] = []
  #deadlines: { readonly at: number; readonly abort: AbortController }[] = []
  #time: number

  constructor(start = Date.parse('2026-11-21T08:00:00.000Z')) {
    this.#time = start
  }

  now(): number {
    return this.#time
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const until = this.#time + milliseconds
    this.slept.push(milliseconds)
    signal?.throwIfAborted()
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    // The signal may be one of this clock's own deadlines, and come first.
    const sooner = this.#deadlines.filter(({ at }) => at < until).map(({ at }) => at)
    for (const at of sooner.toSorted((one, other) => one - other)) {
      this.moveTo(at)
      signal?.throwIfAborted()
    }
    this.moveTo(until)
  }

  deadline(milliseconds: number): AbortSignal {
    const abort = new AbortController()
    this.#deadlines.push({ at: this.#time + milliseconds, abort })
    return abort.signal
  }

  /** Moves time forward (never back) and ends the deadlines that are reached. */
  moveTo(time: number): void {
    this.#time = Math.max(this.#time, time)
    const reached = this.#deadlines.filter(({ at }) => at <= this.#time)
    this.#deadlines = this.#deadlines.filter(({ at }) => at > this.#time)
    for (const { abort } of reached) abort.abort(OVER)
  }

  pass(milliseconds: number): void {
    this.moveTo(this.#time + milliseconds)
  }
}

export interface TestWire extends Wire {
  readonly clock: VirtualClock
  /** What `onWait` was told. */
  readonly waited: { readonly failure: Failure; readonly milliseconds: number }[]
}

/** A wire with virtual time, half an hour for rate limits, and the global `fetch`, so that nock sees every request. */
export function testWire(overrides: Partial<Pick<TestWire, 'clock' | 'fetch' | 'waits' | 'cancel'>> = {}): TestWire {
  const clock = overrides.clock ?? new VirtualClock()
  const waited: TestWire['waited'] = []
  return {
    clock,
    waited,
    fetch: overrides.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    waits: overrides.waits ?? new WaitBudget(clock, 30 * MINUTE),
    cancel: overrides.cancel ?? new AbortController().signal,
    onWait: (failure, milliseconds) => {
      waited.push({ failure, milliseconds })
    },
  }
}
