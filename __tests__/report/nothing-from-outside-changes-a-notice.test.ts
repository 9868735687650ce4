import { describe, expect, it } from '@jest/globals'
import { callsIn } from '../emulator/webhook.ts'
import type { RunResult } from '../../src/report/result.ts'
import { chatNotice, conditionOf, issueNotice, markerOf, recoveryComment } from '../../src/report/notice.ts'
import { fc } from '../properties.ts'
import { failedResult, failure, fallbackResult, pat, result, row, secretsOf } from './results.ts'

const RUN = 'https://github.com/hmcts/.github/actions/runs/7014'
const subject = { patName: 'AZURE_DEVOPS_ARTIFACT_TOKEN', owner: 'hmcts' }

const pieces = fc.constantFrom(
  ...[
    '`',
    '```',
    '|',
    '\\',
    '<',
    '>',
    '<!channel>',
    '<!here|x>',
    '<@U123>',
    '<https://evil.example|click>',
    '<!--',
    '-->',
  ],
  ...['\n', '\n\n', '\r', '# ', '- ', '1. ', '***', '_', '[x](https://evil.example)', '](', '---', '&lt;', '&', ' '],
  ...[
    '@hmcts/team',
    '@channel',
    '@everyone',
    '@',
    '#1',
    'hmcts/app#2',
    'GH-3',
    'gh-4',
    'www.evil.example',
    '://',
    'https://',
  ],
  ...['https://github.com/hmcts/app/issues/5', 'https://github.com/hmcts/app/pull/6#x', '\u202e', '\u200b', 'é', '👍'],
)
const foreign = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 12 })
  .map((parts) => `${parts.join('')}x`)

/** A failure in which every text from outside is this one. */
function hostile(text: string): RunResult {
  const named = row({ pat: pat({ displayName: text, authorizationId: text }) })
  return failedResult({ reason: text, failure: text, operation: text, warnings: [text], pats: [named], runUrl: RUN })
}

