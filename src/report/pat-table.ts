import { momentInWords, wholeDays } from '../clock.ts'
import { newestFirst } from './gantt.ts'
import { listed } from './markdown.ts'
import type { PatRow, Standing } from './result.ts'

/** The standing first: GitHub cuts wide tables off on the right. The id below the name, which is as wide, for the same reason. */
const head = [
  '| Standing | PAT and its authorization id | Scopes | Minted | Expires | Days left |',
  '| --- | --- | --- | --- | --- | ---: |',
]

const standings: Readonly<Record<Standing, string>> = {
  live: 'live',
  candidate: 'live candidate',
  unfinished: 'unfinished: not delivered to every place',
  fallback: 'fallback: delivered to repositories only',
  kept: 'kept: a place may still hold it',
  superseded: 'superseded: to be retired',
  expired: 'expired',
  revoked: 'revoked',
}

/** The PATs of the slot as a Markdown table, newest first. `say` redacts and escapes. */
export function patTable(rows: readonly PatRow[], now: number, say: (text: string) => string): string {
  const lines = newestFirst(rows).map((row) => lineOf(row, now, say))
  return listed(lines, { head, items: 'PATs' })
}

function lineOf(row: PatRow, now: number, say: (text: string) => string): string {
  const { displayName, authorizationId, scopes, mintedAt, expiresAt } = row.pat
  const ended = row.standing === 'revoked' || row.standing === 'expired'
  const cells = [
    standingInWords(row),
    `${say(displayName)}<br>${say(authorizationId)}`,
    say(scopes.join(' ')),
    momentInWords(mintedAt),
    momentInWords(expiresAt),
    ended ? '' : String(wholeDays(expiresAt, now)),
  ]
  return `| ${cells.join(' | ')} |`
}

function standingInWords({ standing, minted, retiresAt, pat }: PatRow): string {
  const waits = standing === 'superseded' && retiresAt !== undefined
  return [
    waits ? `superseded: to be retired from ${momentInWords(retiresAt)}` : standings[standing],
    ...(minted ? ['minted by this run'] : []),
    ...(pat.global ? ['global'] : []),
  ].join('; ')
}
