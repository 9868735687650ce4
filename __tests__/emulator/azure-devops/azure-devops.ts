import { randomUUID } from 'node:crypto'
import type { AccessToken, Entra } from '../entra/model.ts'
import type { Service, WorldClock } from '../wire.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'
import { callerOf, mayRead } from './caller.ts'
import { createFeed, type Feed } from './feed.ts'
import { createPatValue } from './pat-value.ts'
import { describeBody, handleAzureDevOps } from './routes.ts'
import { stored } from './timestamps.ts'

export interface Pat {
  readonly authorizationId: string
  displayName: string
  scope: string
  /** Milliseconds of Azure DevOps' clock. */
  readonly validFrom: number
  validTo: number
  readonly token: string
  /** `null`: a global PAT. */
  targetAccounts: readonly string[] | null
  revoked: boolean
  revokedAt: number
  /** Object id of the user whose it is. */
  readonly owner: string
  /** Feeds refuse it until then. */
  readonly usableFrom: number
  /** 90 days without make a new PAT inactive. */
  used: boolean
}

/** Tenant and organization policies. All but the ban on global PATs (for everybody since 2026-03-15) start off. */
export interface Policies {
  maximumLifespanDays: number | undefined
  /** Refuses with patLifespanPolicyViolation, as it was before the clamp. */
  lifespanRefuses: boolean
  restrictFullScope: boolean
  restrictGlobal: boolean
  creation: 'anybody' | 'packaging-only' | 'nobody'
  /** Whether the policy on creation also keeps an existing PAT from being extended. Not documented. */
  creationCoversExtension: boolean
}

/** Where the facts leave doubt, or a service may behave in one of two ways. */
export interface Behaviour {
  /** GET or POST with a bearer that is refused. */
  badBearer: 'sign-in-page' | 'unauthorized'
  /** Applications and PATs at the PAT API. */
  invalidAccessStatus: 401 | 403
  /** Of VS403463, for a PAT that conditional access refuses. */
  conditionalAccessStatus: 401 | 403
  /** DELETE of a PAT that is revoked already. */
  revokedAgainStatus: 204 | 404
  /** Feeds refuse a new PAT for that long. */
  propagationSeconds: number
  /** Feeds take a revoked PAT for that long. */
  revocationLagSeconds: number
  /** Whether connectionData takes a PAT of packaging scopes only. */
  connectionDataTakesPackaging: boolean
  /** Scopes come back in another order. */
  reordersScopes: boolean
}

export interface AzureDevOps extends Service {
  skew: number
  readonly organization: { readonly name: string; readonly id: string }
  /** What X-VSS-ResourceTenant says; all zeros for an organization without Entra. */
  tenant: string
  readonly entra: Entra
  readonly pats: Pat[]
  readonly feeds: Feed[]
  /** The first of `feeds`. */
  readonly feed: Feed
  readonly user: {
    /** Removed from the organization or disabled: nothing of theirs works, PATs included. */
    disabled: boolean
    /** Conditional access refuses the PAT from where the request comes (VS403463). */
    conditionalAccessBlocksPats: boolean
  }
  /** Object ids of service principals that nobody has added to the organization. */
  readonly strangers: string[]
  readonly policies: Policies
  readonly audit: AuditLog
  readonly behaviour: Behaviour
  /** The next `count` requests (to hosts that contain `at`) are blocked: 429 TF400733. */
  throttleNext(count: number, seconds?: number, at?: string): void
  /** The next `count` requests are done and answered with Retry-After. */
  delayNext(count: number, seconds?: number, at?: string): void
  readonly pressure: Pressure[]
  /** The next POST answers 200 with this patTokenError. */
  nextMintError(error: string, message?: string): void
  takeMintError(): { readonly error: string; readonly message: string } | undefined
  seedPat(options?: SeedPat): Pat
  patOf(value: string): Pat | undefined
  /** Would the feed let this value (a PAT or an access token) read now? */
  accepts(value: string, feed?: Feed): boolean
  now(): number
}

export interface Pressure {
  readonly kind: 'block' | 'delay'
  readonly seconds: number
  readonly at: string
  left: number
}

