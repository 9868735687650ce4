import { momentInWords } from '../clock.ts'
import { placeInWords } from '../place.ts'
import type { Secrets } from '../secrets.ts'
import { findingTable, placeTable } from './check-tables.ts'
import { eventTable } from './event-table.ts'
import { ganttOf } from './gantt.ts'
import { inline, listed } from './markdown.ts'
import { patTable } from './pat-table.ts'
import type { RunResult } from './result.ts'
import { verdictOf } from './verdict.ts'

/** Text from outside, redacted and escaped. */
type Say = (text: string) => string

/** A failure's sentence and a warning are read to their end; names are not. */
const MOST_CHARACTERS_OF_A_SENTENCE = 4000

/**
 * The job summary as GitHub-flavoured Markdown: the verdict first, what to do above everything else where the run failed,
 * then what a person checks. Below 900 KiB whatever there is to say; what is left out is counted.
 */
export function summaryOf(result: RunResult, secrets: Secrets): string {
  const say: Say = (text) => inline(secrets.redact(text))
  const tell: Say = (text) => inline(secrets.redact(text), MOST_CHARACTERS_OF_A_SENTENCE)
  const { heading, sentences } = verdictOf(result)
  const parts = [
    `## ${say(heading)}`,
    result.failure === undefined ? '' : `**What went wrong, and what to do:** ${tell(result.failure)}`,
    helpWhileDown(result),
    sentences.map(say).join(' '),
    result.failure === undefined && result.reason !== '' ? `Reason: ${tell(result.reason)}` : '',
    result.verification?.verdict === 'passed' ? tell(result.verification.words) : '',
    warnings(result, tell),
    plan(result, tell),
    failedRepositories(result, say),
    staleCopies(result, say),
    receipts(result, say),
    revoked(result, say),
    pats(result, say),
    checked(result, say, tell),
    events(result, say),
    result.runUrl === undefined ? '' : `This run: ${say(result.runUrl)}`,
  ]
  // Each text was redacted before it was escaped; this is for the one that somebody forgets.
  return secrets.redact(`${parts.filter((part) => part !== '').join('\n\n')}\n`)
}

/** Whoever reads this with broken builds needs a way out that does not wait for the cause to be mended. */
function helpWhileDown({ failure, live, pats, finishedAt }: RunResult): string {
  const down = live === undefined ? pats.length > 0 : live.expiresAt <= finishedAt
  if (failure === undefined || !down) return ''
  return '**If builds are down and this takes long:** sign in as the bot, create a PAT with the same scopes by hand, and put it into the secret. Builds that start after that work again.'
}

function warnings(result: RunResult, tell: Say): string {
  if (result.warnings.length === 0) return ''
  const lines = result.warnings.map((warning) => `- ${tell(warning)}`)
  return `### Warnings\n\n${listed(lines, { items: 'warnings', elsewhere: 'All of them stand in the log.' })}`
}

function plan(result: RunResult, tell: Say): string {
  if (result.plan.length === 0) return result.outcome === 'planned' ? 'A run would write nothing.' : ''
  const lines = result.plan.map((step, index) => `${index + 1}. ${tell(step)}`)
  return `### Plan\n\n${listed(lines, { items: 'steps' })}`
}

function failedRepositories({ repositoriesFailed, failure }: RunResult, say: Say): string {
  if (repositoriesFailed.length === 0) return ''
  const lines = repositoriesFailed.map((repository) => `- ${say(repository)}`)
  return [
    `### Repositories that could not be written: ${lines.length}`,
    ...(failure === undefined
      ? []
      : ['Run the workflow again: it delivers to these, and leaves the others as they are.']),
    listed(lines, { items: 'repositories', elsewhere: 'The output "repositories-failed" names all of them.' }),
  ].join('\n\n')
}

function staleCopies(result: RunResult, say: Say): string {
  if (result.staleCopies.length === 0) return ''
  const lines = result.staleCopies.map((repository) => `- ${say(repository)}`)
  return [
    `### Stale copies: ${lines.length}`,
    'In these repositories a copy with an older PAT hides the organization secret. Their builds stop when that PAT ends. Remove the copy, or let a run with "stale-copies: refresh" write it.',
    listed(lines, { items: 'repositories', elsewhere: 'The output "stale-copies" names all of them.' }),
  ].join('\n\n')
}

function receipts(result: RunResult, say: Say): string {
  if (result.receipts.length === 0) return ''
  const lines = result.receipts.map(
    ({ place, did, at }) => `| ${say(placeInWords(place))} | ${did} | ${momentInWords(at)} |`,
  )
  const head = ['| Place | What was done | When |', '| --- | --- | --- |']
  return `### What was written: ${lines.length}\n\n${listed(lines, { head, items: 'places' })}`
}

function revoked({ revoked: pats = [] }: RunResult, say: Say): string {
  if (pats.length === 0) return ''
  const lines = pats.map(({ displayName, authorizationId }) => `- ${say(displayName)} (${say(authorizationId)})`)
  return `### Revoked: ${lines.length}\n\n${listed(lines, { items: 'PATs' })}`
}

function checked({ places = [], findings = [], finishedAt }: RunResult, say: Say, tell: Say): string {
  return [
    ...(places.length === 0 ? [] : ['### Secrets', placeTable(places, finishedAt, say)]),
    ...(findings.length === 0 ? [] : ['### What a renewal depends on', findingTable(findings, tell)]),
  ].join('\n\n')
}

function events({ events: found, outcome }: RunResult, say: Say): string {
  if (outcome !== 'audited' || found === undefined) return ''
  return found.length === 0 ? 'No PAT event was found.' : `### PAT events: ${found.length}\n\n${eventTable(found, say)}`
}

function pats({ pats: rows, finishedAt, dueAt }: RunResult, say: Say): string {
  if (rows.length === 0) return ''
  return [
    '### PATs of the slot',
    patTable(rows, finishedAt, say),
    `\`\`\`mermaid\n${ganttOf(rows, finishedAt, dueAt)}\n\`\`\``,
  ].join('\n\n')
}
