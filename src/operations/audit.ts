import { DAY, iso, momentInWords } from '../clock.ts'
import { Failure } from '../errors.ts'
import type { PatEvent } from '../azure-devops/query-audit-log.ts'
import { stateIn } from '../renewal/names.ts'
import type { ToldEvent } from '../report/result.ts'
import { USER_AGENT } from '../wire.ts'
import type { Run } from './run.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { slotOf } from './steps/places.ts'
import { signInBot } from './steps/sign-in-bot.ts'

/**
 * Reports the PAT events of the last `audit-days` from the audit log of the organization, those of every user. Writes
 * nothing but the rolled refresh token.
 */
export async function audit(run: Run): Promise<Conclusion> {
  try {
    const bot = await run.log.group('Sign in', () => signInBot(run))
    const until = run.clock.now()
    const period = { since: until - run.inputs.auditPeriod, until }
    const reading = await run.log.group('Read the audit log', () => bot.organization.auditLog(period))
    if (reading.entries === 0) run.log.warning(EMPTY)
    const events = reading.events.map((event) => toldEvent(run, event))
    warnOfOthers(run, events)
    const reason = `${events.length} PAT ${events.length === 1 ? 'event' : 'events'} in ${run.inputs.auditPeriod / DAY} days`
    return { ...conclude(run, { outcome: 'audited', reason }), events }
  } catch (error) {
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

/** Reading the log is itself an event that is recorded, so that an empty one says something. */
const EMPTY =
  'The audit log holds no entry of any kind for that time. Auditing is probably switched off: a Project Collection Administrator can turn on "Log Audit Events" (Organization settings > Policies).'

function toldEvent(run: Run, event: PatEvent): ToldEvent {
  const { displayName = '', userAgent = '' } = event
  const managed = stateIn(displayName, slotOf(run.inputs)) !== undefined
  return {
    when: iso(event.at),
    who: event.actor ?? '',
    action: event.action,
    displayName,
    ipAddress: event.ipAddress ?? '',
    userAgent,
    managed,
    foreign: managed && isDeed(event.action) && !isThisAction(userAgent),
  }
}

/** Nobody does it when a PAT reaches its end. */
function isDeed(action: string): boolean {
  return !/^Token\.PatExpired/i.test(action)
}

/** The name alone counts, with or without a version behind it. */
function isThisAction(userAgent: string): boolean {
  return userAgent.trim().split(/[\s/(]/)[0] === USER_AGENT
}

function warnOfOthers(run: Run, events: readonly ToldEvent[]): void {
  for (const { when, action, displayName, who, ipAddress, userAgent, foreign } of events) {
    const by = `${who || 'somebody unknown'} from ${ipAddress || 'an unknown address'} with "${userAgent || 'no user agent'}"`
    const line = `${momentInWords(Date.parse(when))} ${action} "${displayName}" by ${by}`
    if (foreign) run.log.warning(`A managed PAT was changed by something that is not this action: ${line}.`)
    else run.log.info(`${line}.`)
  }
}
