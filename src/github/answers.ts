import type { Clock } from '../clock.ts'
import { type Failure, plainWords } from '../errors.ts'
import { isObject, optionalString, parseJson, UnexpectedShape } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, type HeadersRead, isSuccess, retryAfterOf } from '../wire.ts'
import type { About } from './permissions.ts'
import { limitWait } from './rate-limit.ts'
import { GitHubFailure, judge } from './refusals.ts'

/** What was asked, as far as the reading of its answer depends on it. */
export interface Question<T> {
  /** The end of "Could not …". */
  readonly doing: string
  readonly about: About
  /** Something was to change: an answer that tells nothing leaves its fate unknown. */
  readonly change: boolean
  /** Reads a success. @throws UnexpectedShape where it is not as documented */
  readonly decode: (status: number, data: unknown, headers: Headers) => T
}

/** What the reading of answers needs of its surroundings. */
export interface Reader {
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
}

/** Enough of the words to find the secret's name in them. */
const MOST_WORDS = 2000

/**
 * Reads an answer, by its status first: a change that got its 201 or 204 has happened, whatever became of the body.
 * @throws GitHubFailure for every answer that is no success
 */
export function read<T>(answer: Answer, question: Question<T>, reader: Reader): T {
  if (!isSuccess(answer.status)) throw refusalIn(answer, question, reader)
  try {
    return question.decode(answer.status, parseJson(answer.text), answer.headers)
  } catch (error) {
    if (!(error instanceof UnexpectedShape)) throw error
    const failure = refusalIn({ ...answer, text: '' }, question, reader)
    const hint = `${failure.hint} What is wrong: ${error.message}.`
    throw failure.but({ hint, fateUnknown: question.change, cause: error })
  }
}

function refusalIn(answer: Answer, question: Question<unknown>, { secrets, clock }: Reader): GitHubFailure {
  const { status } = answer
  // Before anything is cut out of them: half a secret would no longer be found.
  const headers: HeadersRead = {
    has: (name) => answer.headers.has(name),
    get: (name) => {
      const value = answer.headers.get(name)
      return value === null ? null : secrets.redact(value)
    },
  }
  const words = secrets.redact(plainWords(secrets.redact(wordsIn(answer)), MOST_WORDS))
  const judgement = judge({ status, headers, words }, question.about)
  const limited = judgement.kind === 'rate-limited'
  return new GitHubFailure({
    ...judgement,
    doing: question.doing,
    hint: `${judgement.hint}${requestId(headers)}`,
    said: plainWords(words),
    retryAfter: limited ? limitWait(headers, clock) : retryAfterOf(headers, clock),
    fateUnknown: question.change && judgement.kind === 'unavailable',
  })
}

/** GitHub's message and the errors under it; the whole text where it is no JSON. */
function wordsIn({ text }: Answer): string {
  const body = parseJson(text)
  if (!isObject(body)) return body === undefined ? text : ''
  const errors = Array.isArray(body.errors) ? body.errors.map(wordsOfError) : [wordsOfError(body.errors)]
  return [optionalString(body.message), ...errors].filter((words) => words !== undefined).join(': ')
}

function wordsOfError(error: unknown): string | undefined {
  if (!isObject(error)) return optionalString(error)
  const { resource, field, code, message } = error
  return optionalString([resource, field, code, message].filter((part) => typeof part === 'string').join(' '))
}

/** What GitHub's support asks for first. */
function requestId(headers: HeadersRead): string {
  const id = plainWords(headers.get('x-github-request-id') ?? '', 60)
  return id === '' ? '' : ` GitHub knows this request as ${id}.`
}

/** The failure of a request that got no whole answer; anything but a Failure of the network passes as it is. */
export function lost(failure: Failure, secrets: Secrets): Failure {
  if (failure.kind !== 'unreachable') return failure
  const { kind, doing, hint, said, fateUnknown, cause } = failure
  return new GitHubFailure({
    refusal: 'network',
    fallsBack: false,
    kind,
    doing,
    hint,
    said: secrets.redact(said ?? ''),
    fateUnknown,
    cause,
  })
}
