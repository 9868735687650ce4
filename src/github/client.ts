import type { Octokit } from '@octokit/rest'
import { MINUTE } from '../clock.ts'
import { cancelled, Failure } from '../errors.ts'
import { sleepUnlessCancelled, withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, type Wire } from '../wire.ts'
import { lost, type Question, read } from './answers.ts'
import { exchange, type Method, type Sent } from './exchange.ts'
import { Hour } from './hour.ts'
import { READ_POINTS, WRITE_POINTS } from './pace.ts'
import { isSecondary } from './rate-limit.ts'
import { GitHubFailure, isNotLetIn } from './refusals.ts'
import type { Standing } from './standing.ts'

export type Call<T> = Sent &
  Omit<Question<T>, 'change'> & {
    /** No try starts after this moment, milliseconds since 1970, whatever it had to wait for. */
    readonly notAfter?: number | undefined
    /** No try starts after this moment either, milliseconds since 1970: what is to be sent was read too long ago by then. */
    readonly holdsUntil?: number | undefined
    /** What it stores is lost for good unless this request is sent: so it is, even into a limit that lasts too long to wait. */
    readonly onlyChance?: boolean
  }

export interface ClientParts {
  readonly wire: Wire
  readonly octokit: Octokit
  readonly secrets: Secrets
  readonly standing: Standing
}

/** One GitHub token at one GitHub: every request goes through `call`. */
export class Client {
  readonly #parts: ClientParts
  readonly #hour: Hour
  #limit: { readonly met: GitHubFailure; readonly until: number } | undefined

  constructor(parts: ClientParts) {
    this.#parts = parts
    this.#hour = new Hour(parts.wire.clock)
  }

  get hour(): Pick<Hour, 'left' | 'resetsAt'> {
    return this.#hour
  }

