import { describe, expect, test } from '@jest/globals'
import { textsIn } from './source-texts.ts'
import { entries, missingHeadings, obsoletePhrases, phrases, plain } from './troubleshooting-page.ts'

test('every text that tells of trouble is a heading of docs/troubleshooting.md', () => {
  // `npm run headings` prints them as they are, to be put into the page.
  expect(missingHeadings()).toEqual([])
})

test('no heading is about a text that there is no more', () => {
  expect(obsoletePhrases()).toEqual([])
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
      expect(missingHeadings(textsIn('src/new.ts', source))).toHaveLength(1)
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
