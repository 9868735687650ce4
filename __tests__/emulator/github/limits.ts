import type { WireRequest } from '../wire.ts'
import { Refusal } from './answers.ts'
import type { Token, TokenKind } from './tokens.ts'
import type { World } from './world.ts'

export interface InjectedLimit {
  readonly status?: 403 | 429
  /** Seconds, or a date as it stands in the header; left out, no `Retry-After` is sent, and it holds for a minute. */
  readonly retryAfter?: number | string
  readonly message?: string
  /** The hourly limit instead of a secondary one: nothing remains until the reset (`retryAfter` seconds, or an hour). */
  readonly primary?: boolean
  /** Which requests; default any. */
  readonly method?: string
  readonly at?: string | RegExp
}

export interface PointsEntry {
  /** Milliseconds of GitHub's clock. */
  readonly at: number
  readonly account: string
  readonly method: string
  readonly path: string
  readonly points: number
}

/** A secondary limit that holds: whatever the account asks meanwhile is refused in the same words. */
interface Block {
  readonly until: number
  readonly status: 403 | 429
  readonly message: string
  /** How the rest of the wait is told. */
  readonly told: 'seconds' | 'date' | 'none'
}

interface Admitted {
  readonly at: number
  readonly points: number
  readonly content: boolean
}

interface Hour {
  start: number
  used: number
}

