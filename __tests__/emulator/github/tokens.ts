import { randomBytes } from 'node:crypto'
import { Refusal } from './answers.ts'
import type { Repository, World } from './world.ts'

export type TokenKind = 'app' | 'fine-grained' | 'classic' | 'github-token'

export type Permission =
  | 'organization_secrets'
  | 'organization_dependabot_secrets'
  | 'organization_codespaces_secrets'
  | 'organization_agents_secrets'
  | 'secrets'
  | 'dependabot_secrets'
  | 'codespaces_secrets'
  | 'agents_secrets'
  | 'environments'
  | 'issues'
  | 'pull_requests'
  | 'actions'
  | 'contents'
  | 'metadata'

export type Level = 'read' | 'write'
export type Permissions = Readonly<Partial<Record<Permission, Level>>>

export interface TokenOptions {
  readonly kind: TokenKind
  /** Of App, fine-grained and workflow tokens. Default: none but `metadata: read`. */
  readonly permissions?: Permissions
  /** Of classic tokens. Default: none. */
  readonly scopes?: readonly string[]
  /** `owner/name` or the name alone. Default `all` of the owner. */
  readonly repositories?: 'all' | readonly string[]
  /** The account that an App, fine-grained or workflow token is for. Default: the first organization. */
  readonly owner?: string
  /** A classic token of a mere member may not manage the organization, whatever its scopes. Default `owner`. */
  readonly role?: 'owner' | 'member'
  readonly sso?: 'ok' | 'required'
  readonly expiresAt?: number | string
  /** Who is behind it; tokens of one account share its rate limits. Default: an account of its own. */
  readonly account?: string
}

export interface Token extends Required<Omit<TokenOptions, 'expiresAt' | 'repositories'>> {
  readonly text: string
  readonly repositories: 'all' | ReadonlySet<string>
  readonly expiresAt: number | undefined
}

const prefix: Readonly<Record<TokenKind, string>> = {
  app: 'ghs_',
  'github-token': 'ghs_',
  'fine-grained': 'github_pat_',
  classic: 'ghp_',
}

/** After so many refused credentials in five minutes even good ones are turned away, for five minutes. */
const badLoginsBorne = 10
const badLoginMilliseconds = 5 * 60_000

export class Tokens {
  readonly #tokens = new Map<string, Token>()
  readonly #world: World
  readonly #defaultOwner: string
  #badLogins: number[] = []
  #lockedUntil = 0

  constructor(world: World, defaultOwner: string) {
    this.#world = world
    this.#defaultOwner = defaultOwner
  }

  issue(options: TokenOptions): string {
    const token = prefix[options.kind] + randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')
    const owner = options.owner ?? this.#defaultOwner
    const { repositories = 'all' } = options
    this.#tokens.set(token, {
      kind: options.kind,
      permissions: { metadata: 'read', ...options.permissions },
      scopes: options.scopes ?? [],
      repositories: repositories === 'all' ? 'all' : new Set(repositories.map((name) => inFull(owner, name))),
      owner,
      role: options.role ?? 'owner',
      sso: options.sso ?? 'ok',
      account: options.account ?? `${options.kind} ${this.#tokens.size + 1}`,
      expiresAt: options.expiresAt === undefined ? undefined : new Date(options.expiresAt).getTime(),
      text: token,
    })
    return token
  }

  revoke(token: string): void {
    this.#tokens.delete(token)
  }

  find(token: string): Token | undefined {
    return this.#tokens.get(token)
  }

  /** Who sent this; throws the 401 of everybody else. */
  authenticate(authorization: string | undefined): Token {
    const now = this.#world.now()
    if (now < this.#lockedUntil) {
      throw new Refusal(403, 'Maximum number of login attempts exceeded. Please try again later.')
    }
    if (authorization === undefined) throw new Refusal(401, 'Requires authentication')
    const token = this.#tokens.get(/^(?:token|bearer) +(\S+)$/i.exec(authorization)?.[1] ?? '')
    if (token !== undefined && (token.expiresAt === undefined || now < token.expiresAt)) return token
    this.#badLogins = [...this.#badLogins.filter((at) => at > now - badLoginMilliseconds), now]
    if (this.#badLogins.length >= badLoginsBorne) {
      this.#badLogins = []
      this.#lockedUntil = now + badLoginMilliseconds
    }
    throw new Refusal(401, 'Bad credentials')
  }
}

const inFull = (owner: string, name: string): string => (name.includes('/') ? name : `${owner}/${name}`).toLowerCase()

/** Whether the token was given that repository; public ones can be seen without. */
export function covers(token: Token, repository: Repository): boolean {
  if (token.kind === 'classic') {
    return token.scopes.includes('repo') || (token.scopes.includes('public_repo') && repository.visibility === 'public')
  }
  const { repositories } = token
  if (repositories !== 'all') return [...repository.names].some((name) => repositories.has(name))
  return token.owner.toLowerCase() === repository.owner.toLowerCase()
}

export const sees = (token: Token, repository: Repository): boolean =>
  repository.visibility === 'public' || covers(token, repository)
