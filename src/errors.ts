/**
 * What a failure means for what may be done next:
 * - `input`: the workflow must be changed; nothing was asked of any service
 * - `sign-in`: the bot cannot get an access token, or the one it has is not taken
 * - `refused`: the service understood and said no for good
 * - `rate-limited`: a wait would do, but there is no time left for it
 * - `unavailable`: 5xx, and the retries are spent
 * - `unreachable`: no answer came (network, time-out)
 * - `unreadable`: an answer came that nobody can read
 * - `cancelled`: the runner asked the run to stop
 * - `incomplete`: part of the work is done and stays; the rest is for the next run
 */
export type FailureKind =
  | 'input'
  | 'sign-in'
  | 'refused'
  | 'rate-limited'
  | 'unavailable'
  | 'unreachable'
  | 'unreadable'
  | 'cancelled'
  | 'incomplete'

export interface FailureDetails {
  readonly kind: FailureKind
  /** What was being done, as the end of "Could not …": `mint the PAT`. */
  readonly doing: string
  /** What to do next, for this very cause; whole sentences. */
  readonly hint: string
  readonly status?: number | undefined
  /** The service's own words, cleaned by {@link plainWords}. */
  readonly said?: string | undefined
  /** Milliseconds the service asks to wait. */
  readonly retryAfter?: number | undefined
  /** A change was asked for, and whether it happened cannot be told. */
  readonly fateUnknown?: boolean
  readonly cause?: unknown
}

/** The one error of this action: what was being done, the status, the service's own words, and one hint for that cause. */
export class Failure extends Error {
  readonly kind: FailureKind
  readonly doing: string
  readonly hint: string
  readonly status: number | undefined
  readonly said: string | undefined
  readonly retryAfter: number | undefined
  /** Set as well when an earlier try of the same request may have happened. */
  fateUnknown: boolean

  constructor(details: FailureDetails) {
    super(sentence(details), details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Failure'
    this.kind = details.kind
    this.doing = details.doing
    this.hint = details.hint
    this.status = details.status
    this.said = details.said
    this.retryAfter = details.retryAfter
    this.fateUnknown = details.fateUnknown ?? false
  }
}

/** The same failure, which says one thing more to whoever reads on. */
export function withMore(failure: Failure, more: string): Failure {
  const { kind, doing, status, said, hint } = failure
  return new Failure({ kind, doing, status, said, hint: `${hint} ${more}`, cause: failure })
}

function sentence({ doing, status, said, hint }: FailureDetails): string {
  const parts = [`Could not ${doing}.`]
  if (status !== undefined) parts.push(`Status: ${status}.`)
  if (said !== undefined && said !== '') parts.push(`The answer: "${said}".`)
  parts.push(hint)
  return parts.join(' ')
}

/** The run was asked to stop. Where a change was under way, its fate is unknown. */
export function cancelled(doing: string, fateUnknown: boolean, reason: unknown): Failure {
  return new Failure({
    kind: 'cancelled',
    doing,
    hint: 'The run was cancelled. Run it again: the next run finishes or replaces what this one began.',
    fateUnknown,
    cause: reason,
  })
}

/**
 * The sentence of any thrown value. Only messages: a whole error object may hold a request's body.
 * @param redact takes secrets out before anything is cut, which could leave half of one
 */
export function messageOf(thrown: unknown, redact = (text: string) => text): string {
  return plainWords(redact(wordsOf(thrown)), 2000)
}

function wordsOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'something was thrown that cannot be put into words'
  }
}

const MOST_WORDS = 300

/**
 * A service's own words on one line: no mark-up, no control characters (they could forge a workflow command), no query
 * of a URL (an SSO address carries a request token), cut at `most` characters.
 */
export function plainWords(text: string, most = MOST_WORDS): string {
  const line = text
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]{0,1000}>/g, ' ')
    .replace(/(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/g, '$1')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > most ? `${line.slice(0, most)}…` : line
}
