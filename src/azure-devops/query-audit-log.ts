import { iso } from '../clock.ts'
import { Failure } from '../errors.ts'
import { azureDevOpsHosts } from '../hosts.ts'
import { arrayIn, isObject, type JsonObject, objectIn, optionalString, stringIn, timeIn } from '../json.ts'
import { withRetries } from '../retry.ts'
import type { Answer } from '../wire.ts'
import { checked, contentOf, type Question } from './answers.ts'
import type { Connection } from './connection.ts'
import { exceptionIn, serviceWords } from './service-words.ts'

/** What happened to a PAT, as the audit log tells it. */
export interface PatEvent {
  /** Milliseconds since 1970. */
  readonly at: number
  /** `Token.PatCreateEvent`, `Token.PatRevokeEvent` … */
  readonly action: string
  /** The user principal name, or else the name, of whoever did it. */
  readonly actor: string | undefined
  /** The PAT's display name. */
  readonly displayName: string | undefined
  readonly ipAddress: string | undefined
  readonly userAgent: string | undefined
}

export interface AuditReading {
  /** Events of PATs, the newest first. */
  readonly events: readonly PatEvent[]
  /** How many entries of any kind there were: none at all means that nothing is recorded. */
  readonly entries: number
}

/** Moments in milliseconds since 1970. */
export interface AuditPeriod {
  readonly since: number
  readonly until: number
}

interface Page {
  readonly entries: number
  readonly events: readonly PatEvent[]
  readonly next: string | undefined
}

const doing = 'read the audit log'
const PAGE = '200'
/** A million entries: more is a service that never ends. */
const MOST_PAGES = 5000

const resource = {
  host: azureDevOpsHosts.audit,
  path: '/_apis/audit/auditlog',
  version: '7.1-preview.1',
} as const

/**
 * The PAT events of that time, from every page of the organization's audit log. The log cannot be asked for them alone.
 * Events appear some time after what they tell.
 * @throws Failure `refused` where the bot may not see the log, and where auditing is switched off
 * @see https://learn.microsoft.com/rest/api/azure/devops/audit/audit-log/query
 */
export async function queryAuditLog(connection: Connection, period: AuditPeriod): Promise<AuditReading> {
  const events: PatEvent[] = []
  const seen = new Set<string>()
  let entries = 0
  let next: string | undefined
  do {
    const page = await onePage(connection, period, next)
    events.push(...page.events)
    entries += page.entries
    next = page.next
    if (next !== undefined && (seen.has(next) || seen.size === MOST_PAGES)) throw goesOnForEver()
    if (next !== undefined) seen.add(next)
  } while (next !== undefined)
  return { events: events.toSorted((one, other) => other.at - one.at), entries }
}

async function onePage(connection: Connection, period: AuditPeriod, continuationToken?: string): Promise<Page> {
  const asking = {
    doing,
    method: 'GET',
    resource,
    query: {
      startTime: iso(period.since),
      endTime: iso(period.until),
      batchSize: PAGE,
      ...(continuationToken === undefined ? {} : { continuationToken }),
    },
  } as const
  return withRetries(connection.wire, async () => {
    const question: Question = { ...connection.question(asking), hints: { notFound: NO_LOG } }
    const answer = await connection.ask(asking)
    refuseAudit(connection, answer)
    const content = contentOf(answer, question)
    return checked(question, () => pageIn(objectIn(content, 'the audit log')))
  })
}

function pageIn(page: JsonObject): Page {
  const entries = arrayIn(page.decoratedAuditLogEntries, 'decoratedAuditLogEntries')
  const next = optionalString(page.continuationToken)
  return {
    entries: entries.length,
    events: entries.map((entry) => objectIn(entry, 'the entry')).flatMap(patEventIn),
    // The last page may carry a token too: only hasMore says whether there is another one.
    next: page.hasMore === true ? stringIn(next, 'continuationToken, though there is more,') : undefined,
  }
}

/** https://learn.microsoft.com/azure/devops/organizations/audit/auditing-events */
function patEventIn(entry: JsonObject): readonly PatEvent[] {
  const action = optionalString(entry.actionId) ?? ''
  if (!/^Token\.Pat/i.test(action)) return []
  return [
    {
      at: timeIn(entry.timestamp, 'its timestamp'),
      action,
      actor: optionalString(entry.actorUPN) ?? optionalString(entry.actorDisplayName),
      displayName: displayNameIn(entry.data),
      ipAddress: optionalString(entry.ipAddress),
      userAgent: optionalString(entry.userAgent),
    },
  ]
}

function displayNameIn(data: unknown): string | undefined {
  if (!isObject(data)) return undefined
  const [, name] = Object.entries(data).find(([key]) => key.toLowerCase() === 'displayname') ?? []
  return optionalString(name)
}

const NOT_ALLOWED =
  'Whoever reads the audit log needs the permission "View audit log" (Organization settings > Permissions > the group or user > Auditing; Project Collection Administrators have it), and the app registration the delegated permission vso.auditlog or user_impersonation of Azure DevOps.'
const OR_NOT_TAKEN =
  'An access token that has expired, or that comes from another tenant than the organization, is answered so too.'
const SWITCHED_OFF =
  'Auditing is switched off. A Project Collection Administrator can turn on "Log Audit Events" (Organization settings > Policies); events are recorded from then on.'
const NO_LOG =
  'There is no such organization, or it has no audit log: only organizations connected to Microsoft Entra have one. Check ado-organization.'

/**
 * A missing permission comes as 401 or 403, in words that are not documented; so does a log that is switched off. What
 * Conditional Access stops (VS403463) has its own words, and its own hint in refusals.ts.
 */
function refuseAudit({ secrets }: Connection, answer: Answer): void {
  const { status } = answer
  if (status < 400 || status === 429 || status >= 500) return
  const said = serviceWords(answer, secrets)
  const off = /audit.*(disabled|not enabled|turned off|switched off)/i.test(`${exceptionIn(answer) ?? ''} ${said}`)
  if (!off && ((status !== 401 && status !== 403) || /VS403463/i.test(said))) return
  throw new Failure({
    kind: 'refused',
    doing,
    status,
    said: said || undefined,
    hint: off ? SWITCHED_OFF : status === 401 ? `${NOT_ALLOWED} ${OR_NOT_TAKEN}` : NOT_ALLOWED,
  })
}

function goesOnForEver(): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    hint: 'Azure DevOps names the same next page again and again, or never stops. Lower audit-days, or run again later.',
  })
}
