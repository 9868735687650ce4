import { createHash } from 'node:crypto'
import { momentInWords } from '../clock.ts'
import type { Secrets } from '../secrets.ts'
import { cut, flattened } from './line.ts'
import { inline } from './markdown.ts'
import type { Outcome, RunResult } from './result.ts'
import { fallbackOf, verdictOf } from './verdict.ts'

/** Which renewal a notice speaks of: its slot. */
export interface Subject {
  readonly patName: string
  readonly owner: string
}

/** Text of an issue, as GitHub Markdown. */
export interface IssueNotice {
  readonly title: string
  readonly body: string
}

/** These operations look after one thing, the live PAT: whichever finds it well speaks for all of them. */
const ofRenewal: readonly string[] = ['renew', 'check', 'extend', 'sign-in']

/** Ends from which it is known that nothing is in trouble. A PAT that is due, or merely extended, is still to be renewed. */
const wellEnds: readonly Outcome[] = ['renewed', 'not-due', 'healthy', 'revoked', 'audited', 'federated']

/**
 * Whether a run found what its operation looks after in trouble: it failed, a fallback stands, or the new PAT did not
 * pass `verify-workflow`. `open`: it can say neither.
 */
export function conditionOf(result: RunResult): 'trouble' | 'well' | 'open' {
  const { failure, operation, verification, outcome } = result
  const fallback = ofRenewal.includes(operation) && fallbackOf(result) !== undefined
  if (failure !== undefined || fallback || verification?.verdict === 'failed') return 'trouble'
  return wellEnds.includes(outcome) ? 'well' : 'open'
}

/** Whether the trouble is news. That an earlier fallback still stands is what the open issue is for. */
export function isNews({ failure, outcome }: RunResult): boolean {
  return failure !== undefined || outcome === 'renewed'
}

/** The hidden first line by which the issue is found again; the same in every run for that slot, in whatever letter case. */
export function markerOf({ patName, owner }: Subject, operation: string): string {
  const about = ofRenewal.includes(operation) ? 'renew' : operation
  const key = JSON.stringify([patName, owner, about].map((part) => part.toLowerCase()))
  return `<!-- ado-artifacts-token-renewal ${createHash('sha256').update(key).digest('hex').slice(0, 32)} -->`
}

/** Hidden in an issue that only a renewal ends: no other run learns whether the build works again. */
const UNTIL_RENEWED = '<!-- until renewed -->'

/** Whether a run that ends well ends the trouble of that issue, too. */
export function endsTrouble({ outcome }: RunResult, issueBody: string): boolean {
  return outcome === 'renewed' || !issueBody.includes(UNTIL_RENEWED)
}

/** A failure's sentence is read to its end. */
const MOST_CHARACTERS = 4000
/** Each of our own sentences, with a name or two from outside. */
const MOST_OF_OURS = 500
const MOST_WARNINGS = 10
/** GitHub takes 65,536 characters, and each character from outside may be written with six. */
const ROOM_FOR_WARNINGS = 20_000

/** The issue while there is trouble. Nothing in it but this run's link and known addresses can be followed, and nobody is mentioned. */
export function issueNotice(result: RunResult, subject: Subject, secrets: Secrets): IssueNotice {
  const { failure, operation, finishedAt } = result
  const { heading, sentences } = verdictOf(result)
  const say = (text: string, most = MOST_OF_OURS): string => quiet(secrets.redact(text), most)
  const onlyVerification = failure === undefined && fallbackOf(result) === undefined
  const body = [
    markerOf(subject, operation),
    `**${say(heading)}** (${momentInWords(finishedAt)})`,
    failure === undefined ? '' : `**What went wrong, and what to do:** ${say(failure, MOST_CHARACTERS)}`,
    sentences.map((sentence) => say(sentence)).join(' '),
    warningList(result.warnings.map((warning) => `- ${say(warning, MOST_CHARACTERS)}`)),
    ownLink(result),
    onlyVerification
      ? `Close this issue once the build is mended; else the next renewal that passes closes it.\n\n${UNTIL_RENEWED}`
      : 'Each run writes its state here while the trouble lasts, and the first one that finds all well closes this issue. Comments stay.',
  ]
  return { title: titleOf(result, subject, secrets), body: together(body, secrets) }
}

