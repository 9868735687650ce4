import pRetry from 'p-retry'
import { type Clock, MINUTE, SECOND } from './clock.ts'
import { cancelled, Failure } from './errors.ts'

/**
 * How long one run may wait for rate limits in all (`max-wait-minutes`). Waits side by side count once: it is the
 * time during which at least one request is waiting.
 */
export class WaitBudget {
  /** Why a wait does not fit into it, and what to do then: the end of a sentence, and those after it. */
  readonly why: string
  readonly #clock: Clock
  readonly #budget: number
  #spent = 0
  #waitingUntil = -Infinity

  /** @param milliseconds the whole budget */
  constructor(
    clock: Clock,
    milliseconds: number,
    why = 'max-wait-minutes leaves less than that. Run again later, or raise max-wait-minutes.',
  ) {
    this.why = why
    this.#clock = clock
    this.#budget = milliseconds
  }

  /** Takes the wait out of the budget, or says that it does not fit (and takes nothing). */
  take(milliseconds: number): boolean {
    const now = this.#clock.now()
    const until = now + milliseconds
    const more = Math.max(0, until - Math.max(now, this.#waitingUntil))
    if (this.#spent + more > this.#budget) return false
    this.#spent += more
    this.#waitingUntil = Math.max(this.#waitingUntil, until)
    return true
  }
}

export interface RetryMeans {
  readonly clock: Clock
  readonly waits: WaitBudget
  readonly cancel: AbortSignal
  /** Told before each wait, so that a log that stands still says why. */
  readonly onWait: (failure: Failure, milliseconds: number) => void
}

/** Failures that pass by themselves. Everything else is final at once. */
export function isTransient(failure: unknown): failure is Failure {
  return (
    failure instanceof Failure &&
    (failure.kind === 'unavailable' || failure.kind === 'unreachable' || failure.kind === 'unreadable')
  )
}

const TRANSIENT_RETRIES = 3
/** https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately */
const DEFAULT_LIMIT_WAIT = MINUTE

export interface RetryRule {
  /** Whether transient failures are tried again; never for a request that may not happen twice. Default true. */
  readonly transient?: boolean
  /** No try starts after this moment, milliseconds since 1970: rather than wait past it, the failure stands. */
  readonly notAfter?: number | undefined
}

/**
 * The one retry rule of every service. Transient failures: three more tries, after 1, 2 and 4 s or what Retry-After asks.
 * Rate limits: after what Retry-After asks (1, 2, 4 min, … where it does not say), while the wait budget lasts.
 * The last failure is thrown as it is, but for its fate: unknown where that of any try is.
 */
export async function withRetries<T>(means: RetryMeans, attempt: () => Promise<T>, rule: RetryRule = {}): Promise<T> {
  let transientMet = 0
  let limitsMet = 0
  let fateUnknown = false
  let last: Failure | undefined
  const unlessCancelled = async (): Promise<T> => {
    if (means.cancel.aborted) throw stopped(means.cancel.reason, last, fateUnknown)
    return attempt()
  }
  // p-retry counts limits and transient failures together, so it is told to go on for as long as shouldRetry says yes. It
  // is not given the signal: it would throw the reason of the cancel instead of what became of the request, even of a
  // success, and a write whose fate is unknown would look like one that never began.
  return pRetry(unlessCancelled, {
    retries: Infinity,
    minTimeout: 0,
    shouldRetry: async ({ error }) => {
      if (!(error instanceof Failure)) return false
      last = error
      fateUnknown ||= error.fateUnknown
      error.fateUnknown = fateUnknown
      if (error.kind === 'rate-limited') {
        limitsMet += 1
        // A limit that is said to be over at once, again and again, must not be asked about every second.
        const growth = 2 ** (limitsMet - 1)
        const least = Math.min(growth * SECOND, DEFAULT_LIMIT_WAIT)
        const asked = Math.max(error.retryAfter ?? growth * DEFAULT_LIMIT_WAIT, least)
        return waitWithinBudget(means, error, asked, rule)
      }
      if (rule.transient === false || !isTransient(error) || transientMet === TRANSIENT_RETRIES) return false
      const backOff = 2 ** transientMet * SECOND
      transientMet += 1
      if (error.retryAfter === undefined || error.retryAfter <= backOff) return pause(means, error, backOff, rule)
      return waitWithinBudget(means, error, error.retryAfter, rule)
    },
  })
}

/** The reason may be a deadline's, which is no Failure: when the last seconds after a cancel are over. */
function stopped(reason: unknown, last: Failure | undefined, fateUnknown: boolean): Failure {
  if (last !== undefined) return cancelled(last.doing, fateUnknown, reason)
  return reason instanceof Failure ? reason : cancelled('go on', false, reason)
}

async function waitWithinBudget(
  means: RetryMeans,
  failure: Failure,
  milliseconds: number,
  rule: RetryRule,
): Promise<boolean> {
  if (!fits(means, milliseconds, rule)) throw noTimeLeft(failure, milliseconds, TOO_LATE)
  if (!means.waits.take(milliseconds)) throw noTimeLeft(failure, milliseconds, means.waits.why)
  return pause(means, failure, milliseconds, rule)
}

function fits({ clock }: RetryMeans, milliseconds: number, { notAfter = Infinity }: RetryRule): boolean {
  return clock.now() + milliseconds <= notAfter
}

/** @returns whether there is to be another try */
async function pause(means: RetryMeans, failure: Failure, milliseconds: number, rule: RetryRule): Promise<boolean> {
  if (!fits(means, milliseconds, rule)) return false
  means.onWait(failure, milliseconds)
  await sleepUnlessCancelled(means, milliseconds, failure)
  return true
}

/**
 * Sleeps before something is done, or tried again: a cancel meanwhile ends that, and is told as its end. The reason itself
 * is never thrown: it is shared by all that the cancel ends, and a deadline's is no Failure.
 * @throws Failure `cancelled`
 */
export async function sleepUnlessCancelled(
  { clock, cancel }: Pick<RetryMeans, 'clock' | 'cancel'>,
  milliseconds: number,
  { doing, fateUnknown = false }: { readonly doing: string; readonly fateUnknown?: boolean },
): Promise<void> {
  try {
    await clock.sleep(milliseconds, cancel)
  } catch (error) {
    if (cancel.aborted) throw cancelled(doing, fateUnknown, cancel.reason)
    throw error
  }
}

const TOO_LATE =
  'no write may start that late: the PAT would be too old by then. What is written stays. Run again later: the next run mints anew and writes the places that lag.'

function noTimeLeft(limited: Failure, milliseconds: number, why: string): Failure {
  return new Failure({
    kind: limited.kind,
    doing: limited.doing,
    status: limited.status,
    said: limited.said,
    retryAfter: milliseconds,
    fateUnknown: limited.fateUnknown,
    hint: `The service asks to wait ${Math.ceil(milliseconds / SECOND)} s, and ${why}`,
    cause: limited,
  })
}
