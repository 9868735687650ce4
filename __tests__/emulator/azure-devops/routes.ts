import { unknownPath } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import {
  branded,
  delayed,
  exception,
  expiredPat,
  notSignedIn,
  refuseVersion,
  tooManyRequests,
  unauthorized,
} from './answers.ts'
import type { AzureDevOps } from './azure-devops.ts'
import { handleAuditLog } from './audit-log.ts'
import { callerOf, hasPackagingScope } from './caller.ts'
import { handleFeeds } from './feeds-api.ts'
import { handlePackages } from './packages-api.ts'
import { handlePats } from './pat-api.ts'

export function handleAzureDevOps(ado: AzureDevOps, request: WireRequest): WireAnswer {
  const pressure = ado.pressure.find((candidate) => candidate.left > 0 && request.url.host.includes(candidate.at))
  if (pressure !== undefined) pressure.left -= 1
  if (pressure?.kind === 'block') return branded(ado, tooManyRequests(ado, pressure.seconds))
  const answer = branded(ado, route(ado, request))
  return pressure === undefined ? answer : delayed(ado, answer, pressure.seconds)
}

/** `/{organization}[/{project}]/_apis|_packaging/…`; names of organizations and resources compare without case. */
function route(ado: AzureDevOps, request: WireRequest): WireAnswer {
  const [organization = '', ...segments] = request.url.pathname.slice(1).split('/').map(decode)
  if (organization.toLowerCase() !== ado.organization.name.toLowerCase()) return noSuchOrganization(organization)
  const at = segments.findIndex((segment) => /^_(apis|packaging)$/i.test(segment))
  if (at < 0 || at > 1) return unknownPath()
  const project = at === 1 ? segments[0] : undefined
  const area = segments[at]?.toLowerCase()
  const path = segments.slice(at + 1)
  const resource = path.join('/').toLowerCase()
  switch (`${request.url.host} ${area}`) {
    case 'vssps.dev.azure.com _apis':
      return resource === 'tokens/pats' && project === undefined ? handlePats(ado, request) : unknownPath()
    case 'feeds.dev.azure.com _apis':
      return handleFeeds(ado, request, project, path)
    case 'pkgs.dev.azure.com _packaging':
      return handlePackages(ado, request, project, path)
    case 'dev.azure.com _apis':
      return resource === 'connectiondata' ? connectionData(ado, request) : unknownPath()
    case 'auditservice.dev.azure.com _apis':
      return resource === 'audit/auditlog' && request.method === 'GET' ? handleAuditLog(ado, request) : unknownPath()
    default:
      return unknownPath()
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function noSuchOrganization(name: string): WireAnswer {
  const message = `VS800075: The project with id 'vstfs:///Classification/TeamProject/${name}' does not exist, or you do not have permission to access it.`
  return exception(404, 'ProjectDoesNotExistException', message)
}

/** Shows the tenant to everybody (in a header), and who they are to those who sign in. */
function connectionData(ado: AzureDevOps, request: WireRequest): WireAnswer {
  const caller = callerOf(ado, request.headers.authorization)
  if (caller.kind === 'nobody') return notSignedIn(ado, request)
  if (caller.kind === 'refused') {
    if (caller.credential === 'bearer')
      return caller.why === 'tenant' ? unauthorized(ado, caller.oid) : notSignedIn(ado, request)
    return caller.why === 'expired' ? expiredPat(ado) : unauthorized(ado)
  }
  if (caller.kind === 'pat' && !ado.behaviour.connectionDataTakesPackaging && hasPackagingScope(caller))
    return unauthorized(ado)
  const refusal = refuseVersion(request, 'Location/ConnectionData')
  if (refusal !== undefined) return refusal
  const oid = caller.kind === 'pat' ? caller.pat.owner : caller.token.oid
  const upn = oid === ado.entra.user.oid ? ado.entra.user.upn : caller.kind === 'user' ? caller.token.upn : undefined
  const identity = {
    id: oid,
    descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${ado.tenant}\\${upn ?? oid}`,
    subjectDescriptor: `aad.${Buffer.from(oid).toString('base64url')}`,
    providerDisplayName: upn ?? oid,
    isActive: true,
    properties: { Account: { $type: 'System.String', $value: upn ?? oid } },
    resourceVersion: 2,
    metaTypeId: 0,
  }
  const body = {
    authenticatedUser: identity,
    authorizedUser: identity,
    instanceId: ado.organization.id,
    deploymentId: ado.organization.id,
    deploymentType: 'hosted',
    locationServiceData: { serviceOwner: '00025394-6065-48ca-87d9-7f5672854ef7', lastChangeId: 1, lastChangeId64: 1 },
  }
  return { status: 200, body }
}

/** Bodies of the PAT API hold no secret; packages are counted instead of shown. */
export function describeBody(request: WireRequest): unknown {
  if (!request.url.host.startsWith('vssps.')) return `<${request.body.length} characters>`
  try {
    return JSON.parse(request.body) as unknown
  } catch {
    return `<${request.body.length} characters, no JSON>`
  }
}
