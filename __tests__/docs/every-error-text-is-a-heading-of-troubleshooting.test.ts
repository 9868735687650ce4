import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { HOLE, type SourceText, textsIn, textsOfSource } from './source-texts.ts'

/**
 * Each `###` of docs/troubleshooting.md holds stable words of an error text; several are parted by ` / `, and `…` stands for
 * what is filled in. The page and the source are kept in step both ways.
 */
const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')
const texts = textsOfSource()
const entries = page
  .split(/^### /m)
  .slice(1)
  .map((entry) => ({ heading: entry.split('\n')[0] ?? '', body: entry.split(/^## /m)[0] ?? '' }))
const phrases = entries.flatMap(({ heading }) => heading.split(' / '))

function plain(text: string): string {
  return text.replaceAll('`', '').replace(/\s+/g, ' ').trim()
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

function lacking(these: readonly SourceText[]): readonly string[] {
  return these.filter((text) => text.trouble && !phrases.some((phrase) => isIn(phrase, text))).map(asMarkdown)
}

/** Ready to be put into the page, where cause and remedy are still to be written. */
function asMarkdown({ text, file, line }: SourceText): string {
  const opening = /^.+?(?=[.:;](\s|$)|$)/.exec(plain(text).replace(/^[…\s"(),.;]+/, ''))?.[0] ?? text
  return `### ${opening}\n\n<!-- ${file}:${line} -->\n\n_Cause:_ …\n\n_Remedy:_ …\n\nThe whole text: ${text}\n`
}

test('every text that tells of trouble is a heading of docs/troubleshooting.md', () => {
  expect(lacking(texts).join('\n')).toBe('')
})

test('no heading is about a text that there is no more', () => {
  expect(phrases.filter((phrase) => !texts.some((text) => isIn(phrase, text)))).toEqual([])
})

test('every heading says a cause and a remedy, and stands once', () => {
  const silent = entries.filter(({ body }) => !/^_Cause:_ [^…]/m.test(body) || !/^_Remedy:_ [^…]/m.test(body))
  expect(silent.map(({ heading }) => heading)).toEqual([])
  expect(phrases.length).toBe(new Set(phrases.map(plain)).size)
})

test('no heading is so short that it fits by chance', () => {
  const short = phrases.filter((phrase) => plain(phrase).length < 12 && !/^AADSTS\d+$/.test(phrase))
  expect(short).toEqual([])
})

describe('a text that is new is noticed', () => {
  const cases: Readonly<Record<string, string>> = {
    'in a Failure': `throw new Failure({ kind: 'input', doing: 'count', hint: 'Nobody can count so far. Learn it.' })`,
    'in a template': 'throw new Failure({ kind: "input", doing, hint: `${name} cannot count so far. ${LEARN}` })',
    'in a constant that a hint is made of': `const LATER = 'Nobody can count so far.'`,
    'in a table': `const table = { one: { kind: 'refused', hint: 'Nobody can count so far.' } }`,
    'in a warning': 'run.log.warning(`${name} cannot count so far.`)',
    'added up': `run.log.error('Nobody can count ' + name + ' so far.')`,
    'in what an input was expected to be': `const rule = (text) => ({ expected: 'somebody who counts' })`,
    'in a problem of an input': `reader.problem('count', 'nobody can count that far')`,
    'in a finding of check': 'const words = `only ${count} of them`',
  }
  for (const [where, source] of Object.entries(cases)) {
    test(where, () => {
      expect(lacking(textsIn('src/new.ts', source))).toHaveLength(1)
    })
  }

  test('but progress, plans and bugs are no trouble', () => {
    const source = `
      run.log.info('Everybody has counted so far.')
      throw new TypeError('Nobody counts here at all.')
      function plan() { return 'Count everybody once more.' }`
    expect(textsIn('src/new.ts', source).filter(({ trouble }) => trouble)).toEqual([])
  })
})
