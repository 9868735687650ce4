import { momentInWords } from '../clock.ts'
import { listed } from './markdown.ts'
import type { ToldEvent } from './result.ts'

/** The PAT events as a Markdown table, in the order given. `say` redacts and escapes. */
export function eventTable(events: readonly ToldEvent[], say: (text: string) => string): string {
  const lines = events.map((event) => {
    const { when, who, action, displayName, ipAddress, userAgent, managed, foreign } = event
    const whose = foreign ? '**not by this action**' : managed ? 'managed' : ''
    const cells = [who, action, displayName, ipAddress, userAgent].map(say)
    return `| ${momentInWords(Date.parse(when))} | ${cells.join(' | ')} | ${whose} |`
  })
  const head = ['| When | Who | What | PAT | From | User agent | |', '| --- | --- | --- | --- | --- | --- | --- |']
  return listed(lines, { head, items: 'events', elsewhere: 'The output "events" holds all of them.' })
}
