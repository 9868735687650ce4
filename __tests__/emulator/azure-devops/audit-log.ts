import { randomUUID } from 'node:crypto'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { exception, notSignedIn, refuseVersion, unauthorized } from './answers.ts'
import type { AzureDevOps } from './azure-devops.ts'
import { callerOf } from './caller.ts'
import { dotNet } from './timestamps.ts'

export interface AuditEntry {
  readonly id: string
  readonly at: number
  readonly actionId: string
  readonly actorUPN: string
  readonly ipAddress: string
  readonly userAgent: string
  readonly displayName: string | undefined
}

/** The audit log of the organization. */
export interface AuditLog {
  readonly entries: AuditEntry[]
  /** The policy "Log Audit Events": nothing is recorded while it is off. */
  enabled: boolean
  /** While the policy is off: an exception, or a log without a word about it. Not documented. */
  whenOff: 'refused' | 'empty'
  /** Whether the bot has the permission "View audit log". */
  visibleToBot: boolean
  /** What a missing permission answers. Not documented. */
  refusalStatus: 401 | 403
  /** Pages never get longer, whatever batchSize asks. */
  longestPage: number
  /** Every page names the same one as the next. */
  goesInCircles: boolean
}

export function createAuditLog(): AuditLog {
  return {
    entries: [],
    enabled: true,
    whenOff: 'refused',
    visibleToBot: true,
    refusalStatus: 403,
    longestPage: 200,
    goesInCircles: false,
  }
}

/** Where the runners of these scenes stand. */
const ADDRESS = '20.102.38.117'

/** Enters one event, as of now, by the bot unless said otherwise. */
export function recordEvent(ado: AzureDevOps, event: Partial<AuditEntry> & Pick<AuditEntry, 'actionId'>): void {
  if (!ado.audit.enabled) return
  ado.audit.entries.push({
    id: randomUUID(),
    at: ado.now(),
    actorUPN: ado.entra.user.upn,
    ipAddress: ADDRESS,
    userAgent: '',
    displayName: undefined,
    ...event,
  })
}

const ACTIONS: Readonly<Record<string, string>> = {
  POST: 'Token.PatCreateEvent',
  PUT: 'Token.PatUpdateEvent',
  DELETE: 'Token.PatRevokeEvent',
}

/** What a change at the PAT API leaves in the log. Refused ones leave nothing. */
export function recordPatChange(ado: AzureDevOps, request: WireRequest, answer: WireAnswer): void {
  const actionId = ACTIONS[request.method]
  if (actionId === undefined) return
  const { patToken } = (answer.body ?? {}) as { readonly patToken?: { readonly displayName: string } | null }
  const id = request.url.searchParams.get('authorizationId')
  const revoked = answer.status === 204 ? ado.pats.find(({ authorizationId }) => authorizationId === id) : undefined
  const displayName = patToken?.displayName ?? revoked?.displayName
  if (displayName === undefined) return
  recordEvent(ado, { actionId, displayName, userAgent: request.headers['user-agent'] ?? '' })
}

/** GET /{organization}/_apis/audit/auditlog: one page, the newest first. */
export function handleAuditLog(ado: AzureDevOps, request: WireRequest): WireAnswer {
  const { audit } = ado
  const caller = callerOf(ado, request.headers.authorization)
  if (caller.kind === 'nobody' || caller.kind === 'refused') return notSignedIn(ado, request)
  const scopes = caller.kind === 'user' ? caller.token.scopes : []
  if (!scopes.some((scope) => scope === 'user_impersonation' || scope === 'vso.auditlog')) return unauthorized(ado)
  const refusal = refuseVersion(request, 'Audit/AuditLog')
  if (refusal !== undefined) return refusal
  if (!audit.visibleToBot) return mayNotView(ado)
  if (!audit.enabled && audit.whenOff === 'refused')
    return exception(400, 'AuditLogDisabledException', 'Auditing is disabled for this organization.')
  if (ado.tenant.startsWith('00000000'))
    return exception(
      404,
      'AuditNotSupportedException',
      'Only organizations backed by Microsoft Entra have an audit log.',
    )
  const answer = { status: 200, body: pageOf(audit, request.url.searchParams) }
  // Looking is itself an event, which the next look shows.
  const asked = request.headers['user-agent'] ?? ''
  recordEvent(ado, { actionId: 'AuditLog.AccessLog', userAgent: asked })
  return answer
}

function mayNotView({ audit, entra }: AzureDevOps): WireAnswer {
  const message = `Access Denied: ${entra.user.oid} needs the following permission(s) to perform this action: View audit log`
  return exception(audit.refusalStatus, 'AccessCheckException', message)
}

function pageOf(audit: AuditLog, query: URLSearchParams): unknown {
  const time = (name: string, otherwise: number): number => {
    const text = query.get(name)
    return text === null ? otherwise : Date.parse(text)
  }
  const [from, to] = [time('startTime', -Infinity), time('endTime', Infinity)]
  const entries = audit.entries.filter(({ at }) => at >= from && at <= to).toReversed()
  const after = query.get('continuationToken')
  const start = after === null ? 0 : entries.findIndex(({ id }) => id === Buffer.from(after, 'base64').toString()) + 1
  const page = entries.slice(start, start + Math.min(Number(query.get('batchSize') ?? 200), audit.longestPage))
  const last = audit.goesInCircles ? entries.at(-1) : page.at(-1)
  return {
    decoratedAuditLogEntries: page.map(wireEntry),
    // The last page has a token too.
    continuationToken: last === undefined ? null : Buffer.from(last.id).toString('base64'),
    hasMore: audit.goesInCircles || start + page.length < entries.length,
  }
}

function wireEntry({ id, at, displayName, ...entry }: AuditEntry): unknown {
  const [area = ''] = entry.actionId.split('.')
  return {
    ...entry,
    id,
    correlationId: randomUUID(),
    activityId: randomUUID(),
    actorCUID: randomUUID(),
    actorUserId: randomUUID(),
    actorClientId: '00000000-0000-0000-0000-000000000000',
    actorDisplayName: entry.actorUPN.split('@')[0],
    authenticationMechanism: 'AAD_Scoped',
    timestamp: dotNet(at),
    scopeType: 'organization',
    scopeDisplayName: 'hmcts (Organization)',
    projectId: '00000000-0000-0000-0000-000000000000',
    area,
    category: 'modify',
    categoryDisplayName: 'Modify',
    details: `${entry.actionId} ${displayName ?? ''}`.trim(),
    data: displayName === undefined ? {} : { DisplayName: displayName },
  }
}
