import { DAY, iso, MINUTE } from '../clock.ts'
import type { PatRow, Standing } from './result.ts'

/** More bars than this cannot be read on the width GitHub gives the picture. */
const MOST_BARS = 12

/**
 * The lives of the newest PATs as a Mermaid gantt, oldest on top; empty where there is none. It names PATs by the day
 * they were minted and by their standing only: no text from outside gets in, so none can be taken for Mermaid's own.
 * Times are UTC in every browser. https://mermaid.js.org/syntax/gantt.html
 */
export function ganttOf(rows: readonly PatRow[], now: number, dueAt?: number): string {
  if (rows.length === 0) return ''
  const newest = newestFirst(rows).slice(0, MOST_BARS)
  const which = newest.length < rows.length ? `${newest.length} newest of ${rows.length} PATs` : 'PATs'
  return [
    'gantt',
    `  title Lives of the ${which}, by the day they were minted (UTC)`,
    '  dateFormat YYYY-MM-DDTHH:mm',
    '  axisFormat %Y-%m-%d',
    `  tickInterval ${tickOf(newest)}`,
    ...newest.toReversed().flatMap((row) => barOf(row, now, dueAt)),
    ...(dueAt === undefined ? [] : ['  section renewal', milestone(dueAt > now ? 'due' : 'due since', dueAt)]),
  ].join('\n')
}

/** Some fifteen days fit side by side on the axis; Mermaid's own choice writes them over each other. */
function tickOf(rows: readonly PatRow[]): '1day' | '1week' | '1month' {
  const ends = rows.map(({ pat }) => pat.expiresAt)
  const span = Math.max(...ends) - Math.min(...rows.map(({ pat }) => pat.mintedAt))
  if (span <= 10 * DAY) return '1day'
  return span <= 100 * DAY ? '1week' : '1month'
}

/** The rows by the time of minting, the newest first. */
export function newestFirst(rows: readonly PatRow[]): readonly PatRow[] {
  return rows.toSorted((one, other) => other.pat.mintedAt - one.pat.mintedAt)
}

const words: Readonly<Record<Standing, string>> = {
  live: 'live until',
  candidate: 'live candidate until',
  unfinished: 'unfinished until',
  fallback: 'fallback until',
  kept: 'kept until',
  superseded: 'superseded until',
  expired: 'expired on',
  revoked: 'revoked by',
}

function barOf(row: PatRow, now: number, dueAt: number | undefined): readonly string[] {
  const { pat, retiresAt } = row
  const end = Math.max(endOf(row, now), pat.mintedAt + MINUTE)
  const label = `${words[row.standing]} ${dayOf(end)}`
  const bar = `  ${label} :${statusOf(row, now, dueAt)}, ${minuteOf(pat.mintedAt)}, ${minuteOf(end)}`
  return [
    `  section ${dayOf(pat.mintedAt)}`,
    bar,
    ...(retiresAt === undefined
      ? []
      : [milestone(row.standing === 'revoked' ? 'retired' : 'to be retired from', retiresAt)]),
  ]
}

/** Nobody tells when a PAT was revoked in an earlier run: until now at the latest. */
function endOf({ pat, standing, retiresAt }: PatRow, now: number): number {
  return standing === 'revoked' ? Math.min(pat.expiresAt, retiresAt ?? now) : pat.expiresAt
}

function statusOf({ standing, pat }: PatRow, now: number, dueAt: number | undefined): string {
  if (standing === 'revoked' || standing === 'expired' || standing === 'superseded') return 'done'
  if (standing === 'unfinished' || pat.expiresAt <= now) return 'crit'
  return standing === 'live' && dueAt !== undefined && dueAt <= now ? 'crit' : 'active'
}

function milestone(what: string, at: number): string {
  return `  ${what} ${dayOf(at)} :milestone, ${minuteOf(at)}, 0d`
}

function dayOf(time: number): string {
  return iso(time).slice(0, 10)
}

function minuteOf(time: number): string {
  return iso(time).slice(0, 16)
}