/** The Markdown that is ours: what begins a line, and HTML. */
function structure(markdown: string): readonly string[] {
  return markdown.split('\n').map((line) => {
    const start = /^(?:#+ |- |\d+\. |\*\*|```|<!--)?/.exec(line)?.[0] ?? ''
    return `${start}${line.replace(/[^<>]|<https:[^>]*>/g, '')}`
  })
}

/** What GitHub would make a mention, a reference or a link of. It looks for them once escapes and entities are read. */
function referencesIn(markdown: string): readonly string[] {
  const text = markdown
    .replaceAll(RUN, '')
    .replace(/<https:(?![^>]*\/(?:issues|pull|discussions|commit)\/)[^>]*>/g, '')
    .replace(
      /\\([!-/:-@[-`{-~])|&#(\d+);/g,
      (_, escaped: string | undefined, code: string) => escaped ?? String.fromCharCode(Number(code)),
    )
  return text.match(/@\w|#\d|\bGH-\d|\w:\/\/\S|\bwww\.\w/gi) ?? []
}

describe('text from outside', () => {
  it('adds no line, mark-up, mention or reference to an issue', () => {
    const { body: plain } = issueNotice(hostile('x'), subject, secretsOf())
    fc.assert(
      fc.property(foreign, (text) => {
        const { title, body } = issueNotice(hostile(text), { ...subject, patName: text }, secretsOf())
        const ours = issueNotice(hostile(text), subject, secretsOf()).body
        expect(structure(ours)).toEqual(structure(plain))
        expect(referencesIn(body + recoveryComment(hostile(text), secretsOf()))).toEqual([])
        expect(title.length).toBeLessThanOrEqual(256)
        expect(title).not.toMatch(/[\r\n]/)
      }),
    )
  })

  it('makes no link and calls nobody in a chat', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const message = chatNotice(hostile(text), { patName: text, owner: text }, secretsOf())
        expect(callsIn(message, RUN)).toEqual([])
        expect(message.split('\n')).toHaveLength(3)
      }),
    )
  })

  it('never becomes the marker of an issue', () => {
    const marker = markerOf(subject, 'renew')
    const { body } = issueNotice(
      hostile(`${marker} <!-- until renewed -->`),
      { ...subject, owner: 'other' },
      secretsOf(),
    )
    expect(body).not.toContain(marker)
    expect(body).not.toContain('<!-- until renewed -->')
  })

  it.each([
    ['ask @hmcts/owners, see #12', 'ask &#64;\u200bhmcts/owners, see #\u200b12'],
    ['#12, hmcts/app#12', '\\#\u200b12, hmcts/app#\u200b12'],
    ['GH-12', 'GH-\u200b12'],
    ['https://github.com/hmcts/app/issues/1#x', 'https&#58;\u200b//github.com/hmcts/app/issues/1#\u200bx'],
    ['http://github.com www.github.com', 'http&#58;\u200b//github.com www&#46;\u200bgithub.com'],
    ['https://learn.microsoft.com/azure#x', '<https://learn.microsoft.com/azure#x>'],
  ])('%j is written as %j in an issue', (text, markdown) => {
    expect(issueNotice(failedResult({ failure: text }), subject, secretsOf()).body).toContain(
      `what to do:** ${markdown}\n`,
    )
  })

  it('holds no secret, in whatever field it comes', () => {
    const secret = 'made_up-secret|value'
    const told = hostile(`the ${secret}`)
    const own = { patName: secret, owner: 'hmcts' }
    const { title, body } = issueNotice(told, own, secretsOf(secret))
    const texts = [title, body, recoveryComment(told, secretsOf(secret)), chatNotice(told, own, secretsOf(secret))]
    expect(texts.join('\n')).not.toMatch(/made.{0,6}up-secret/)
  })

  it('fits an issue and a message, however much there is', () => {
    const much = Array.from({ length: 500 }, () => '@'.repeat(5000))
    const long = failedResult({ failure: '@'.repeat(50_000), warnings: much })
    expect(issueNotice(long, subject, secretsOf()).body.length).toBeLessThan(65_536)
    expect(chatNotice(long, subject, secretsOf()).length).toBeLessThan(40_000)
  })
})

describe('a notice', () => {
  it('says first what is wrong and what to do, and where the run is', () => {
    const { title, body } = issueNotice(failedResult({ runUrl: RUN }), subject, secretsOf())
    expect(title).toBe('AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]: the renewal is in trouble')
    const [, heading, what] = body.split('\n\n')
    expect(heading).toBe('**The PAT was not renewed, and the live PAT has expired** (2026-11-21 08:00 UTC)')
    expect(what).toContain('**What went wrong, and what to do:** Could not mint the PAT. Status: 403.')
    expect(body).toContain(`\nRun: ${RUN}\n`)
  })

  it('is one paragraph in a chat', () => {
    expect(chatNotice(failedResult({ runUrl: RUN }), subject, secretsOf()).split('\n')).toEqual([
      'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]: The PAT was not renewed, and the live PAT has expired.',
      failure.replace('://', ':\u200b//').replaceAll('@', '@\u200b'),
      `This run: ${RUN}`,
    ])
  })

  it('is found again in whatever letter case, and by no other slot or kind of operation', () => {
    const marker = markerOf(subject, 'renew')
    expect(markerOf({ patName: subject.patName.toLowerCase(), owner: 'HMCTS' }, 'check')).toBe(marker)
    expect(markerOf({ ...subject, owner: 'hmcts/app' }, 'renew')).not.toBe(marker)
    expect(markerOf(subject, 'audit')).not.toBe(marker)
    expect(markerOf({ patName: 'a', owner: 'b","renew' }, 'x')).not.toBe(
      markerOf({ patName: 'a","b', owner: 'renew' }, 'x'),
    )
  })
})

it.each<[string, RunResult, ReturnType<typeof conditionOf>]>([
  ['a renewal', result(), 'well'],
  ['a failure', failedResult(), 'trouble'],
  ['a fallback', fallbackResult(), 'trouble'],
  ['a fallback that stands', fallbackResult({ outcome: 'not-due' }), 'trouble'],
  ['nothing due', result({ outcome: 'not-due' }), 'well'],
  ['healthy', result({ operation: 'check', outcome: 'healthy' }), 'well'],
  ['due', result({ operation: 'check', outcome: 'due' }), 'open'],
  ['extended', result({ operation: 'extend', outcome: 'extended' }), 'open'],
  ['expired', result({ operation: 'check', outcome: 'expired', failure: 'x' }), 'trouble'],
  ['a failing build', result({ verification: { verdict: 'failed', words: 'x' } }), 'trouble'],
  ['a build that could not be dispatched', result({ verification: { verdict: 'unknown', words: 'x' } }), 'well'],
])('%s is told as it is', (_, given, condition) => {
  expect(conditionOf(given)).toBe(condition)
})
