import { momentInWords, wholeDays } from '../clock.ts'
import { newestFirst } from './gantt.ts'
import { listed } from './markdown.ts'
import type { PatRow, Standing } from './result.ts'

const head = [
  '| PAT | Authorization id | Scopes | Minted | Expires | Days left | Standing |',
  '| --- | --- | --- | --- | --- | ---: | --- |',
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
    say(displayName),
    say(authorizationId),
    say(scopes.join(' ')),
    momentInWords(mintedAt),
    momentInWords(expiresAt),
    ended ? '' : String(wholeDays(expiresAt, now)),
    standingInWords(row),
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
