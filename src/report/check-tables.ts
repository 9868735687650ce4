import { momentInWords, wholeDays } from '../clock.ts'
import { listed } from './markdown.ts'
import type { Finding, PlaceRow } from './result.ts'

/** Redacts and escapes text from outside. */
type Say = (text: string) => string

/** The places as a Markdown table: when each was written, how long ago, and what that says. */
export function placeTable(rows: readonly PlaceRow[], now: number, say: Say): string {
  const lines = rows.map(({ place, writtenAt, remark }) => {
    const written = writtenAt === undefined ? ' | ' : `${momentInWords(writtenAt)} | ${wholeDays(now, writtenAt)}`
    return `| ${say(place)} | ${written} | ${say(remark)} |`
  })
  const head = ['| Secret | Written | Days ago | Remark |', '| --- | --- | ---: | --- |']
  return listed(lines, { head, items: 'secrets', elsewhere: 'All of them stand in the log.' })
}

const verdicts: Readonly<Record<Finding['verdict'], string>> = { good: 'good', amiss: '**amiss**', unknown: 'unknown' }

/** What a renewal depends on, as a Markdown table. */
export function findingTable(findings: readonly Finding[], say: Say): string {
  const lines = findings.map(({ what, verdict, words }) => `| ${say(what)} | ${verdicts[verdict]} | ${say(words)} |`)
  return listed(lines, { head: ['| What | | |', '| --- | --- | --- |'], items: 'findings' })
}
