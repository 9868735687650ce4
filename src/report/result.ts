import type { Pat } from '../pat.ts'
import type { Place, RepositoryName, VaultPlace } from '../place.ts'

export const outcomes = [
  'renewed',
  'not-due',
  'planned',
  'healthy',
  'due',
  'expired',
  'missing',
  'extended',
  'revoked',
  'audited',
  'signed-in',
  'federated',
  'failed',
] as const
export type Outcome = (typeof outcomes)[number]

export type DeliveredTo = 'organization' | 'repositories' | 'mixed' | 'nowhere'

/** What was written where and when; never anything derived from a PAT. */
export interface Receipt {
  readonly place: Place | VaultPlace
  readonly did: 'created' | 'updated' | 'removed'
  /** Milliseconds since 1970, by the runner's clock. */
  readonly at: number
}

/** How one PAT of the slot stands at the end of the run. */
export type Standing = 'live' | 'candidate' | 'unfinished' | 'fallback' | 'kept' | 'superseded' | 'expired' | 'revoked'

export interface PatRow {
  readonly pat: Pat
  readonly standing: Standing
  /** Minted by this run. */
  readonly minted: boolean
  /** When a superseded PAT may be retired, as far as it can be told. */
  readonly retiresAt?: number
}

/** One place as `check` found it. */
export interface PlaceRow {
  /** The place in words. */
  readonly place: string
  /** Milliseconds since 1970; undefined where there is no such secret, or nobody may see it. */
  readonly writtenAt: number | undefined
  readonly remark: string
}

/** One thing that a renewal depends on, as `check` found it; `amiss`: somebody has to act. */
export interface Finding {
  readonly what: string
  readonly verdict: 'good' | 'amiss' | 'unknown'
  readonly words: string
}

/** What happened to a PAT, as `audit` found it in the audit log. The output `events` holds these. */
export interface ToldEvent {
  /** ISO 8601 UTC. */
  readonly when: string
  readonly who: string
  /** `Token.PatCreateEvent` … */
  readonly action: string
  readonly displayName: string
  readonly ipAddress: string
  readonly userAgent: string
  /** A PAT whose name this action wrote, of this slot. */
  readonly managed: boolean
  /** A managed PAT was changed by something that is not this action. */
  readonly foreign: boolean
}

/** What `verify-workflow` made of the new PAT. `unknown`: it could not be dispatched, or did not end in time. */
export interface Verification {
  readonly verdict: 'passed' | 'failed' | 'unknown'
  /** A whole sentence, with the link. */
  readonly words: string
}

/** Everything a run has to say at its end. Holds no secret but `token`. */
export interface RunResult {
  readonly operation: string
  readonly outcome: Outcome
  /** Why it was due, or why it failed, or why nothing was to do; one line. */
  readonly reason: string
  /** What the live PAT is at the end; with a standing fallback still the organization's. */
  readonly live?: Pat | undefined
  /** When the live PAT is due for renewal. */
  readonly dueAt?: number | undefined
  readonly deliveredTo: DeliveredTo
  readonly repositoriesWritten: readonly RepositoryName[]
  readonly repositoriesFailed: readonly RepositoryName[]
  /** Repositories whose copies are still stale at the end. */
  readonly staleCopies: readonly RepositoryName[]
  /** Authorization ids still alive and waiting to be retired. */
  readonly superseded: readonly string[]
  readonly pats: readonly PatRow[]
  readonly receipts: readonly Receipt[]
  /** Whole sentences; each was a warning in the log too. */
  readonly warnings: readonly string[]
  /** With `dry-run`: what a real run would do, a line each. */
  readonly plan: readonly string[]
  /** The failure's whole sentence, hint included. Set exactly when the step must fail. */
  readonly failure?: string | undefined
  /** What `audit` found. */
  readonly events?: readonly ToldEvent[] | undefined
  /** What `check` found: every place, and what a renewal depends on. */
  readonly places?: readonly PlaceRow[] | undefined
  readonly findings?: readonly Finding[] | undefined
  /** What `revoke` revoked, or found revoked already. */
  readonly revoked?: readonly Pat[] | undefined
  /** Undefined where nothing was to be verified. */
  readonly verification?: Verification | undefined
  /** Only for the output `token`; masked before it is set. */
  readonly token?: string | undefined
  readonly finishedAt: number
  /** The page of this run on GitHub. */
  readonly runUrl?: string | undefined
}
