import { unknownPath } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { exception, expiredPat, notSignedIn, unauthorized } from './answers.ts'
import type { AzureDevOps } from './azure-devops.ts'
import { callerOf, hasPackagingScope, isBlocked, roleOn, type Caller } from './caller.ts'
import type { Feed } from './feed.ts'

/** Answers for a caller who may not read; `feed` where it is about one that exists. */
export function refuseReader(
  ado: AzureDevOps,
  request: WireRequest,
  caller: Caller,
  feed: Feed | undefined,
): WireAnswer | undefined {
  if (feed?.anonymous) return undefined
  if (caller.kind === 'nobody' || caller.kind === 'refused') {
    if (caller.kind === 'refused' && caller.why === 'expired' && caller.credential === 'basic') return expiredPat(ado)
    const byPackages = request.url.host === 'pkgs.dev.azure.com'
    const basic = caller.kind === 'refused' && caller.credential === 'basic'
    const stranger = caller.kind === 'refused' && caller.why === 'stranger' ? caller.oid : undefined
    return byPackages || basic ? unauthorized(ado, stranger) : notSignedIn(ado, request)
  }
  if (caller.kind === 'pat') caller.pat.used = true
  if (!hasPackagingScope(caller)) return unauthorized(ado, 'Microsoft.TeamFoundation')
  if (isBlocked(ado, caller)) {
    const message = 'VS403463: The conditional access policy defined by your Microsoft Entra administrator has failed.'
    return exception(ado.behaviour.conditionalAccessStatus, 'AadConditionalAccessException', message)
  }
  return undefined
}

export function forbidden(feed: Feed, need: 'ReadPackages' | 'AddPackage'): WireAnswer {
  const message = `User lacks permission to complete this action. You need to have '${need}'. (feed ${feed.name})`
  return exception(403, 'FeedNeedsPermissionsException', message)
}

/** The feed of that name or id, of this project, or of the organization where no project is named. */
export function findFeed(ado: AzureDevOps, name: string, project: string | undefined): Feed | undefined {
  const [asked = ''] = name.toLowerCase().split('@')
  return ado.feeds.find((feed) => {
    if (feed.name.toLowerCase() !== asked && feed.id !== asked) return false
    if (feed.project === undefined || project === undefined) return feed.project === undefined && project === undefined
    return [feed.project.name.toLowerCase(), feed.project.id].includes(project.toLowerCase())
  })
}

export function noSuchFeed(name: string): WireAnswer {
  return exception(404, 'FeedIdNotFoundException', `The feed with ID '${name}' doesn't exist.`)
}

/** feeds.dev.azure.com/{organization}[/{project}]/_apis/packaging/feeds[/{feed}[/permissions]] */
export function handleFeeds(
  ado: AzureDevOps,
  request: WireRequest,
  project: string | undefined,
  path: readonly string[],
): WireAnswer {
  const [area, resource, name, sub, ...more] = path
  if (area !== 'packaging' || resource?.toLowerCase() !== 'feeds' || more.length > 0 || request.method !== 'GET')
    return unknownPath()
  const caller = callerOf(ado, request.headers.authorization)
  if (name === undefined) return refuseReader(ado, request, caller, undefined) ?? listFeeds(ado, caller, project)
  const feed = findFeed(ado, name, project)
  const refusal = refuseReader(ado, request, caller, feed)
  if (refusal !== undefined) return refusal
  if (feed === undefined) return noSuchFeed(name)
  if (!feed.anonymous && roleOn(feed, caller) === 'none') return forbidden(feed, 'ReadPackages')
  if (sub === undefined) return { status: 200, body: wireFeed(ado, feed, name) }
  if (sub.toLowerCase() !== 'permissions') return unknownPath()
  return { status: 200, body: permissions(ado, feed, request.url.searchParams.get('includeIds') === 'true') }
}

function listFeeds(ado: AzureDevOps, caller: Caller, project: string | undefined): WireAnswer {
  const visible = ado.feeds.filter(
    (feed) =>
      (feed.anonymous || roleOn(feed, caller) !== 'none') &&
      (project === undefined || [feed.project?.name.toLowerCase(), feed.project?.id].includes(project.toLowerCase())),
  )
  return { status: 200, body: { count: visible.length, value: visible.map((feed) => wireFeed(ado, feed, feed.name)) } }
}

function wireFeed(ado: AzureDevOps, feed: Feed, askedAs: string): unknown {
  const view = askedAs.split('@')[1]
  const base = `https://feeds.dev.azure.com/${ado.organization.name}/${feed.project === undefined ? '' : `${feed.project.id}/`}_apis/Packaging/Feeds/${feed.id}`
  return {
    id: feed.id,
    name: feed.name,
    fullyQualifiedName: view === undefined ? feed.name : `${feed.name}@${view}`,
    fullyQualifiedId: feed.id,
    ...(feed.project === undefined
      ? {}
      : { project: { ...feed.project, visibility: feed.anonymous ? 'public' : 'private' } }),
    ...(view === undefined ? {} : { view: { name: view, type: 'release', visibility: 'organization' } }),
    isReadOnly: view !== undefined,
    capabilities: 'defaultCapabilities',
    hideDeletedPackageVersions: true,
    badgesEnabled: false,
    upstreamEnabled: true,
    upstreamSources: [],
    url: base,
    _links: {
      self: { href: base },
      packages: { href: `${base}/Packages` },
      permissions: { href: `${base}/Permissions` },
    },
  }
}

/** Groups and build identities; users only where the role is their own. Who is in a group never shows. */
function permissions(ado: AzureDevOps, feed: Feed, withIds: boolean): unknown {
  const groups = feed.groups.map(({ role, displayName, inherited = false, build = false }, index) => ({
    role,
    identityDescriptor: `Microsoft.TeamFoundation.${build ? 'Service' : ''}Identity;S-1-9-1551374245-${index}`,
    identityId: withIds ? `${feed.id.slice(0, -1)}${index}` : null,
    displayName,
    isInheritedRole: inherited,
  }))
  const users = feed.shown.map((oid) => {
    const upn = oid === ado.entra.user.oid ? ado.entra.user.upn : `${oid}@example.org`
    return {
      role: feed.roles[oid] ?? 'none',
      identityDescriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${ado.tenant}\\${upn}`,
      identityId: withIds ? oid : null,
      displayName: upn,
      isInheritedRole: false,
    }
  })
  const value = [...groups, ...users]
  return { count: value.length, value }
}
