import sodium from 'libsodium-wrappers'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { isRecord, parsed, type Json } from './answers.ts'
import type {
  GitHub,
  GitHubOptions,
  IssueContent,
  RefusalOptions,
  RepositoryOptions,
  SecretSeed,
  SecretView,
} from './contract.ts'
import { Front } from './front.ts'
import { openIssue, type Issue } from './issues.ts'
import { Limits, type InjectedLimit, type PointsEntry } from './limits.ts'
import { visibleValue } from './secret-reading.ts'
import { Tokens, type TokenOptions } from './tokens.ts'
import { addWorkflow, type Workflow } from './workflows.ts'
import { World, type Home, type Modes, type Organization, type Repository, type Store } from './world.ts'

export type * from './contract.ts'
export type { Home, Modes, Organization, Repository, SecretVisibility, Store } from './world.ts'
export type { TokenKind, TokenOptions, Permission, Permissions } from './tokens.ts'
export type { InjectedLimit, PointsEntry } from './limits.ts'

/** Taken before any test can put fake timers in their place. */
const { setImmediate: nextTurn, setTimeout: later } = globalThis

const usualMessage = (status: number): string => {
  if (status === 403) return 'Resource not accessible by integration'
  if (status === 404) return 'Not Found'
  return status === 422 ? 'Validation Failed' : 'Server Error'
}

const storePattern = /\/(actions|dependabot|codespaces|agents)\/secrets\//

const time = (given: number | string): number => new Date(given).getTime()

/** One GitHub, with one organization at first. All it knows is in memory. */
export async function createGitHub(options: GitHubOptions): Promise<GitHub> {
  await sodium.ready
  const [host, ...basePath] = (options.host ?? 'api.github.com').split('/')
  const hosts = options.host === undefined ? ['api.github.com', 'api.github.localhost'] : [host ?? '']
  const world = new World(options.clock)
  world.skew = options.skew ?? 0
  world.addOrganization(options.organization.login, options.organization.plan ?? 'enterprise')
  const tokens = new Tokens(world, options.organization.login)
  const limits = new Limits(world)
  const front = new Front(world, tokens, limits, basePath.map((segment) => `/${segment}`).join(''))
  return new EmulatedGitHub(hosts, world, tokens, limits, front)
}

class EmulatedGitHub implements GitHub {
  readonly name = 'github'
  readonly hosts: readonly string[]
  readonly modes: Modes
  readonly limits: Limits
  readonly pointsLog: readonly PointsEntry[]
  latency = 0
  wait: ((milliseconds: number) => Promise<void>) | undefined
  readonly #world: World
  readonly #tokens: Tokens
  readonly #front: Front

  constructor(hosts: readonly string[], world: World, tokens: Tokens, limits: Limits, front: Front) {
    this.hosts = hosts
    this.#world = world
    this.#tokens = tokens
    this.#front = front
    this.limits = limits
    this.modes = world.modes
    this.pointsLog = limits.log
  }

  get skew(): number {
    return this.#world.skew
  }

  set skew(milliseconds: number) {
    this.#world.skew = milliseconds
  }

  async handle(request: WireRequest): Promise<WireAnswer> {
    this.limits.inFlight += 1
    try {
      const answer = this.#front.answer(request)
      await this.#passLatency()
      return answer
    } finally {
      this.limits.inFlight -= 1
    }
  }

