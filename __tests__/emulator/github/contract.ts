import type { Service, WireAnswer, WireRequest, WorldClock } from '../wire.ts'
import type { StandingRefusal } from './front.ts'
import type { Issue } from './issues.ts'
import type { InjectedLimit, Limits, PointsEntry } from './limits.ts'
import type { TokenOptions } from './tokens.ts'
import type { Workflow } from './workflows.ts'
import type { Home, Modes, Organization, Repository, SecretVisibility, Store } from './world.ts'

export interface GitHubOptions {
  readonly clock: WorldClock
  /** How far GitHub's own clock is ahead of the world's, in milliseconds. */
  readonly skew?: number
  readonly organization: { readonly login: string; readonly plan?: Organization['plan'] }
  /** Instead of api.github.com; with a base path where there is one, as in `github.example.com/api/v3`. */
  readonly host?: string
}

export interface SecretView {
  readonly value: string
  readonly visibility: SecretVisibility | undefined
  readonly selectedRepositoryIds: readonly number[]
  readonly createdAt: number
  readonly updatedAt: number
  readonly history: readonly { readonly value: string; readonly at: number; readonly by: string }[]
}

export interface SecretSeed {
  readonly value: string
  /** Of organization secrets; default `private`. */
  readonly visibility?: SecretVisibility
  /** `owner/name`, of secrets whose visibility is `selected`. */
  readonly selectedRepositories?: readonly string[]
  /** Default: now. */
  readonly createdAt?: number | string
  /** Default: `createdAt`. */
  readonly updatedAt?: number | string
}

export interface RefusalOptions extends Omit<StandingRefusal, 'at' | 'message'> {
  readonly at?: string | RegExp
  /** Instead of `at`: all endpoints of the secrets there, in this store (default: any). */
  readonly home?: Home
  readonly store?: Store
  readonly message?: string
}

export interface GitHub extends Service {
  /** Milliseconds by which GitHub's clock is ahead. May be changed at any time. */
  skew: number
  readonly modes: Modes
  readonly limits: Limits
  readonly pointsLog: readonly PointsEntry[]
  /** Real milliseconds until an answer leaves, after the change was made. Default 0: the next turn of the event loop. */
  latency: number
  /** How that time passes, where it is not real. */
  wait: ((milliseconds: number) => Promise<void>) | undefined
  handle(request: WireRequest): Promise<WireAnswer>
  token(options: TokenOptions): string
  revokeToken(token: string): void
  /** As if the token's account had made so many requests more in this hour. */
  spend(token: string, requests: number): void
  addOrganization(login: string, plan?: Organization['plan']): Organization
  addUser(login: string): void
  addRepository(fullName: string, options?: RepositoryOptions): Repository
  /** By its present name or a former one. What it gives back may be changed (`archived`, `visibility`, …). */
  repository(fullName: string): Repository
  renameRepository(from: string, to: string): void
  deleteRepository(fullName: string): void
  addIssue(fullName: string, content: IssueContent): Issue
  addWorkflow(fullName: string, options?: Partial<Omit<Workflow, 'id'>>): Workflow
  secret(home: Home, store: Store, name: string): SecretView | undefined
  seedSecret(home: Home, store: Store, name: string, seed: SecretSeed): void
  deleteSecret(home: Home, store: Store, name: string): void
  /** The value that a workflow run queued now in that repository would see. */
  visibleTo(fullName: string, store: Store, name: string, environment?: string): string | undefined
  /** A new key; what was sealed for the old one is refused with that status (default 422). */
  rotateKey(home: Home, store?: Store, staleStatus?: 409 | 422): void
  limitNext(times: number, limit?: InjectedLimit): void
  /** Until what it gives back is called. */
  refuse(options: RefusalOptions): () => void
}

export interface RepositoryOptions {
  readonly id?: number
  readonly visibility?: Repository['visibility']
  readonly archived?: boolean
  readonly disabled?: boolean
  readonly hasIssues?: boolean
  readonly environments?: readonly string[]
  readonly collaborators?: readonly string[]
}

export interface IssueContent {
  readonly title: string
  readonly body?: string
  readonly labels?: readonly string[]
  readonly by: string
  readonly isPullRequest?: boolean
  /** Default `NONE`: an outsider, where `by` is no bot. */
  readonly association?: 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE'
}
