/** One request as it arrived: over TLS behind the proxy, or handed over in process by `emulator.fetch`. */
export interface WireRequest {
  readonly method: string
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a service answers. A body that is no string is sent as JSON. `undefined` sends none. */
export interface WireAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The emulated services share one clock; each may run ahead of it or behind (milliseconds). */
export interface WorldClock {
  now(): number
}

/**
 * One emulated remote service. `hosts` are the names it answers for; `handle` makes the change and answers. It must
 * make its change synchronously (before its first `await` of anything but crypto), so that runs that race see a real order.
 */
export interface Service {
  readonly name: string
  readonly hosts: readonly string[]
  handle(request: WireRequest): WireAnswer | Promise<WireAnswer>
  /** The body in words for the transcript: sealed boxes opened, secrets named by who owns them, never guessed. */
  describe(request: WireRequest): unknown
}

export type FaultKind =
  /** Answers `status` (default 500), with `headers` and `body`, without doing anything. */
  | 'status'
  /** Drops the connection before the service sees the request. */
  | 'reset-before'
  /** The service does what was asked; then the connection drops. */
  | 'reset-after'
  /** The service does nothing and never answers. */
  | 'hang'
  /** The service does what was asked, and never answers. */
  | 'hang-after'
  /** The service does what was asked; the body stops in the middle (content-length promises more). */
  | 'truncated'
  /** The service does what was asked; the body is no JSON though its content type says so. */
  | 'malformed'
  /** 203 with an HTML sign-in page, nothing done. */
  | 'sign-in-page'
  /** 302 to a sign-in page on another host, nothing done. */
  | 'sign-in-redirect'
  /** Waits `milliseconds`, then goes on as if nothing were. */
  | 'slow'
  /** Runs `act` (a race, a change of the world), then goes on: with a promise, when that is kept. */
  | 'act'

export interface Fault {
  readonly kind: FaultKind
  /** A method, `*` for any; default any. */
  readonly method?: string
  /** Matched against `host/path?query`; a string must be contained in it. Default: any. */
  readonly at?: string | RegExp
  /** Leaves that many matching requests in peace first. Default 0. */
  readonly after?: number
  /** How many it strikes. Default 1; `Infinity` for good. */
  readonly times?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly milliseconds?: number
  readonly act?: (request: WireRequest) => unknown
}

/** One line of the transcript, in the order in which requests arrived. */
export interface TranscriptEntry {
  readonly method: string
  readonly host: string
  /** Path and query. */
  readonly path: string
  /** What `Service.describe` said of the request body; `undefined` where there was none. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  /** Status answered, or the fault's kind where no answer was given. */
  answered: number | FaultKind | undefined
  /** Milliseconds of the world's clock. */
  readonly arrived: number
  left: number | undefined
}