  async #passLatency(): Promise<void> {
    const { latency, wait } = this
    if (latency > 0 && wait !== undefined) return wait(latency)
    return new Promise((resolve) => {
      if (latency > 0) later(resolve, latency)
      else nextTurn(resolve)
    })
  }

  describe(request: WireRequest): unknown {
    if (request.body === '') return undefined
    const body = parsed(request.body)
    if (!isRecord(body)) return body ?? request.body
    const place = this.#placeOf(request)
    const encrypted = body.encrypted_value
    if (place === undefined || typeof encrypted !== 'string') return body
    return { ...body, encrypted_value: this.#opened(place, encrypted) }
  }

  #opened(place: string, encrypted: string): Json {
    const opened = this.#world.boxes.openAnyhow(place, encrypted)
    if (opened === undefined) return { unopened: encrypted.length }
    return opened.by === undefined ? { opened: opened.value } : { opened: opened.value, sealedFor: opened.by }
  }

  #placeOf({ method, url }: WireRequest): string | undefined {
    const path = this.#front.pathBelowBase(url) ?? ''
    const found = this.#front.find(method, path)
    if (found?.route.needs.secret !== true) return undefined
    const store = storePattern.exec(path)?.[1] ?? 'actions'
    const { org, owner, repo, id, environment } = found.params
    const repository = id === undefined ? undefined : this.#world.repositoryById(Number(id))
    const fullName = repository === undefined ? `${owner}/${repo}` : `${repository.owner}/${repository.name}`
    const home = org ?? (environment === undefined ? fullName : `${fullName}/${environment}`)
    try {
      return this.#world.place(home, store as Store)
    } catch {
      return undefined
    }
  }

  token(options: TokenOptions): string {
    return this.#tokens.issue(options)
  }

  revokeToken(token: string): void {
    this.#tokens.revoke(token)
  }

  spend(token: string, requests: number): void {
    const found = this.#tokens.find(token)
    if (found === undefined) throw new Error('There is no such token.')
    this.limits.spend(found, requests)
  }

  addOrganization(login: string, plan: Organization['plan'] = 'enterprise'): Organization {
    return this.#world.addOrganization(login, plan)
  }

  addUser(login: string): void {
    this.#world.addUser(login)
  }

  addRepository(
    fullName: string,
    { environments = [], collaborators = [], ...options }: RepositoryOptions = {},
  ): Repository {
    const sets = { environments: new Set(environments), collaborators: new Set(collaborators) }
    return this.#world.addRepository(fullName, { ...options, ...sets })
  }

  repository(fullName: string): Repository {
    return this.#world.mustFind(fullName)
  }

  renameRepository(from: string, to: string): void {
    this.#world.renameRepository(from, to)
  }

  deleteRepository(fullName: string): void {
    this.#world.deleteRepository(fullName)
  }

  addIssue(fullName: string, content: IssueContent): Issue {
    return openIssue({ world: this.#world }, this.repository(fullName), content)
  }

  addWorkflow(fullName: string, options: Partial<Omit<Workflow, 'id'>> = {}): Workflow {
    return addWorkflow(this.#world.nextId(), this.repository(fullName), options)
  }

  secret(home: Home, store: Store, name: string): SecretView | undefined {
    const found = this.#world.secrets.get(`${this.#world.place(home, store)} ${name.toUpperCase()}`)
    if (found === undefined) return undefined
    const { visibility, selectedRepositoryIds, createdAt, updatedAt } = found.metadata
    return { value: found.value, visibility, selectedRepositoryIds, createdAt, updatedAt, history: found.history }
  }

  seedSecret(home: Home, store: Store, name: string, seed: SecretSeed): void {
    const createdAt = time(seed.createdAt ?? this.#world.now())
    const updatedAt = time(seed.updatedAt ?? createdAt)
    const visibility = home.includes('/') ? undefined : (seed.visibility ?? 'private')
    const selectedRepositoryIds = (seed.selectedRepositories ?? []).map((fullName) => this.repository(fullName).id)
    const metadata = { name: name.toUpperCase(), visibility, selectedRepositoryIds, createdAt, updatedAt }
    const history = [{ value: seed.value, at: updatedAt, by: 'seed' }]
    const place = this.#world.place(home, store)
    this.#world.secrets.set(`${place} ${name.toUpperCase()}`, { metadata, value: seed.value, history })
  }

  deleteSecret(home: Home, store: Store, name: string): void {
    this.#world.secrets.delete(`${this.#world.place(home, store)} ${name.toUpperCase()}`)
  }

  visibleTo(fullName: string, store: Store, name: string, environment?: string): string | undefined {
    return visibleValue(this.#world, this.repository(fullName), store, name, environment)
  }

  rotateKey(home: Home, store: Store = 'actions', staleStatus: 409 | 422 = 422): void {
    this.#world.boxes.rotate(this.#world.place(home, store), staleStatus)
  }

  limitNext(times: number, limit: InjectedLimit = {}): void {
    this.limits.inject(times, limit)
  }

  refuse({ home, store, ...options }: RefusalOptions): () => void {
    const at = home === undefined ? {} : { at: secretsPattern(home, store) }
    const refusal = { ...options, ...at, message: options.message ?? usualMessage(options.status) }
    this.#front.refusals.add(refusal)
    return () => this.#front.refusals.delete(refusal)
  }
}

const escaped = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function secretsPattern(home: Home, store: Store | undefined): RegExp {
  const [owner = '', name, ...environment] = home.split('/')
  const stores = store ?? '(?:actions|dependabot|codespaces|agents)'
  if (name === undefined) return new RegExp(`/orgs/${escaped(owner)}/${stores}/secrets`, 'i')
  const encoded = encodeURIComponent(environment.join('/'))
  const middle = environment.length > 0 ? `environments/${escaped(encoded)}` : stores
  return new RegExp(`/repos/${escaped(owner)}/${escaped(name)}/${middle}/secrets`, 'i')
}
