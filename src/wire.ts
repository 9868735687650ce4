import { type Clock, SECOND } from './clock.ts'
import { cancelled, Failure, messageOf } from './errors.ts'
import type { RetryMeans } from './retry.ts'

/** Headers to look into, by name in any case. */
export type HeadersRead = Pick<Headers, 'get' | 'has'>

/** What is looked at of a response. */
export type Received = Pick<Response, 'status' | 'headers' | 'text'>

export type Fetch = (url: string, init: RequestInit) => Promise<Received>

/** What every service needs to reach its remote end. */
export interface Wire extends RetryMeans {
  /** Honours HTTPS_PROXY and NO_PROXY, and refuses hosts that are not in hosts.ts. */
  readonly fetch: Fetch
}

/** An answer read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface Sending {
  /** The end of "Could not …". */
  readonly doing: string
  /** The service in words, for the hint: `Azure DevOps`. */
  readonly service: string
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds. */
  readonly timeout: number
}

/** Names this action to every service, so that their audit logs can tell it from everybody else. */
export const USER_AGENT = 'ado-artifacts-token-renewal'

/**
 * Sends one request and reads the whole answer. Redirects are never followed: they would carry the credential along.
 * @throws Failure `unreachable` where no whole answer came; whether a change happened is then unknown.
 */
export async function send(wire: Wire, request: Sending): Promise<Answer> {
  const { doing, service, url, method, headers, body, timeout } = request
  const signal = AbortSignal.any([wire.cancel, wire.clock.deadline(timeout)])
  try {
    const response = await wire.fetch(url, {
      method,
      headers: { 'user-agent': USER_AGENT, ...headers },
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    // The reason for a cancel may itself be a Failure, which knows nothing of this request's fate.
    if (error instanceof Failure && error !== wire.cancel.reason) throw error
    if (wire.cancel.aborted) throw cancelled(doing, method !== 'GET', wire.cancel.reason)
    throw new Failure({
      kind: 'unreachable',
      doing,
      said: signal.aborted ? `no answer within ${timeout / SECOND} s` : networkWords(error),
      hint: `${service} (${new URL(url).host}) could not be reached, or broke off. Look at the service's status page and at the runner's network and proxy, then run again.`,
      fateUnknown: method !== 'GET',
      cause: error,
    })
  }
}

/** undici says "fetch failed" and keeps the reason in its cause; a proxy's refusal stands there too. */
function networkWords(error: unknown): string {
  const words = messageOf(error)
  if (!(error instanceof Error) || error.cause === undefined) return words
  const cause = error.cause as { code?: unknown }
  const code = typeof cause.code === 'string' ? `${cause.code}: ` : ''
  return `${words} (${code}${messageOf(error.cause)})`
}

/**
 * Retry-After in milliseconds: seconds or an HTTP date; undefined where it is neither.
 * https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function retryAfterOf(headers: Pick<HeadersRead, 'get'>, clock: Pick<Clock, 'now'>): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value) * SECOND
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now())
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
