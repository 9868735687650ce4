import { randomUUID } from 'node:crypto'
import type { WorldClock } from '../wire.ts'
import { describeForm } from './describe.ts'
import { handleEntra } from './endpoints.ts'
import { issueApplication, issueUser } from './issue.ts'
import { random, type Application, type Entra, type EntraUser, type FederatedIdentity } from './model.ts'

export interface EntraOptions {
  readonly clock: WorldClock
  readonly skew?: number
  readonly tenant?: string
  readonly tenantDomain?: string
  readonly clientId?: string
  /** Hosts of the authority; a sovereign cloud's, for example. */
  readonly hosts?: readonly string[]
  readonly upn?: string
  readonly federated?: readonly FederatedIdentity[]
}

export function createEntraUser(upn: string): EntraUser {
  return { oid: randomUUID(), upn, displayName: upn.split('@')[0] ?? upn }
}

/** The federated credential that trusts `subject` of GitHub Actions. */
export function gitHubFederation(subject: string): FederatedIdentity {
  return { issuer: 'https://token.actions.githubusercontent.com', subject, audience: 'api://AzureADTokenExchange' }
}

/** Microsoft Entra: one tenant with one app registration and the bot, until a test adds more. */
export function createEntra(options: EntraOptions): Entra {
  const application: Application = {
    clientId: options.clientId ?? randomUUID(),
    objectId: randomUUID(),
    publicClient: options.federated === undefined,
    redirectUris: ['http://localhost'],
    federated: [...(options.federated ?? [])],
  }
  const refusals = new Map<string, { code: number; suberror: string | undefined }>()
  const failures: number[] = []
  const entra: Entra = {
    name: 'entra',
    hosts: options.hosts ?? ['login.microsoftonline.com'],
    skew: options.skew ?? 0,
    tenant: options.tenant ?? randomUUID(),
    tenantDomain: options.tenantDomain ?? 'hmcts.onmicrosoft.com',
    applications: [application],
    application,
    user: createEntraUser(options.upn ?? 'artifacts-bot@hmcts.onmicrosoft.com'),
    refreshTokens: [],
    accessTokens: [],
    deviceCodes: [],
    authorizationCodes: [],
    authorizing: 'success',
    blocksDeviceCode: false,
    usedAssertions: new Set(),
    keepsOld: true,
    lifetime: undefined,
    deviceCode: { pendingPolls: 1, slowDowns: 0, outcome: 'success', interval: 5, expiresIn: 900 },
    refusals,
    refuse: (token, code, suberror) => void refusals.set(token, { code, suberror }),
    accept: () => {
      refusals.clear()
    },
    failNext: (count, code = 90033) => void failures.push(...Array.from({ length: count }, () => code)),
    takeFailure: () => failures.shift(),
    issueRefreshToken: ({
      user = entra.user,
      clientId = application.clientId,
      idleDays = 0,
      byDeviceCode = false,
    } = {}) => {
      // Real ones start with a version and are opaque after it.
      const value = `1.${random(96)}.${random(640)}`
      const lastUsed = entra.now() - idleDays * 24 * 60 * 60 * 1000
      const name = `refresh token ${entra.refreshTokens.length + 1}`
      entra.refreshTokens.push({ value, name, clientId, user, lastUsed, spent: false, byDeviceCode })
      return value
    },
    issueUserToken: (given = {}) => issueUser(entra, given),
    issueAppToken: (given = {}) => issueApplication(entra, given),
    now: () => options.clock.now() + entra.skew,
    handle: (request) => handleEntra(entra, request),
    describe: (request) => describeForm(entra, request.body),
  }
  return entra
}

export { AZURE_DEVOPS } from './issue.ts'
export { GITHUB_SUBJECT } from './github-oidc.ts'
export type {
  AccessToken,
  Application,
  DeviceCode,
  Entra,
  EntraUser,
  FederatedIdentity,
  RefreshToken,
} from './model.ts'
