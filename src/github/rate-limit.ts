import { type Clock, SECOND } from '../clock.ts'
import { type HeadersRead, retryAfterOf } from '../wire.ts'

/** An answer that was no success, as far as the rules look at it. */
export interface Refused {
  readonly status: number
  readonly headers: HeadersRead
  /** The service's own words, cleaned. */
  readonly words: string
}

/**
 * Whether GitHub asks to wait. Its rate limits share 403 with missing permissions, and a 404 may hide either, so their marks
 * are looked for first: taking a limit for a missing permission would start a stampede into the repositories. The last
 * request of an hour may be a true 404: asked again in the next hour, it is one still.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function isRateLimit({ status, headers, words }: Refused): boolean {
  if (status === 429) return true
  if (status !== 403 && status !== 404) return false
  return nothingRemains(headers) || headers.has('retry-after') || /\brate limit|\babuse\b/i.test(words)
}

/** Whether it is a secondary limit: the pace was too high, not the hour's amount. */
export function isSecondary({ headers }: Pick<Refused, 'headers'>): boolean {
  return !nothingRemains(headers)
}

/**
 * Milliseconds GitHub asks to wait, at least a second: Retry-After, else until the hour's amount is new. Undefined
 * where it does not say: then a minute and growing.
 */
export function limitWait(headers: HeadersRead, clock: Pick<Clock, 'now'>): number | undefined {
  const wait = retryAfterOf(headers, clock) ?? untilReset(headers, clock)
  // A wait of nothing would ask again and again without end.
  return wait === undefined ? undefined : Math.max(SECOND, wait)
}

function untilReset(headers: HeadersRead, clock: Pick<Clock, 'now'>): number | undefined {
  const reset = headers.get('x-ratelimit-reset')
  if (!nothingRemains(headers) || reset === null || !/^\d+$/.test(reset)) return undefined
  // The reset is told in whole seconds.
  return (Number(reset) + 1) * SECOND - clock.now()
}

function nothingRemains(headers: HeadersRead): boolean {
  return headers.get('x-ratelimit-remaining') === '0'
}
