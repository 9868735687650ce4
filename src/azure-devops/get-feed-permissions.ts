import { azureDevOpsHosts } from '../hosts.ts'
import { arrayIn, isObject, objectIn, optionalString, stringIn } from '../json.ts'
import { withRetries } from '../retry.ts'
import { checked, contentOf } from './answers.ts'
import type { Connection } from './connection.ts'
import type { FeedAddress } from './probe-feed.ts'

/** One line of a feed's permissions: a role, and who has it. */
export interface FeedPermission {
  /** `reader`, `collaborator`, `contributor`, `administrator`, or one that is not documented. */
  readonly role: string
  /** `{type};{identifier}` of a user, a group or a build identity. */
  readonly descriptor: string | undefined
  readonly identityId: string | undefined
  readonly displayName: string | undefined
}

/** The address of a feed that is named. */
export type NamedFeed = FeedAddress & { readonly feed: string }

/**
 * Who has which role on the feed, as far as the bot may see it. Groups stand there as groups: who is in them is not said.
 * @throws Failure
 * @see https://learn.microsoft.com/rest/api/azure/devops/artifacts/feed-management/get-feed-permissions
 */
export async function getFeedPermissions(
  connection: Connection,
  { project, feed }: NamedFeed,
): Promise<readonly FeedPermission[]> {
  const owner = project === undefined ? '' : `/${encodeURIComponent(project)}`
  const asking = {
    doing: `read the permissions of feed ${feed}`,
    method: 'GET',
    resource: {
      host: azureDevOpsHosts.feeds,
      path: `${owner}/_apis/packaging/Feeds/${encodeURIComponent(feed)}/permissions`,
      version: '7.1',
    },
    query: { includeIds: 'true' },
  } as const
  return withRetries(connection.wire, async () => {
    const question = { ...connection.question(asking), hints }
    const content = contentOf(await connection.ask(asking), question)
    // The specification promises a bare list; the service wraps lists as { count, value }.
    return checked(question, () => arrayIn(isObject(content) ? content.value : content, 'the list').map(permissionIn))
  })
}

const hints = {
  forbidden:
    'The bot may not see the permissions of the feed, or its app registration lacks the delegated permission vso.packaging (or user_impersonation) of Azure DevOps.',
  notFound:
    'There is no such feed, or the bot cannot see it. Check ado-project (blank for a feed of the organization) and ado-feed.',
} as const

function permissionIn(record: unknown): FeedPermission {
  const permission = objectIn(record, 'the permission')
  return {
    role: stringIn(permission.role, 'its role').toLowerCase(),
    descriptor: descriptorIn(permission.identityDescriptor),
    identityId: optionalString(permission.identityId),
    displayName: optionalString(permission.displayName),
  }
}

/** One string on the wire, an object in the specification. */
function descriptorIn(value: unknown): string | undefined {
  if (!isObject(value)) return optionalString(value)
  const [type, identifier] = [optionalString(value.identityType), optionalString(value.identifier)]
  return type === undefined || identifier === undefined ? undefined : `${type};${identifier}`
}
