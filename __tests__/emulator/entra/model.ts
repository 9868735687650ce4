import type { Service } from '../wire.ts'
import type { AppTokenOptions, UserTokenOptions } from './issue.ts'

export interface EntraUser {
  readonly oid: string
  upn: string
  /** `#EXT#` twins and other people are made with `createEntraUser`. */
  displayName: string
}

export interface FederatedIdentity {
  issuer: string
  subject: string
  audience: string
}

/** An app registration with its service principal. */
export interface Application {
  readonly clientId: string
  readonly objectId: string
  /** `isFallbackPublicClient`: without it the device code flow ends in 7000218. */
  publicClient: boolean
  /** Redirect URIs of the platform "Mobile and desktop applications"; the port of a loopback address does not count. */
  readonly redirectUris: string[]
  /** Credentials of a confidential client. A public one has none. */
  readonly federated: FederatedIdentity[]
}

export interface RefreshToken {
  readonly value: string
  /** What transcripts call it: `refresh token 2`. */
  readonly name: string
  readonly clientId: string
  readonly user: EntraUser
  /** Redeeming it moves this; 90 days without are its end. */
  lastUsed: number
  /** Set once it was rolled while `keepsOld` is off. */
  spent: boolean
  /** It, or one that it was rolled from, came of a device code: Conditional Access remembers. */
  readonly byDeviceCode: boolean
}

export interface AccessToken {
  readonly value: string
  readonly kind: 'user' | 'application'
  readonly audience: string
  readonly tenant: string
  readonly oid: string
  readonly upn: string | undefined
  readonly clientId: string
  /** Delegated scopes; empty for an application. */
  readonly scopes: readonly string[]
  /** Milliseconds. */
  readonly expiresAt: number
}

export interface DeviceCode {
  readonly value: string
  readonly name: string
  readonly userCode: string
  readonly clientId: string
  readonly scope: string
  readonly expiresAt: number
  polls: number
  lastPoll: number
  /** Seconds; every `slow_down` adds five. */
  interval: number
  redeemed: boolean
}

/** An authorization code, given to the redirect URI. */
export interface AuthorizationCode {
  readonly value: string
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string
  readonly scope: string
  readonly user: EntraUser
  readonly expiresAt: number
  redeemed: boolean
}

/** How the person at the device code behaves. */
export interface DeviceCodeSettings {
  /** Polls answered `authorization_pending` before the person is done. */
  pendingPolls: number
  /** Polls (after the pending ones) answered `slow_down`. */
  slowDowns: number
  /** `success`, or the AADSTS code that it ends in (53003, 530036, 70044 declined, 70020 expired). */
  outcome: 'success' | number
  /** Seconds between polls. A faster poll is told to slow down. */
  interval: number
  expiresIn: number
}

export interface Entra extends Service {
  /** Added to the world's clock, in milliseconds. */
  skew: number
  readonly tenant: string
  readonly tenantDomain: string
  readonly applications: Application[]
  /** The app registration that the bot signs in through (the first of `applications`). */
  readonly application: Application
  /** Who is signed in: the bot. */
  user: EntraUser
  readonly refreshTokens: RefreshToken[]
  readonly accessTokens: AccessToken[]
  readonly deviceCodes: DeviceCode[]
  readonly usedAssertions: Set<string>
  /** Whether a refresh token that was rolled is still taken. Microsoft's page says so, people in the field do not. */
  keepsOld: boolean
  /** Seconds an access token lives; 60 to 90 minutes at random where it is not set. */
  lifetime: number | undefined
  readonly deviceCode: DeviceCodeSettings
  readonly authorizationCodes: AuthorizationCode[]
  /** What the sign-in page in the browser comes to: a code, or the AADSTS code that is sent back instead. */
  authorizing: 'success' | number
  /** Conditional Access on authentication flows: tokens that began with a device code are refused, old ones too. */
  blocksDeviceCode: boolean
  /** Refuses this refresh token, or every sign-in of a user, with an AADSTS code. */
  refuse(token: string, code: number, suberror?: string): void
  /** Takes back every `refuse`. */
  accept(): void
  readonly refusals: ReadonlyMap<string, { readonly code: number; readonly suberror: string | undefined }>
  /** The next `count` token requests are answered with a transient error. */
  failNext(count: number, code?: number): void
  takeFailure(): number | undefined
  issueRefreshToken(options?: {
    readonly user?: EntraUser
    readonly clientId?: string
    readonly idleDays?: number
    readonly byDeviceCode?: boolean
  }): string
  issueUserToken(options?: UserTokenOptions): string
  issueAppToken(options?: AppTokenOptions): string
  now(): number
}

export function random(length: number): string {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(length)))
    .toString('base64url')
    .slice(0, length)
}