const hour = 3_600_000
const minute = 60_000
const secondaryMessage = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
const readingMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export class Limits {
  /** Whether the secondary limits below are enforced. The hourly ones always are. */
  enforce = false
  pointsPerMinute = 900
  concurrent = 100
  contentPerMinute = 80
  contentPerHour = 500
  /** Undocumented whether writing a secret counts as content, so both must be borne. */
  secretsAreContent = false
  status: 403 | 429 = 403
  retryAfter: 'seconds' | 'date' | 'none' = 'seconds'
  penaltySeconds = 60
  perHour: Record<TokenKind, number> = { app: 5000, 'fine-grained': 5000, classic: 5000, 'github-token': 1000 }
  /** Requests answered with a limit, and those among them that came while a secondary one already held. */
  answered = 0
  premature = 0
  inFlight = 0
  readonly log: PointsEntry[] = []
  readonly #world: World
  readonly #hours = new Map<string, Hour>()
  readonly #blocks = new Map<string, Block>()
  readonly #recent = new Map<string, Admitted[]>()
  #injected: { left: number; limit: InjectedLimit }[] = []

  constructor(world: World) {
    this.#world = world
  }

  inject(times: number, limit: InjectedLimit): void {
    this.#injected.push({ left: times, limit })
  }

  /** As if the account had made so many requests more in this hour. */
  spend(token: Token, requests: number): void {
    this.#hour(token.account).used += requests
  }

  /** Counts one request, or throws what GitHub answers to one too many. */
  admit(token: Token, request: WireRequest, path: string, content: boolean): void {
    const now = this.#world.now()
    const isFree = path === '/rate_limit'
    const points = readingMethods.includes(request.method) ? 1 : 5
    this.log.push({ at: now, account: token.account, method: request.method, path, points })
    const hourly = this.#hour(token.account)
    const block = this.#blocks.get(token.account)
    if (block !== undefined && now < block.until) {
      this.premature += 1
      throw this.#secondaryRefusal(block)
    }
    const injected = this.#takeInjected(request)
    if (injected !== undefined) throw this.#injectedRefusal(token, injected)
    if (!isFree && hourly.used >= this.perHour[token.kind]) throw this.#primaryRefusal(token)
    if (!isFree) hourly.used += 1
    if (this.enforce) this.#admitSecondary(token, points, content)
  }

  headers(token: Token | undefined): Record<string, string> {
    const hourly = this.#hour(token?.account ?? 'nobody')
    const limit = token === undefined ? 60 : this.perHour[token.kind]
    const used = Math.min(hourly.used, limit)
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(limit - used),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(Math.ceil((hourly.start + hour) / 1000)),
      'x-ratelimit-resource': 'core',
    }
  }

  #hour(account: string): Hour {
    const now = this.#world.now()
    const known = this.#hours.get(account)
    if (known !== undefined && now < known.start + hour) return known
    const started = { start: now, used: 0 }
    this.#hours.set(account, started)
    return started
  }

  #admitSecondary(token: Token, points: number, content: boolean): void {
    const now = this.#world.now()
    const recent = this.#recent.get(token.account) ?? []
    recent.push({ at: now, points, content })
    this.#recent.set(token.account, recent)
    const { pointsUsed, contentInMinute, contentInHour } = used(recent, now)
    const tooMuchContent = contentInMinute > this.contentPerMinute || contentInHour > this.contentPerHour
    if (pointsUsed > this.pointsPerMinute || this.inFlight > this.concurrent || tooMuchContent) {
      const until = now + this.penaltySeconds * 1000
      const block = { until, status: this.status, message: secondaryMessage, told: this.retryAfter }
      this.#blocks.set(token.account, block)
      throw this.#secondaryRefusal(block)
    }
  }

  #secondaryRefusal({ until, status, message, told }: Block): Refusal {
    this.answered += 1
    const seconds = Math.ceil((until - this.#world.now()) / 1000)
    const value = told === 'date' ? new Date(Math.ceil(until / 1000) * 1000).toUTCString() : String(seconds)
    return new Refusal(status, message, told === 'none' ? {} : { 'retry-after': value })
  }

  #primaryRefusal(token: Token): Refusal {
    this.answered += 1
    const who = token.kind === 'app' || token.kind === 'github-token' ? 'installation ID 52' : 'user ID 52'
    return new Refusal(403, `API rate limit exceeded for ${who}.`, this.headers(token))
  }

  #takeInjected(request: WireRequest): InjectedLimit | undefined {
    const where = request.url.host + request.url.pathname + request.url.search
    const found = this.#injected.find(({ left, limit }) => left > 0 && matches(limit, request.method, where))
    if (found === undefined) return undefined
    found.left -= 1
    return found.limit
  }

  #injectedRefusal(token: Token, limit: InjectedLimit): Refusal {
    const { status = 403, retryAfter, message = secondaryMessage, primary = false } = limit
    if (primary) {
      const hourly = this.#hour(token.account)
      hourly.used = this.perHour[token.kind]
      if (typeof retryAfter === 'number') hourly.start = this.#world.now() + retryAfter * 1000 - hour
      const refusal = this.#primaryRefusal(token)
      return new Refusal(status, limit.message ?? refusal.message, refusal.headers)
    }
    const block = { ...this.#waitOf(retryAfter), status, message }
    this.#blocks.set(token.account, block)
    return this.#secondaryRefusal(block)
  }

  #waitOf(retryAfter: InjectedLimit['retryAfter']): Pick<Block, 'until' | 'told'> {
    if (typeof retryAfter === 'string' && /\D/.test(retryAfter)) return { until: Date.parse(retryAfter), told: 'date' }
    const until = this.#world.now() + Number(retryAfter ?? this.penaltySeconds) * 1000
    return { until, told: retryAfter === undefined ? 'none' : 'seconds' }
  }
}

/** The newest come last; what is older than an hour counts no more. Thousands of requests are looked through for each. */
function used(
  recent: readonly Admitted[],
  now: number,
): { pointsUsed: number; contentInMinute: number; contentInHour: number } {
  let [pointsUsed, contentInMinute, contentInHour] = [0, 0, 0]
  for (let index = recent.length - 1; index >= 0; index -= 1) {
    const entry = recent[index]
    if (entry === undefined || entry.at <= now - hour) break
    if (entry.content) contentInHour += 1
    if (entry.at <= now - minute) continue
    pointsUsed += entry.points
    if (entry.content) contentInMinute += 1
  }
  return { pointsUsed, contentInMinute, contentInHour }
}

export function matches(
  { method, at }: { readonly method?: string; readonly at?: string | RegExp },
  asked: string,
  where: string,
): boolean {
  if (method !== undefined && method !== '*' && method !== asked) return false
  return at === undefined || (typeof at === 'string' ? where.includes(at) : at.test(where))
}
