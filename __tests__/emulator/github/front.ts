import { UNKNOWN_PATH } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { acceptedHeaders } from './access.ts'
import { bodyOf, notFound, Refusal, stamp } from './answers.ts'
import { issueRoutes } from './issues.ts'
import { matches, type Limits } from './limits.ts'
import { repositoryRoutesOfAll } from './repositories.ts'
import { findRoute, plainRoute, type Needs, type Route } from './routes.ts'
import { secretRoutes } from './secrets.ts'
import type { Token, Tokens } from './tokens.ts'
import type { World } from './world.ts'
import { workflowRoutes } from './workflows.ts'

const versions: readonly string[] = ['2022-11-28', '2026-03-10']
const anybody: Needs = { permissions: [], level: 'read' }

/** Not JSON, and with none of the usual headers: it comes from before the API. */
const namelessAnswer: WireAnswer = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: '\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header.\r\n',
}

/** A refusal for good, in words of the test's own. */
export interface StandingRefusal {
  readonly method?: string
  /** Matched against `host/path?query`; a string must be contained in it. */
  readonly at?: string | RegExp
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  /** In the place of GitHub's own form of an error. */
  readonly body?: unknown
}

/** What every request passes, in GitHub's order, before and after the endpoint itself. */
export class Front {
  readonly refusals = new Set<StandingRefusal>()
  readonly #world: World
  readonly #tokens: Tokens
  readonly #limits: Limits
  readonly #basePath: string
  readonly #routes: readonly Route[]
  #requests = 0

  constructor(world: World, tokens: Tokens, limits: Limits, basePath: string) {
    this.#world = world
    this.#tokens = tokens
    this.#limits = limits
    this.#basePath = basePath
    const rateLimit = plainRoute('GET /rate_limit', anybody, ({ token }) => {
      const headers = limits.headers(token)
      const number = (name: string): number => Number(headers[`x-ratelimit-${name}`])
      const core = {
        limit: number('limit'),
        remaining: number('remaining'),
        used: number('used'),
        reset: number('reset'),
      }
      return { status: 200, body: { resources: { core }, rate: core } }
    })
    this.#routes = [...secretRoutes, ...repositoryRoutesOfAll, ...issueRoutes, ...workflowRoutes, rateLimit]
  }

  /** The path below the base, or `undefined` outside of it. */
  pathBelowBase({ pathname }: URL): string | undefined {
    return pathname.startsWith(`${this.#basePath}/`) ? pathname.slice(this.#basePath.length) : undefined
  }

  find(method: string, path: string): ReturnType<typeof findRoute> {
    return findRoute(this.#routes, method, path)
  }

  answer(request: WireRequest): WireAnswer {
    let token: Token | undefined
    let needs: Needs | undefined
    try {
      if ((request.headers['user-agent'] ?? '') === '') return namelessAnswer
      token = this.#tokens.authenticate(request.headers.authorization)
      const path = this.pathBelowBase(request.url)
      const found = path === undefined ? undefined : this.find(request.method, path)
      const writesSecret = found?.route.needs.secret === true && request.method === 'PUT'
      const content = found?.route.content === true || (writesSecret && this.#limits.secretsAreContent)
      this.#limits.admit(token, request, path ?? request.url.pathname, content)
      this.#requireVersion(request)
      if (path === undefined || path.endsWith('/') || found === undefined) return this.#unknown(token, path ?? '/')
      needs = found.route.needs
      const refused = this.#standingRefusal(request)
      if (refused !== undefined) return this.#dressed(refused, token, needs)
      return this.#dressed(this.#call(request, token, path, found), token, needs)
    } catch (error) {
      if (error instanceof Refusal) return this.#dressed(error.toAnswer(), token, needs)
      throw error
    }
  }

  #call(
    request: WireRequest,
    token: Token,
    path: string,
    { route, params }: NonNullable<ReturnType<typeof findRoute>>,
  ): WireAnswer {
    const { method, url } = request
    return route.answer({
      world: this.#world,
      token,
      method,
      params,
      query: url.searchParams,
      search: url.search,
      body: method === 'GET' || method === 'DELETE' ? {} : bodyOf(request.body),
      base: url.origin + this.#basePath,
      rest: path
        .split('/')
        .slice(path.startsWith('/repos/') ? 4 : 3)
        .map((segment) => `/${segment}`)
        .join(''),
    })
  }

  #requireVersion({ headers }: WireRequest): void {
    const version = headers['x-github-api-version']
    if (version === undefined || versions.includes(version)) return
    throw new Refusal(400, `"${version}" is not a supported version.`)
  }

  #standingRefusal({ method, url }: WireRequest): WireAnswer | undefined {
    const where = url.host + url.pathname + url.search
    const refusal = [...this.refusals].find((candidate) => matches(candidate, method, where))
    if (refusal === undefined) return undefined
    const answer = new Refusal(refusal.status, refusal.message, refusal.headers).toAnswer()
    return refusal.body === undefined ? answer : { ...answer, body: refusal.body }
  }

  /** A path that GitHub knows, but for a slash too many, is merely not found; any other one is new to this emulator. */
  #unknown(token: Token, path: string): WireAnswer {
    const answer = this.#dressed(notFound().toAnswer(), token, undefined)
    if (path.endsWith('/') && path !== '/') return answer
    return { ...answer, headers: { ...answer.headers, [UNKNOWN_PATH]: '1' } }
  }

  #dressed(answer: WireAnswer, token: Token | undefined, needs: Needs | undefined): WireAnswer {
    this.#requests += 1
    const expires = token?.expiresAt
    const expiry =
      expires === undefined || token?.kind === 'app'
        ? {}
        : { 'github-authentication-token-expiration': expiration(expires) }
    const headers = {
      date: new Date(this.#world.now()).toUTCString(),
      server: 'github.com',
      'x-github-media-type': 'github.v3; format=json',
      'x-github-request-id': `EC00:${this.#requests.toString(16).toUpperCase().padStart(4, '0')}`,
      ...(answer.status === 204 ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...this.#limits.headers(token),
      ...(token === undefined ? {} : acceptedHeaders(token, needs)),
      ...expiry,
      ...answer.headers,
    }
    return { ...answer, headers }
  }
}

const expiration = (milliseconds: number): string => stamp(milliseconds).replace('T', ' ').replace('Z', ' UTC')
