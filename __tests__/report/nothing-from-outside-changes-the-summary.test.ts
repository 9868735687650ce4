import { describe, expect, it } from '@jest/globals'
import type { RepositoryName } from '../../src/place.ts'
import { inline } from '../../src/report/markdown.ts'
import type { RunResult } from '../../src/report/result.ts'
import { summaryOf } from '../../src/report/summary.ts'
import { fc } from '../properties.ts'
import { now, pat, result, row, secretsOf } from './results.ts'

const pieces = fc.constantFrom(
  ...['`', '```', '~~~', '|', '\\', '<', '>', '<script>', '</details>', '<!--', '\n', '\n\n', '\r', '# ', '- ', '1. '],
  ...['***', '_', '[x](y)', '---', '===', '&lt;', '&', '$', ' ', '\t', '\u2028', '\u0000', '+', '@', 'www.', 'http://'],
)
const foreign = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 12 })
  .map((parts) => `${parts.join('')}x`)

/** A result in which every text from outside is this one. */
function resultOf(text: string, changes: Partial<RunResult> = {}): RunResult {
  const repository = text as RepositoryName
  return result({
    reason: text,
    warnings: [text],
    repositoriesFailed: [repository],
    staleCopies: [repository],
    receipts: [
      {
        place: { home: { kind: 'repository', repository }, store: 'actions', name: text, form: 'plain' },
        did: 'created',
        at: now,
      },
    ],
    pats: [row({ pat: pat({ displayName: text, authorizationId: text, scopes: [text] }) })],
    ...changes,
  })
}

/** The Markdown that is ours: what begins a line, the table's bars, and HTML. */
function structure(markdown: string): readonly string[] {
  return markdown.split('\n').map((line) => {
    const start = /^(#+ |- |\d+\. |\| |```\w*|\*\*|<details>|<\/details>)?/.exec(line)?.[0] ?? ''
    return `${start}${line.replace(/[^|<>]|<https:[^>]*>/g, '')}`
  })
}

describe('text from outside', () => {
  it.each<[string, (text: string) => RunResult]>([
    ['renewed', (text) => resultOf(text)],
    ['planned', (text) => resultOf(text, { outcome: 'planned', plan: [text, text] })],
    ['failed', (text) => resultOf(text, { outcome: 'failed', operation: text, failure: text })],
  ])('adds no line, cell, mark-up or tag to the summary of a run that %s', (_, make) => {
    const expected = structure(summaryOf(make('x'), secretsOf()))
    fc.assert(
      fc.property(foreign, (text) => {
        expect(structure(summaryOf(make(text), secretsOf()))).toEqual(expected)
      }),
    )
  })

  it.each([
    ['a|b', 'a&#124;b'],
    ['<img src=x>', '&#60;img src=x&#62;'],
    ['`code` *b* _i_ ~~s~~ $x$', '\\`code\\` \\*b\\* \\_i\\_ \\~\\~s\\~\\~ \\$x\\$'],
    ['[x](javascript:y)', '\\[x\\](javascript:y)'],
    ['&lt;', '&#38;lt;'],
    ['# title', '\\# title'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    ['3) item', '3\\) item'],
    ['two\nlines', 'two lines'],
    ['bot@example.org', 'bot&#64;example.org'],
    ['www.example.org http://x', 'www&#46;example.org http&#58;//x'],
    ['see https://example.org/a_b, please', 'see <https://example.org/a_b>, please'],
    ['back\\slash', 'back\\\\slash'],
  ])('%j is written as %j', (text, markdown) => {
    expect(inline(text)).toBe(markdown)
  })

  it('holds no secret, in whatever field it comes', () => {
    const secret = 'made_up-secret|value'
    expect(summaryOf(resultOf(`the ${secret}`), secretsOf(secret))).not.toMatch(/made.{0,6}up-secret/)
    const failed = resultOf('x', { outcome: 'failed', operation: secret, failure: `it said ${secret}` })
    expect(summaryOf(failed, secretsOf(secret))).toContain('it said \\*\\*\\*')
  })

  it('is cut where it is longer than anybody reads', () => {
    expect(inline('x'.repeat(600))).toHaveLength(500)
    expect(inline('x'.repeat(600), 550)).toHaveLength(550)
  })
})
