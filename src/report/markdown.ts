import { cut, flattened } from './line.ts'

/** How long one name or one answer may get in the summary. */
const MOST_CHARACTERS = 500
/** Six lists of this size stay far below the 1 MiB at which the runner drops a summary whole. */
const MOST_BYTES = 100 * 1024
/** A list that is longer hides what stands below it, and is folded. */
const MOST_IN_SIGHT = 50
const MOST_FOLDED = 200

/**
 * Text from outside as GitHub Markdown that shows just these characters: no mark-up, HTML or table cell can begin or end
 * in it. Only plain https addresses become links, and show where they lead. For summaries, which notify nobody: in an
 * issue what stands here would still mention people.
 */
export function inline(text: string, most = MOST_CHARACTERS): string {
  const line = cut(flattened(text), most)
  return line
    .split(/(https:\/\/[\w./~%#-]*[\w/])/)
    .map((part, index) => (index % 2 === 1 ? `<${part}>` : escaped(part)))
    .join('')
    .replace(/^[-+=#]/, '\\$&')
    .replace(/^\d+(?=[.)])/, '$&\\')
}

/** GitHub links bare addresses by itself, and then shows the backslashes in them: no address may begin here. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]~$]/g, '\\$&')
    .replace(/[&<>|@]|:(?=\/\/)|(?<=www)\./gi, (character) => `&#${character.charCodeAt(0)};`)
}

/** What a long list says about itself. */
export interface Listing {
  /** Markdown lines that stand above the first item, as a table's head does. */
  readonly head?: readonly string[]
  /** What the items are, in the plural: `repositories`. */
  readonly items: string
  /** Where the ones left out can be found; a whole sentence. */
  readonly elsewhere?: string
}

/** The lines as they are; more than 50 are counted and folded, and past 200, or 100 KiB, left out and counted. */
export function listed(lines: readonly string[], { head = [], items, elsewhere = '' }: Listing): string {
  const shown = fitting(lines.slice(0, MOST_FOLDED))
  const text = [...head, ...shown].join('\n')
  if (lines.length <= MOST_IN_SIGHT && shown.length === lines.length) return text
  const leftOut = lines.length - shown.length
  const title = leftOut === 0 ? `All ${lines.length} ${items}` : `The first ${shown.length} of ${lines.length} ${items}`
  const rest = leftOut === 0 ? [] : [`${leftOut} more ${items} are left out here. ${elsewhere}`.trimEnd()]
  return [`<details><summary>${title}</summary>`, text, ...rest, '</details>'].join('\n\n')
}

function fitting(lines: readonly string[]): readonly string[] {
  let bytes = 0
  const tooMuch = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > MOST_BYTES
  })
  return tooMuch === -1 ? lines : lines.slice(0, tooMuch)
}
