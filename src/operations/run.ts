import type { AzureDevOps } from '../azure-devops/connect.ts'
import type { OrganizationView } from '../azure-devops/organization.ts'
import type { Proof } from '../azure-devops/prove.ts'
import type { Clock } from '../clock.ts'
import type { Failure } from '../errors.ts'
import type { GitHub, PublicKey, SecretAccess } from '../github/connect.ts'
import type { WorkflowGitHub } from '../github/connect-workflow-token.ts'
import type { EntraApp } from '../bot-inputs.ts'
import type { Inputs } from '../inputs.ts'
import type { KeyVault } from '../key-vault/connect.ts'
import type { Log } from '../log.ts'
import type { Pat } from '../pat.ts'
import type { Place } from '../place.ts'
import type { ManagedPat } from '../renewal/names.ts'
import type { Receipt, Verification } from '../report/result.ts'

/** What Entra gave for the bot. */
export interface SignedIn {
  readonly accessToken: string
  /** The rolled refresh token; undefined where the way of signing in gives none. */
  readonly refreshToken: string | undefined
}

/** What a person has to do to sign in. */
export interface PersonPrompt {
  readonly address: string
  /** To be entered there; undefined where the address alone will do. */
  readonly code?: string | undefined
}

/** What an access token says of itself. */
export interface Claims {
  readonly application: boolean
  readonly userName?: string | undefined
  readonly tenantId?: string | undefined
  /** The resource that it is for. */
  readonly audience?: string | undefined
  readonly expiresAt?: number | undefined
}

/** The remote services as the operations see them. Everything outside comes in through here, so a simulation can stand in. */
export interface Services {
  readonly github: () => Promise<GitHub>
  /** The vault of `key-vault-url`. Only to be asked for where one is given. */
  readonly keyVault: () => KeyVault
  /** GitHub as `workflow-token` sees it: workflows and issues, no secrets. */
  readonly workflowGitHub: () => Promise<WorkflowGitHub>
  /** Posts a message to the webhook of `notify-webhook-url`. */
  readonly tellWebhook: (text: string) => Promise<void>
  readonly azureDevOps: (accessToken: string) => AzureDevOps
  /** The organization beside its PATs: read only. */
  readonly organization: {
    /** Its tenant, asked without a credential; undefined where Azure DevOps does not say it. */
    readonly tenant: () => Promise<string | undefined>
    readonly as: (accessToken: string) => OrganizationView
  }
  /** Shows the feed a PAT, or an access token in its place, and a made-up PAT, side by side. */
  readonly proveOnFeed: (value: string, credential?: 'PAT' | 'access token') => Promise<Proof>
  readonly entra: {
    readonly redeemRefreshToken: (app: EntraApp, refreshToken: string) => Promise<SignedIn>
    readonly refusesThisRefreshToken: (failure: unknown) => boolean
    readonly signInWithDeviceCode: (app: EntraApp, show: (prompt: PersonPrompt) => void) => Promise<SignedIn>
    /** A person signs in once, so that there is a refresh token. `user`: who it is to be. */
    readonly signInForGood: (
      app: EntraApp,
      show: (prompt: PersonPrompt) => void,
      user: string | undefined,
    ) => Promise<SignedIn>
    /** The app's own service principal signs in, by this job's OIDC token. */
    readonly signInAsApp: (app: EntraApp) => Promise<SignedIn & { readonly expiresAt: number }>
    readonly signInWithTools: () => Promise<SignedIn>
    readonly claimsOf: (accessToken: string) => Claims | undefined
  }
  /** Seals the text for the very place and writes it; a stale key is fetched and used again once. */
  readonly writeSealed: (place: Place, text: string, means: SealingMeans) => Promise<'created' | 'updated'>
}

export interface SealingMeans {
  /** A key fetched just before; undefined where it is still to be fetched. */
  readonly key?: PublicKey | undefined
  /** Who can read an organization secret. */
  readonly access?: SecretAccess | undefined
  /** No write starts after this moment (milliseconds since 1970), however long GitHub's limits kept it waiting. */
  readonly notAfter?: number | undefined
}

/** One run of one operation: what it was asked, what it works with, and what it has done so far. */
export interface Run {
  readonly inputs: Inputs
  readonly services: Services
  /** Services that still work for some seconds after the run was cancelled, to leave the world in order. */
  readonly lastServices: () => Services
  readonly clock: Clock
  /** Aborted, with a Failure `cancelled` as its reason, when the runner asks the run to stop. */
  readonly cancel: AbortSignal
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number
  readonly log: Log
  readonly journal: Journal
}

/** The bot signed in. */
export interface Bot {
  readonly azureDevOps: AzureDevOps
  /** Still works for some seconds after the run was cancelled. */
  readonly lastAzureDevOps: () => AzureDevOps
  /** The organization beside its PATs. */
  readonly organization: OrganizationView
  /** The tenant that the access token comes from, where it says so. */
  readonly tenantId: string | undefined
}

/** Azure DevOps as the bot, for what must still be done: once the run is cancelled, for some seconds more. */
export function workingAzureDevOps(run: Run, bot: Bot): AzureDevOps {
  return run.cancel.aborted ? bot.lastAzureDevOps() : bot.azureDevOps
}

/**
 * Writes what must not be given up with the run, as a refresh token whose forerunner may be spent by now: where a cancel cut
 * it off, once more with services that still work.
 * @throws Failure
 */
export async function writeDespiteCancel(run: Run, write: (services: Services) => Promise<unknown>): Promise<void> {
  try {
    await write(run.services)
  } catch (error) {
    if (!run.cancel.aborted) throw error
    await write(run.lastServices())
  }
}

/** What the run did and knows, kept as it happens so that a failing run reports as much as one that went well. */
export interface Journal {
  readonly receipts: Receipt[]
  /** Why a place could not be written, by place in words. */
  readonly failures: Map<Place, Failure>
  /** The slot's PATs as last known; this run's changes are entered as they are made. */
  pats: readonly ManagedPat[]
  /** Every PAT of the bot as preflight listed them, those of others too. */
  listed: readonly Pat[]
  /** The bot, once it is signed in. */
  bot: Bot | undefined
  minted: string | undefined
  /** When this run minted, by its own clock: that of Azure DevOps may be ahead. */
  mintedAt: number | undefined
  /** The longest life that the policy grants a PAT, in milliseconds; undefined while no answer of this run has shown it. */
  longestLife: number | undefined
  verification: Verification | undefined
  readonly plan: string[]
}

export function newJournal(): Journal {
  const minting = { minted: undefined, mintedAt: undefined, longestLife: undefined }
  const empty = { receipts: [], failures: new Map(), pats: [], listed: [], plan: [] }
  return { ...empty, ...minting, bot: undefined, verification: undefined }
}
