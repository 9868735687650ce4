import { describe, expect, it } from '@jest/globals'
import { cut, flattened, safeLine } from '../../src/report/line.ts'
import { createRunnerLog } from '../../src/report/runner-log.ts'
import { fc } from '../properties.ts'
import { secretsOf } from './results.ts'
import { transcript } from './runner.ts'

const pieces = fc.constantFrom(
  '::',
  ':',
  '##[',
  '#',
  '[',
  ']',
  '\n',
  '\r',
  '\u00ad',
  '\u200b',
  '\ufeff',
  ' ',
  'warning',
  'x',
)
const hostile = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 15 })
  .map((parts) => parts.join(''))

describe('a line of the log', () => {
  it('never is a workflow command, whatever is in it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = safeLine(text, secretsOf())
        expect(line.trimStart().startsWith('::')).toBe(false)
        expect(line).not.toContain('##[')
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  it.each([
    ['two\r\nlines', 'two lines'],
    [' ::set-output name=token::x', ': :set-output name=token::x'],
    ['\u200b::error::x', ': :error::x'],
    ['said ##[add-mask]x', 'said ## [add-mask]x'],
    ['said #\u00ad#[add-mask]x', 'said # #[add-mask]x'],
    ['said #\u034f#[add-mask]x', 'said # #[add-mask]x'],
    ['a::b keeps its colons', 'a::b keeps its colons'],
  ])('turns %j into %j', (text, line) => {
    expect(safeLine(text, secretsOf())).toBe(line)
  })

  it('is cut at 4000 characters after secrets are taken out, so that no part of one is left', () => {
    const line = safeLine(
      `${'x'.repeat(3990)}made-up-secret-value ${'y'.repeat(100)}`,
      secretsOf('made-up-secret-value'),
    )
    expect(line).toBe(`${'x'.repeat(3990)}*** yyyyy…`)
    expect(line).toHaveLength(4000)
  })

  it('is never cut through a character', () => {
    expect(cut('ab😀cd', 4)).toBe('ab…')
    expect(cut('abcd', 4)).toBe('abcd')
  })

  it('loses what cannot be seen', () => {
    expect(flattened('a\u202eb\u0007\u2028c')).toBe('a b c')
  })

  it('is redacted and made safe in every function of the log', async () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf('made-up-secret-value'))
    const text = '::made-up-secret-value\n::stop'
    log.info(text)
    log.debug(text)
    log.notice(text)
    log.warning(text)
    log.error(text)
    await log.group(text, () => log.group(text, () => Promise.resolve()))
    const safe = ': :*** ::stop'
    expect(said).toEqual([
      ...['info', 'debug', 'notice', 'warning', 'error', 'startGroup', 'info'].map((name) => `${name} ${safe}`),
      'endGroup',
    ])
    expect(log.warnings()).toEqual([safe])
  })
})
