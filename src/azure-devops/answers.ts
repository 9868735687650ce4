import type { Clock } from '../clock.ts'
import { Failure } from '../errors.ts'
import { parseJson, UnexpectedShape } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, isSuccess, retryAfterOf } from '../wire.ts'
import { type OwnHints, refusalOf } from './refusals.ts'
import { exceptionIn, isJson, serviceWords } from './service-words.ts'

/** What was asked, as far as the reading of its answer depends on it. */
export interface Question {
  /** The end of "Could not …". */
  readonly doing: string
  /** Something was to change: an answer that tells nothing leaves its fate unknown. */
  readonly change: boolean
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
  readonly hints?: OwnHints
}

/**
 * The JSON of a success; undefined for 204. A success is 200 with JSON and nothing else: the sign-in page comes with 2xx.
 * @throws Failure with one hint for what came instead
 */
export function contentOf(answer: Answer, question: Question): unknown {
  if (answer.status === 204) return undefined
  const content = answer.status === 200 && isJson(answer) ? parseJson(answer.text) : undefined
  if (content === undefined) throw failureOf(answer, question)
  return content
}

/** The failure that an answer without success stands for. */
function failureOf(answer: Answer, { doing, change, secrets, clock, hints }: Question): Failure {
  const words = serviceWords(answer, secrets)
  const { kind, hint } = refusalOf(answer, `${exceptionIn(answer) ?? ''} ${words}`, hints)
  const fateUnknown = change && (kind === 'unavailable' || kind === 'unreadable' || mayHaveHappened(answer))
  const retryAfter = retryAfterOf(answer.headers, clock)
  return new Failure({ kind, doing, hint, status: answer.status, said: words || undefined, retryAfter, fateUnknown })
}

/** A gateway may put a page of its own in the place of any answer; only 203 is the service's own sign-in page. */
function mayHaveHappened({ status }: Answer): boolean {
  return isSuccess(status) && status !== 203
}

/**
 * Reads a success's content with one of the checks of json.ts.
 * @throws Failure `unreadable` where the shape is not as documented
 */
export function checked<T>(question: Pick<Question, 'doing' | 'change'>, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnexpectedShape) throw unexpected(question, error)
    throw error
  }
}

function unexpected({ doing, change }: Pick<Question, 'doing' | 'change'>, cause: UnexpectedShape): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    hint: `Azure DevOps answered with success, but ${cause.message}. Run again; if it stays, use the newest release of this action.`,
    fateUnknown: change,
    cause,
  })
}