export interface SeedPat {
  readonly displayName?: string
  readonly scope?: string
  readonly ageDays?: number
  /** Negative: it has expired. */
  readonly daysLeft?: number
  readonly global?: boolean
  readonly revoked?: boolean
  readonly owner?: string
  /** Never used since it was minted. */
  readonly unused?: boolean
}

export interface AzureDevOpsOptions {
  readonly clock: WorldClock
  readonly entra: Entra
  readonly skew?: number
  readonly organization?: string
  readonly tenant?: string
  /** Default: feed `hmcts-lib` of project `Artifacts`. */
  readonly feeds?: readonly Feed[]
}

const DAY = 24 * 60 * 60 * 1000
const HOSTS = [
  'vssps.dev.azure.com',
  'feeds.dev.azure.com',
  'pkgs.dev.azure.com',
  'dev.azure.com',
  'auditservice.dev.azure.com',
]

/** One Azure DevOps organization. The bot is whoever `entra.user` is. */
export function createAzureDevOps(options: AzureDevOpsOptions): AzureDevOps {
  const { entra, clock } = options
  const mintErrors: { error: string; message: string }[] = []
  const pressure: Pressure[] = []
  const roles = { [entra.user.oid]: 'contributor', [entra.application.objectId]: 'reader' } as const
  const feeds = [...(options.feeds ?? [createFeed({ name: 'hmcts-lib', project: 'Artifacts', roles })])]
  const ado: AzureDevOps = {
    name: 'azure-devops',
    hosts: HOSTS,
    skew: options.skew ?? 0,
    organization: { name: options.organization ?? 'hmcts', id: randomUUID() },
    tenant: options.tenant ?? entra.tenant,
    entra,
    pats: [],
    feeds,
    get feed() {
      const [first] = feeds
      if (first === undefined) throw new Error('The organization has no feed')
      return first
    },
    user: { disabled: false, conditionalAccessBlocksPats: false },
    strangers: [],
    policies: {
      maximumLifespanDays: undefined,
      lifespanRefuses: false,
      restrictFullScope: false,
      restrictGlobal: true,
      creation: 'anybody',
      creationCoversExtension: false,
    },
    audit: createAuditLog(),
    behaviour: {
      badBearer: 'sign-in-page',
      invalidAccessStatus: 401,
      conditionalAccessStatus: 403,
      revokedAgainStatus: 404,
      propagationSeconds: 0,
      revocationLagSeconds: 0,
      connectionDataTakesPackaging: true,
      reordersScopes: true,
    },
    pressure,
    throttleNext: (count, seconds = 10, at = '') => void pressure.push({ kind: 'block', seconds, at, left: count }),
    delayNext: (count, seconds = 5, at = '') => void pressure.push({ kind: 'delay', seconds, at, left: count }),
    nextMintError: (error, message = '') => void mintErrors.push({ error, message }),
    takeMintError: () => mintErrors.shift(),
    seedPat(given = {}) {
      const now = ado.now()
      const pat: Pat = {
        authorizationId: randomUUID(),
        displayName: given.displayName ?? "somebody else's PAT",
        scope: given.scope ?? 'vso.packaging_write',
        validFrom: stored(now - (given.ageDays ?? 0) * DAY),
        validTo: stored(now + (given.daysLeft ?? 30) * DAY),
        token: createPatValue(),
        targetAccounts: given.global ? null : [ado.organization.id],
        revoked: given.revoked ?? false,
        revokedAt: given.revoked ? -Infinity : Infinity,
        owner: given.owner ?? entra.user.oid,
        usableFrom: -Infinity,
        used: !(given.unused ?? false),
      }
      ado.pats.push(pat)
      return pat
    },
    patOf: (value) => ado.pats.find((pat) => pat.token === value),
    accepts: (value, feed = ado.feed) =>
      mayRead(ado, callerOf(ado, `Basic ${Buffer.from(`any:${value}`).toString('base64')}`), feed),
    now: () => clock.now() + ado.skew,
    handle: (request) => handleAzureDevOps(ado, request),
    describe: describeBody,
  }
  return ado
}

export { createFeed }
export type { AccessToken, Feed }
