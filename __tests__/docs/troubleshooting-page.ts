import { HOLE, type SourceText, textsOfSource } from './source-texts.ts'
import { read } from './markdown.ts'

/**
 * Each `###` of docs/troubleshooting.md holds stable words of an error text; several are parted by ` / `, and `…` stands for
 * what is filled in. The page and the source are kept in step both ways.
 */
const page = read('docs/troubleshooting.md')

export const entries = page
  .split(/^### /m)
  .slice(1)
  .map((entry) => ({ heading: entry.split('\n')[0] ?? '', body: entry.split(/^## /m)[0] ?? '' }))
export const phrases = entries.flatMap(({ heading }) => heading.split(' / '))

const plainly = new Map<string, string>()

/** Without code marks and line breaks. Asked for each pair of phrase and text, so remembered. */
export function plain(text: string): string {
  const known = plainly.get(text)
  if (known !== undefined) return known
  const made = text.replaceAll('`', '').replace(/\s+/g, ' ').trim()
  plainly.set(text, made)
  return made
}

/** Whether the words stand in the text. */
function isIn(phrase: string, { text }: Pick<SourceText, 'text'>): boolean {
  let from = 0
  for (const part of plain(phrase).split(HOLE)) {
    const at = plain(text).indexOf(part.trim(), from)
    if (at < 0) return false
    from = at + part.trim().length
  }
  return true
}

/** Headings for texts that have none, ready to be put into the page, where cause and remedy are still to be written. */
export function missingHeadings(texts: readonly SourceText[] = textsOfSource()): readonly string[] {
  return texts.filter((text) => text.trouble && !phrases.some((phrase) => isIn(phrase, text))).map(asMarkdown)
}

/** Phrases of headings that stand in no text any more. */
export function obsoletePhrases(): readonly string[] {
  const texts = textsOfSource()
  return phrases.filter((phrase) => !texts.some((text) => isIn(phrase, text)))
}

function asMarkdown({ text, file, line }: SourceText): string {
  const opening = /^.+?(?=[.:;](\s|$)|$)/.exec(plain(text).replace(/^[…\s"(),.;]+/, ''))?.[0] ?? text
  return `### ${opening}\n\n<!-- ${file}:${line}: ${text} -->\n\n_Cause:_ …\n\n_Remedy:_ …\n`
}
