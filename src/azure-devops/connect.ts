import type { MintedPat, Pat } from '../pat.ts'
import type { Wire } from '../wire.ts'
import { type Account, Connection } from './connection.ts'
import { listPats } from './list-pats.ts'
import { mintPat, type WantedPat } from './mint-pat.ts'
import type { LeaveOut } from './pat-record.ts'
import { revokePat } from './revoke-pat.ts'
import { type PatChange, updatePat } from './update-pat.ts'

export type { Account, PatChange, WantedPat }

/**
 * The PATs of the bot in one organization. Every method fails with a Failure, after the one retry rule of retry.ts.
 * https://learn.microsoft.com/rest/api/azure/devops/tokens/pats
 */
export interface AzureDevOps {
  /** All of them: active, expired and revoked, but those that cannot be read and may be left out. */
  listPats(leaveOut?: LeaveOut): Promise<readonly Pat[]>
  /** Never repeated unless refused by a rate limit. What is granted may differ from what was wanted. */
  mintPat(wanted: WantedPat): Promise<MintedPat>
  /** The PAT as granted; its value does not change. */
  updatePat(pat: Pat, change: PatChange): Promise<Pat>
  revokePat(pat: Pat): Promise<'revoked' | 'already-gone'>
}

/**
 * Asks nothing yet.
 * @throws Failure `input` for an access token that no header can carry
 */
export function connectAzureDevOps(wire: Wire, account: Account): AzureDevOps {
  const connection = new Connection(wire, account)
  return {
    listPats: (leaveOut) => listPats(connection, leaveOut),
    mintPat: (wanted) => mintPat(connection, wanted),
    updatePat: (pat, change) => updatePat(connection, pat, change),
    revokePat: (pat) => revokePat(connection, pat),
  }
}
