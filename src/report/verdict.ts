import { momentInWords, wholeDays } from '../clock.ts'
import type { Pat } from '../pat.ts'
import { newestFirst } from './gantt.ts'
import type { Outcome, RunResult } from './result.ts'

/** How the run ended, in our own words: a heading, and the sentences below it. */
export interface Verdict {
  readonly heading: string
  readonly sentences: readonly string[]
}

/** What happened, where the PAT was delivered, until when it lasts, and when the next renewal is due. */
export function verdictOf(result: RunResult): Verdict {
  return {
    heading: headingOf(result),
    sentences: [...nextSentences[result.outcome], ...delivery(result), ...lasting(result), ...due(result)],
  }
}

const headings: Readonly<Record<Outcome, string>> = {
  renewed: 'The PAT is renewed',
  'not-due': 'The PAT is not due for renewal',
  planned: 'Dry run: what a run would do now',
  healthy: 'The PAT is healthy',
  due: 'The PAT is due for renewal',
  expired: 'The PAT has expired',
  missing: 'There is no live PAT',
  extended: 'The PAT is extended',
  revoked: 'The PATs are revoked',
  audited: 'The audit log is read',
  'signed-in': 'The bot is signed in',
  federated: 'Later steps can use the feed without a PAT',
  failed: 'The run failed',
}

const nextSentences: Readonly<Record<Outcome, readonly string[]>> = {
  renewed: [],
  'not-due': [],
  planned: ['No PAT was minted, delivered, changed or revoked.'],
  healthy: [],
  due: ['The next run with "operation: renew" renews it.'],
  expired: [],
  missing: [],
  extended: ['Its value is the same, and no secret was written.'],
  revoked: [],
  audited: ['The output "events" holds the PAT events that were found.'],
  'signed-in': ['From now on "operation: renew" finds the refresh token of the bot.'],
  federated: ['The output "token" holds an access token for the feed. It is masked, and lasts about an hour.'],
  failed: [],
}

function headingOf(result: RunResult): string {
  const { outcome, operation, deliveredTo } = result
  if (outcome === 'renewed' && deliveredTo === 'mixed') return 'The PAT is renewed, in part only in repositories'
  if (outcome === 'renewed' && fallbackOf(result) !== undefined) return 'The PAT is renewed in repositories only'
  if (outcome === 'not-due' && fallbackOf(result) !== undefined) return 'The PAT is not due, but a fallback stands'
  if (outcome === 'revoked' && result.revoked?.length === 0) return 'There was no PAT to revoke'
  if (outcome !== 'failed') return headings[outcome]
  if (operation !== 'renew') return `The operation "${operation}" failed`
  return `${deliveredTo === 'nowhere' ? 'The PAT was not renewed' : 'The renewal is not complete'}${urgency(result)}`
}

/** How much time is left is the first thing that whoever reads of a failure must know. */
function urgency({ live, finishedAt }: RunResult): string {
  if (live === undefined) return ''
  return live.expiresAt <= finishedAt ? ', and the live PAT has expired' : `; the live PAT ${until(live, finishedAt)}`
}

/** The PAT that stands in repositories because the organization secret was refused. */
export function fallbackOf({ pats }: Pick<RunResult, 'pats'>): Pat | undefined {
  return newestFirst(pats).find(({ standing }) => standing === 'fallback')?.pat
}

function delivery({ outcome, operation, deliveredTo, repositoriesWritten }: RunResult): readonly string[] {
  if (outcome !== 'renewed' && (outcome !== 'failed' || operation !== 'renew')) return []
  const count = repositoriesWritten.length
  const repositories = count === 1 ? '1 repository' : `${count} repositories`
  if (deliveredTo === 'nowhere') return ['No delivery of a new PAT is confirmed.']
  if (deliveredTo === 'repositories') return [`The new PAT was delivered to ${repositories}.`]
  if (deliveredTo === 'mixed') {
    return [
      `The new PAT was delivered to some stores of the organization, and in place of the others to ${repositories}.`,
    ]
  }
  return [`The new PAT was delivered to the organization secret${count === 0 ? '' : ` and to ${repositories}`}.`]
}

const aboutPats: readonly string[] = ['renew', 'check', 'extend']

function lasting(result: RunResult): readonly string[] {
  const { live, outcome, operation, pats, finishedAt } = result
  const fallback = fallbackOf(result)
  if (fallback !== undefined) return fallbackSentences(fallback, live, finishedAt)
  if (live !== undefined) {
    const comfort = outcome === 'failed' && live.expiresAt > finishedAt
    return [
      `The live PAT ${until(live, finishedAt)}${comfort ? ', and builds that hold it keep working until then' : ''}.`,
    ]
  }
  if (outcome !== 'failed' || !aboutPats.includes(operation)) return []
  return pats.length === 0
    ? ['This run could not find out how long the PAT in use still lasts.']
    : ['No PAT of the slot is live.']
}

function fallbackSentences(fallback: Pat, live: Pat | undefined, now: number): readonly string[] {
  const others =
    live === undefined
      ? 'No live PAT is known for the organization secret, which every other repository uses.'
      : `The organization secret still holds an older PAT, which ${until(live, now)}. Every other repository uses that one, and its builds stop with it.`
  return [
    `GitHub refused to write the organization secret; the PAT in the repositories ${until(fallback, now)}.`,
    others,
    'Mend what the warnings name, then run the workflow with "force: true".',
  ]
}

function until(pat: Pat, now: number): string {
  const moment = momentInWords(pat.expiresAt)
  return pat.expiresAt <= now ? `expired on ${moment}` : `lasts until ${moment} (${daysLeft(pat, now)})`
}

function daysLeft(pat: Pat, now: number): string {
  const days = wholeDays(pat.expiresAt, now)
  if (days === 0) return 'less than a day left'
  return days === 1 ? '1 day left' : `${days} days left`
}

/** In a standing fallback another end counts: that of the fallback PAT. */
function due(result: RunResult): readonly string[] {
  const { dueAt, finishedAt } = result
  if (dueAt === undefined || fallbackOf(result) !== undefined) return []
  if (dueAt > finishedAt) return [`The next renewal is due on ${momentInWords(dueAt)}.`]
  return [`The renewal has been due since ${momentInWords(dueAt)}.`]
}