  /**
   * Waits until the hour's amount holds so many requests and some for the end of the run.
   * @throws Failure `rate-limited` where `max-wait-minutes` or `notAfter` leaves no time for that
   */
  async room(requests: number, doing: string, notAfter?: number): Promise<void> {
    if (requests <= this.#hour.left()) return
    const demand = (): Promise<void> =>
      new Promise((resolve) => {
        this.#hour.demand(requests, doing)
        resolve()
      })
    await withRetries(this.#parts.wire, demand, { notAfter })
  }

  /**
   * One request, tried again where that is safe: POST only after a rate limit. After a 401 nothing is asked any more by
   * whoever has the same token: GitHub locks out whoever repeats a bad credential.
   * @throws GitHubFailure (`outdated` after `holdsUntil`, caused by what went wrong before), or Failure `cancelled`, with
   * `fateUnknown` where any of the tries may have changed something
   */
  async call<T>(request: Call<T>): Promise<T> {
    const { wire, standing } = this.#parts
    const { pace, credential } = standing
    let fateUnknown = false
    let last: unknown
    const send = async (): Promise<T> => {
      await this.#sitOutLimit(request)
      return this.#try(request, last)
    }
    const attempt = async (): Promise<T> => {
      try {
        const result = await pace.run(pointsOf(request.method), () => credential.run(send), wire.cancel)
        // A run that is cancelled at this very moment never sees the result.
        fateUnknown = request.method !== 'GET'
        return result
      } catch (error) {
        if (error instanceof Failure) fateUnknown ||= error.fateUnknown
        last = error
        throw error
      }
    }
    try {
      return await withRetries(wire, attempt, {
        transient: request.method !== 'POST',
        notAfter: request.notAfter,
      })
    } catch (error) {
      throw this.#asEnd(error, request.doing, fateUnknown)
    }
  }

  async #try<T>(request: Call<T>, last: unknown): Promise<T> {
    const { credential } = this.#parts.standing
    if (credential.refusal !== undefined) throw credential.refusal.but({ doing: request.doing })
    const now = this.#parts.wire.clock.now()
    if (now > (request.notAfter ?? Infinity)) throw tooLate(request.doing)
    if (now > (request.holdsUntil ?? Infinity)) throw outdated(request.doing, last)
    const answer = await this.#ask(request)
    this.#hour.note(answer.headers)
    const question = { ...request, change: request.method !== 'GET' }
    try {
      const result = read(answer, question, { secrets: this.#parts.secrets, clock: this.#parts.wire.clock })
      credential.accept()
      return result
    } catch (error) {
      if (error instanceof GitHubFailure) this.#note(answer, error)
      throw error
    }
  }

  /** What an answer without success says of the token itself. */
  #note(answer: Answer, failure: GitHubFailure): void {
    const { credential } = this.#parts.standing
    if (failure.refusal === 'rate-limited') this.#noteLimit(answer, failure)
    if (isNotLetIn(failure)) credential.refuse(failure)
    // What else GitHub answers once it has looked at the credential; a 5xx may come before that, and a page from a proxy.
    else if (failure.kind === 'refused' || failure.kind === 'rate-limited') credential.accept()
  }

  async #ask(sent: Sent): Promise<Answer> {
    const { octokit, wire, secrets } = this.#parts
    try {
      return await exchange(octokit, wire, sent)
    } catch (error) {
      throw error instanceof Failure ? lost(error, secrets) : error
    }
  }

  /**
   * Limits are the token's, not the request's: while one request waits, so do the others. Where no time is left for that
   * they are not sent: GitHub may ban whoever goes on.
   * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
   * @throws GitHubFailure `rate-limited`, for which the retry rule finds no time either
   */
  async #sitOutLimit(request: Pick<Call<unknown>, 'doing' | 'notAfter' | 'onlyChance'>): Promise<void> {
    const { doing, notAfter = Infinity, onlyChance = false } = request
    const { clock, waits, cancel } = this.#parts.wire
    const { met, until = -Infinity } = this.#limit ?? {}
    const left = until - clock.now()
    if (met !== undefined && left > 0) {
      if (until <= notAfter && waits.take(left)) {
        await sleepUnlessCancelled({ clock, cancel }, left, { doing })
        // A request under way may have met a longer one meanwhile.
        return this.#sitOutLimit(request)
      }
      if (!onlyChance) throw met.but({ doing, retryAfter: left, fateUnknown: false })
    }
    if (cancel.aborted) throw cancelled(doing, false, cancel.reason)
  }

  #noteLimit(answer: Answer, met: GitHubFailure): void {
    const until = this.#parts.wire.clock.now() + (met.retryAfter ?? MINUTE)
    this.#limit = { met, until: Math.max(until, this.#limit?.until ?? -Infinity) }
    if (isSecondary(answer)) this.#parts.standing.pace.slowDown()
  }

  #asEnd(error: unknown, doing: string, fateUnknown: boolean): unknown {
    const { cancel } = this.#parts.wire
    if (!(error instanceof Failure)) return cancel.aborted ? cancelled(doing, fateUnknown, cancel.reason) : error
    error.fateUnknown ||= fateUnknown
    const { kind, hint, retryAfter, cause } = error
    // No time was left for the wait: nothing was refused for good.
    const waitTooLong = !(error instanceof GitHubFailure) && cause instanceof GitHubFailure
    return waitTooLong ? cause.but({ kind, hint, retryAfter, fateUnknown, fallsBack: false, cause }) : error
  }
}

function pointsOf(method: Method): number {
  return method === 'GET' ? READ_POINTS : WRITE_POINTS
}

function outdated(doing: string, cause: unknown): GitHubFailure {
  return new GitHubFailure({
    refusal: 'outdated',
    kind: 'incomplete',
    fallsBack: false,
    doing,
    hint: 'It had to wait so long that what was to be sent may no longer hold. Run again.',
    cause,
  })
}

function tooLate(doing: string): Failure {
  return new Failure({
    kind: 'incomplete',
    doing,
    hint: 'The time in which it may be written is over: no write starts more than 45 minutes after the PAT was minted. What is written stays; the next run mints anew and writes the places that lag.',
  })
}
