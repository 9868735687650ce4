import type { WorldClock } from '../wire.ts'
import { Boxes } from './boxes.ts'
import type { Issue } from './issues.ts'
import type { Run, Workflow } from './workflows.ts'

export const stores = ['actions', 'dependabot', 'codespaces', 'agents'] as const
export type Store = (typeof stores)[number]

/** `login`, `owner/name` or `owner/name/environment`. Environments have the store `actions` only. */
export type Home = string

export type SecretVisibility = 'all' | 'private' | 'selected'
export type RepositoryVisibility = 'public' | 'private' | 'internal'

export interface Organization {
  readonly id: number
  readonly login: string
  plan: 'free' | 'team' | 'enterprise'
}

export interface Repository {
  readonly id: number
  owner: string
  name: string
  /** All that it was ever called, in lower case. */
  readonly names: Set<string>
  visibility: RepositoryVisibility
  archived: boolean
  disabled: boolean
  hasIssues: boolean
  readonly createdAt: number
  /** Logins in lower case, of people beside the owner. */
  readonly collaborators: ReadonlySet<string>
  readonly environments: Set<string>
  readonly issues: Issue[]
  readonly workflows: Workflow[]
  readonly runs: Run[]
}

/** What GitHub shows of a secret. */
export interface Metadata {
  readonly name: string
  readonly visibility: SecretVisibility | undefined
  readonly selectedRepositoryIds: readonly number[]
  readonly createdAt: number
  readonly updatedAt: number
}

export interface StoredSecret {
  metadata: Metadata
  value: string
  readonly history: { readonly value: string; readonly at: number; readonly by: string }[]
  /** What is shown in the metadata's stead, until then or for that many readings more. */
  outdated?: { readonly shown: Metadata | undefined; readonly until: number; readings: number }
}

export interface Modes {
  /** After a write, its metadata shows as before for so many seconds, or for so many readings. */
  eventual?: { readonly seconds?: number; readonly readings?: number }
  /** A token that is not authorised for SSO is answered 404 instead of 403 with `X-GitHub-SSO`. */
  ssoHides?: boolean
  /** The list of selected repositories leaves out those the token cannot see, though `total_count` counts them. */
  hidesUnreachableSelected?: boolean
  /** Labels of a new issue are left out. */
  dropsLabels?: boolean
  /** Servers from before `return_run_details` do as if it were not there, or refuse the dispatch. */
  runDetails?: 'ignored' | 'refused'
}

/** All that the emulated GitHub remembers, and the only things that change it. */
export class World {
  readonly boxes = new Boxes()
  readonly modes: Modes = {}
  readonly secrets = new Map<string, StoredSecret>()
  skew = 0
  readonly #clock: WorldClock
  readonly #organizations = new Map<string, Organization>()
  readonly #users = new Map<string, number>()
  readonly #repositories = new Map<number, Repository>()
  readonly #byName = new Map<string, number>()
  #lastId = 41_000

  constructor(clock: WorldClock) {
    this.#clock = clock
  }

  /** GitHub's own clock. */
  now(): number {
    return this.#clock.now() + this.skew
  }

  nextId(): number {
    this.#lastId += 7
    return this.#lastId
  }

  addOrganization(login: string, plan: Organization['plan']): Organization {
    const organization = { id: this.nextId(), login, plan }
    this.#organizations.set(login.toLowerCase(), organization)
    return organization
  }

  addUser(login: string): void {
    this.#users.set(login.toLowerCase(), this.nextId())
  }

  organization(loginOrId: string): Organization | undefined {
    const found = this.#organizations.get(loginOrId.toLowerCase())
    return found ?? [...this.#organizations.values()].find(({ id }) => String(id) === loginOrId)
  }

  ownerId(login: string): number | undefined {
    return this.#organizations.get(login.toLowerCase())?.id ?? this.#users.get(login.toLowerCase())
  }

  addRepository(fullName: string, options: Partial<Omit<Repository, 'owner' | 'name'>>): Repository {
    const [owner, name] = fullName.split('/')
    if (owner === undefined || name === undefined) throw new Error(`${fullName} is not owner/name.`)
    if (this.ownerId(owner) === undefined) throw new Error(`${owner} is neither an organization nor a user here.`)
    const own = {
      names: new Set([fullName.toLowerCase()]),
      collaborators: new Set<string>(),
      environments: new Set<string>(),
      issues: [],
      workflows: [],
      runs: [],
    }
    const flags = { visibility: 'private' as const, archived: false, disabled: false, hasIssues: true }
    const repository: Repository = {
      id: this.nextId(),
      createdAt: this.now(),
      ...own,
      ...flags,
      ...options,
      owner,
      name,
    }
    this.#repositories.set(repository.id, repository)
    this.#byName.set(fullName.toLowerCase(), repository.id)
    return repository
  }

  /** Renames or transfers. The old name goes on leading to it until another repository takes that name. */
  renameRepository(from: string, to: string): void {
    const repository = this.mustFind(from)
    const [owner, name] = to.split('/')
    if (owner === undefined || name === undefined) throw new Error(`${to} is not owner/name.`)
    Object.assign(repository, { owner, name })
    repository.names.add(to.toLowerCase())
    this.#byName.set(to.toLowerCase(), repository.id)
  }

  deleteRepository(fullName: string): void {
    const { id } = this.mustFind(fullName)
    this.#repositories.delete(id)
    for (const [key, secret] of this.secrets) {
      if (key.startsWith(`repository:${id} `) || key.startsWith(`repository:${id}/`)) this.secrets.delete(key)
      const selectedRepositoryIds = secret.metadata.selectedRepositoryIds.filter((selected) => selected !== id)
      secret.metadata = { ...secret.metadata, selectedRepositoryIds }
    }
  }

  repositories(): readonly Repository[] {
    return [...this.#repositories.values()]
  }

  repositoryById(id: number): Repository | undefined {
    return this.#repositories.get(id)
  }

  /** By its present name or one it had. */
  repository(fullName: string): Repository | undefined {
    const id = this.#byName.get(fullName.toLowerCase())
    return id === undefined ? undefined : this.#repositories.get(id)
  }

  mustFind(fullName: string): Repository {
    const found = this.repository(fullName)
    if (found === undefined) throw new Error(`There is no repository ${fullName}.`)
    return found
  }

  /** `organization:1 actions`, `repository:2 actions` or `repository:2/production actions`. */
  place(home: Home, store: Store): string {
    const [owner = '', name, ...environment] = home.split('/')
    if (name !== undefined) return repositoryPlace(this.mustFind(`${owner}/${name}`), store, environment.join('/'))
    const organization = this.organization(owner)
    if (organization === undefined) throw new Error(`There is no organization ${owner}.`)
    return organizationPlace(organization, store)
  }
}

export const organizationPlace = ({ id }: Organization, store: Store): string => `organization:${id} ${store}`

export const repositoryPlace = ({ id }: Repository, store: Store, environment = ''): string =>
  environment === '' ? `repository:${id} ${store}` : `repository:${id}/${environment.toLowerCase()} ${store}`

export const fullName = ({ owner, name }: Repository): string => `${owner}/${name}`
