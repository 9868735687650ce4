import type { WireAnswer } from '../wire.ts'
import { enterOrganization, enterRepository } from './access.ts'
import type { Json } from './answers.ts'
import type { Level, Permission, Token, TokenKind } from './tokens.ts'
import type { Organization, Repository, World } from './world.ts'

/** What an endpoint wants of who asks. */
export interface Needs {
  /** Alternatives, any of which will do; none for what everybody may. */
  readonly permissions: readonly Permission[]
  readonly level: Level
  readonly scope?: string
  readonly secret?: boolean
  /** Kinds of tokens that are never let in. */
  readonly refused?: readonly TokenKind[]
}

/** One request on its way to an endpoint. */
export interface Call {
  readonly world: World
  readonly token: Token
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** With its question mark. */
  readonly search: string
  readonly body: Json
  /** `https://api.github.com`, or whatever it is reached by. */
  readonly base: string
  /** The path after `/repos/{owner}/{repo}`. */
  readonly rest: string
}

export interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly needs: Needs
  /** Counts as generating content for the secondary limits. */
  readonly content: boolean
  readonly answer: (call: Call) => WireAnswer
}

type Handler<T> = (call: Call, subject: T) => WireAnswer

/** `GET /orgs/{org}/repos`, the way GitHub's documentation writes it. */
function route(title: string, needs: Needs, answer: (call: Call) => WireAnswer, content = false): Route {
  const [method = '', path = ''] = title.split(' ')
  return { method, segments: path.split('/').slice(1), needs, content, answer }
}

export const plainRoute = route

/** Answers below `/orgs/{org}`, and below `/organizations/{org}`, which the `Link` headers speak of. */
export function organizationRoutes(title: string, needs: Needs, handler: Handler<Organization>): Route[] {
  const answer = (call: Call): WireAnswer => handler(call, enterOrganization(call, needs))
  return [route(title, needs, answer), route(title.replace('/orgs/{org}', '/organizations/{org}'), needs, answer)]
}

/** Answers below `/repos/{owner}/{repo}`, and below `/repositories/{id}`, which redirects and `Link` headers speak of. */
export function repositoryRoutes(title: string, needs: Needs, handler: Handler<Repository>, content = false): Route[] {
  const answer = (call: Call): WireAnswer => handler(call, enterRepository(call, needs))
  const numbered = title.replace('/repos/{owner}/{repo}', '/repositories/{id}')
  return [route(title, needs, answer, content), route(numbered, needs, answer, content)]
}

function bind(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const given = path[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(wanted)?.[1]
    if (name === undefined ? wanted !== given : given === '') return undefined
    if (name !== undefined) params[name] = given
  }
  return params
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The endpoint for a path below the base, with what stands in its braces; the first that fits. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  const segments = path.split('/').slice(1).map(decoded)
  for (const candidate of routes) {
    const params = candidate.method === method ? bind(candidate.segments, segments) : undefined
    if (params !== undefined) return { route: candidate, params }
  }
  return undefined
}
