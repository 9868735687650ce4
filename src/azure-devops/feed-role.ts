import type { Identity } from './connection-data.ts'
import type { FeedPermission } from './get-feed-permissions.ts'

/**
 * The bot's role on the feed, as far as it can be told: `publishes` where its own is enough, `too-low` where its own is
 * not and no group has one that may be; `unknown` where its own does not say (`own`), or where it may have one through a
 * group. Who administers all the feeds of the organization is not in the list, and publishes whatever stands there.
 */
export type FeedRole =
  | { readonly kind: 'publishes' | 'too-low'; readonly role: string }
  | { readonly kind: 'unknown'; readonly own: string | undefined; readonly groups: readonly string[] }

/** Roles that may add packages. */
const publishing: readonly string[] = ['contributor', 'administrator']

/** Roles that may not; `collaborator` is "Feed and Upstream Reader". What `custom` and roles yet to come may do is not said. */
const reading: readonly string[] = ['none', 'reader', 'collaborator']

/** The portal's names. https://learn.microsoft.com/azure/devops/artifacts/feeds/feed-permissions */
const portalNames: Readonly<Record<string, string>> = {
  reader: 'Feed Reader',
  collaborator: 'Feed and Upstream Reader (Collaborator)',
  contributor: 'Feed Publisher (Contributor)',
  administrator: 'Feed Owner',
}

/**
 * What the list of permissions says about the bot. Its own name missing there proves nothing: most roles are held through
 * a group, and who is in a group is not said.
 */
export function feedRoleOf(permissions: readonly FeedPermission[], bot: Identity): FeedRole {
  const own = permissions.filter((permission) => isOf(permission, bot))
  const enough = own.find(({ role }) => publishing.includes(role))
  if (enough !== undefined) return { kind: 'publishes', role: nameOf(enough.role) }
  const untold = own.find(({ role }) => !reading.includes(role))
  const groups = permissions.filter((one) => !reading.includes(one.role) && !own.includes(one) && mayBeGroup(one))
  const [lower] = own
  if (lower !== undefined && untold === undefined && groups.length === 0)
    return { kind: 'too-low', role: nameOf(lower.role) }
  const names = groups.map(({ displayName }) => displayName ?? 'a group without a name')
  return { kind: 'unknown', own: untold?.role, groups: names }
}

function isOf({ descriptor, identityId }: FeedPermission, bot: Identity): boolean {
  return same(descriptor, bot.descriptor) || same(identityId, bot.id)
}

function same(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase()
}

/** Users are `…ClaimsIdentity;…`, build services `…ServiceIdentity;…`; whatever else is named may be a group. */
function mayBeGroup({ descriptor }: FeedPermission): boolean {
  return descriptor === undefined || !/^[^;]*\.(claims|service)identity;/i.test(descriptor)
}

function nameOf(role: string): string {
  return portalNames[role] ?? role
}