function warningList(lines: readonly string[]): string {
  let room = ROOM_FOR_WARNINGS
  const shown = lines.slice(0, MOST_WARNINGS).filter((line) => (room -= line.length) >= 0)
  const left = lines.length - shown.length
  return [...shown, ...(left > 0 ? [`- ${left} more of them stand in the log of the run.`] : [])].join('\n')
}

/** The comment under the issue that is closed. */
export function recoveryComment(result: RunResult, secrets: Secrets): string {
  const { heading, sentences } = verdictOf(result)
  const say = (text: string): string => quiet(secrets.redact(text), MOST_OF_OURS)
  return together([`**Well again:** ${say(heading)}.`, sentences.map(say).join(' '), ownLink(result)], secrets)
}

/** The message to a webhook, as Slack reads it: nothing from outside becomes a link or calls anybody. */
export function chatNotice(result: RunResult, subject: Subject, secrets: Secrets): string {
  const { heading, sentences } = verdictOf(result)
  const { failure, verification } = result
  const say = (text: string): string => chatText(secrets.redact(text))
  const well = conditionOf(result) === 'well'
  const words = failure ?? (verification?.verdict === 'failed' ? verification.words : sentences.join(' '))
  const lines = [
    `${nameOf(subject, say)}: ${well ? 'well again. ' : ''}${say(heading)}.`,
    say(words),
    result.runUrl === undefined ? '' : `This run: ${result.runUrl}`,
  ]
  return secrets.redact(lines.filter((line) => line !== '').join('\n'))
}

function nameOf({ patName, owner }: Subject, say: (text: string) => string): string {
  return `${say(patName)} [${say(owner)}]`
}

/** GitHub takes 256 characters, and reads no mark-up in titles. */
function titleOf({ operation }: RunResult, subject: Subject, secrets: Secrets): string {
  const say = (text: string): string => flattened(secrets.redact(text))
  const what = ofRenewal.includes(operation) ? 'the renewal is in trouble' : `"${say(operation)}" fails`
  return cut(secrets.redact(`${cut(nameOf(subject, say), 200)}: ${what}`), 256)
}

function ownLink({ runUrl }: RunResult): string {
  return runUrl === undefined ? '' : `Run: ${runUrl}`
}

function together(parts: readonly string[], secrets: Secrets): string {
  return secrets.redact(`${parts.filter((part) => part !== '').join('\n\n')}\n`)
}

/** Nobody sees it (U+200B), but what it stands in is no mention, reference or link any more. */
const GAP = '\u200b'

/**
 * As in the summary; but GitHub also looks for mentions (`@team`), references (`#1`, `GH-1`) and addresses of its own
 * issues, and each tells somebody, or leaves a mark in what it names. It looks once entities and backslashes are read, so
 * only another character keeps them apart. Ids of commits leave no mark anywhere.
 * https://github.com/github/cmark-gfm/issues/181
 * https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 */
function quiet(text: string, most: number): string {
  return inline(text, most)
    .replace(/<https:\/\/[^>]*\/(?:issues|pull|discussions|commit)\/[^>]*>/gi, (link) => unlinked(link.slice(1, -1)))
    .replace(/<https:[^>]*>|&#(?:64|58|46);|(?<!&)#|GH-(?=\d)/gi, (part) => (part.startsWith('<') ? part : part + GAP))
}

function unlinked(address: string): string {
  return address.replace(/[:_~]/g, (character) => `&#${character.charCodeAt(0)};`)
}

const inChat: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // Slack takes only `<!channel>` for a call; Mattermost and Discord, which read the same messages, take `@channel`.
  '@': `@${GAP}`,
  '://': `:${GAP}//`,
  '](': `]${GAP}(`,
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function chatText(text: string): string {
  return cut(flattened(text), MOST_CHARACTERS / 2)
    .replace(/[&<>@]|:\/\/|\]\(/g, (part) => inChat[part] ?? part)
    .replace(/\bwww\./gi, (part) => `${part.slice(0, -1)}${GAP}.`)
}
