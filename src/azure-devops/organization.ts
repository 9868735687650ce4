import type { Wire } from '../wire.ts'
import { type Account, Connection } from './connection.ts'
import { type Identity, readIdentity } from './connection-data.ts'
import { type FeedPermission, getFeedPermissions, type NamedFeed } from './get-feed-permissions.ts'
import { type AuditPeriod, type AuditReading, queryAuditLog } from './query-audit-log.ts'

export type { AuditPeriod, AuditReading, FeedPermission, Identity, NamedFeed }

/** One organization as the bot sees it, beside its PATs. Every method reads only, and fails with a Failure. */
export interface OrganizationView {
  /** Who the bot is there. */
  identity(): Promise<Identity>
  feedPermissions(feed: NamedFeed): Promise<readonly FeedPermission[]>
  auditLog(period: AuditPeriod): Promise<AuditReading>
}

/**
 * Asks nothing yet.
 * @throws Failure `input` for an access token that no header can carry
 */
export function viewOrganization(wire: Wire, account: Account): OrganizationView {
  const connection = new Connection(wire, account)
  return {
    identity: () => readIdentity(connection),
    feedPermissions: (feed) => getFeedPermissions(connection, feed),
    auditLog: (period) => queryAuditLog(connection, period),
  }
}
