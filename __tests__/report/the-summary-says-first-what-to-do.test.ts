import { describe, expect, it } from '@jest/globals'
import { DAY, HOUR } from '../../src/clock.ts'
import type { RunResult } from '../../src/report/result.ts'
import { summaryOf } from '../../src/report/summary.ts'
import { verdictOf } from '../../src/report/verdict.ts'
import {
  failedResult,
  failure,
  fallbackResult,
  now,
  oldPat,
  pat,
  repositoryReceipt,
  result,
  row,
  secretsOf,
  supersededRow,
} from './results.ts'

function summary(given: RunResult): string {
  return summaryOf(given, secretsOf())
}

/** The paragraphs of the summary above its lists. */
function opening(given: RunResult): readonly string[] {
  return summary(given).split('\n### ')[0]?.trim().split('\n\n') ?? []
}

const nothingDelivered = { deliveredTo: 'nowhere', receipts: [] } as const
const oldOnly = { ...nothingDelivered, live: oldPat, pats: [row({ pat: oldPat })], dueAt: now - DAY } as const

describe('the summary of a renewal', () => {
  it('says where the PAT is, how long it lasts and when the next one is due', () => {
    expect(opening(result())).toEqual([
      '## The PAT is renewed',
      'The new PAT was delivered to the organization secret. The live PAT lasts until 2026-12-21 08:00 UTC (30 days left). The next renewal is due on 2026-12-11 08:00 UTC.',
      'Reason: the live PAT ends in 9 days',
    ])
  })

  it('lists what was written and how each PAT stands', () => {
    const text = summary(result({ pats: [row({ minted: true, pat: pat({ global: true }) }), supersededRow] }))
    expect(text).toContain(
      '### What was written: 1\n\n| Place | What was done | When |\n| --- | --- | --- |\n| AZURE\\_DEVOPS\\_ARTIFACT\\_TOKEN of organization hmcts | updated | 2026-11-21 07:59 UTC |',
    )
    expect(text).toMatch(/^\| live; minted by this run; global \|.*\| 2026-12-21 08:00 UTC \| 30 \|$/m)
    expect(text).toMatch(
      /^\| superseded: to be retired from 2026-11-22 08:00 UTC \|.*\| 2026-11-30 08:00 UTC \| 9 \|$/m,
    )
    expect(text).toContain(`\\[hmcts\\] 2026-10-31T08:00:00.112Z<br>${oldPat.authorizationId} | `)
    expect(text).toContain('```mermaid\ngantt\n')
  })

  it('shows no days left for a PAT that has none', () => {
    const text = summary(
      result({
        pats: [
          row({ pat: oldPat, standing: 'revoked' }),
          row({ pat: oldPat, standing: 'expired' }),
          row({ pat: oldPat, standing: 'superseded' }),
        ],
      }),
    )
    expect(text).toMatch(/^\| revoked \|.*\| 2026-11-30 08:00 UTC \| {2}\|$/m)
    expect(text).toMatch(/^\| expired \|.*\| 2026-11-30 08:00 UTC \| {2}\|$/m)
    expect(text).toMatch(/^\| superseded: to be retired \|.*\| 9 \|$/m)
  })

  it.each<[Partial<RunResult>, string]>([
    [{ repositoriesWritten: ['a/b'] }, 'delivered to the organization secret and to 1 repository.'],
    [{ deliveredTo: 'repositories', repositoriesWritten: ['a/b', 'a/c'] }, 'delivered to 2 repositories.'],
    [
      { deliveredTo: 'mixed', repositoriesWritten: ['a/b'] },
      'delivered to some stores of the organization, and in place of the others to 1 repository.',
    ],
    [{ deliveredTo: 'nowhere' }, 'No delivery of a new PAT is confirmed.'],
  ])('counts the places of %j', (changes, words) => {
    expect(summary(result(changes))).toContain(words)
  })

  it.each([
    [DAY * 1.5, '1 day left'],
    [HOUR, 'less than a day left'],
  ])('says how little is left %# of the life of a PAT', (left, words) => {
    expect(summary(result({ live: pat({ expiresAt: now + left }) }))).toContain(`(${words})`)
  })

  it('folds many receipts and names some repositories that were not written', () => {
    const receipts = Array.from({ length: 60 }, (_, index) => repositoryReceipt(`hmcts/app-${index}`))
    const text = summary(result({ receipts, repositoriesFailed: ['hmcts/gone'], reason: '' }))
    expect(text).toContain('### What was written: 60\n\n<details><summary>All 60 places</summary>')
    expect(text).toContain('### Repositories that could not be written: 1\n\n- hmcts/gone')
    expect(text).not.toContain('Reason:')
  })
})

describe('the summary of a fallback', () => {
  it('says what the other repositories live on, and until when', () => {
    expect(opening(fallbackResult())).toEqual([
      '## The PAT is renewed in repositories only',
      'The new PAT was delivered to 2 repositories. GitHub refused to write the organization secret; the PAT in the repositories lasts until 2026-12-21 08:00 UTC (30 days left). The organization secret still holds an older PAT, which lasts until 2026-11-30 08:00 UTC (9 days left). Every other repository uses that one, and its builds stop with it. Mend what the warnings name, then run the workflow with "force: true".',
      'Reason: the live PAT ends in 9 days',
    ])
  })

  it('lists the warnings and the stale copies', () => {
    const text = summary(fallbackResult())
    expect(text).toContain('### Warnings\n\n- GitHub refused to write')
    expect(text).toContain('### Stale copies: 1')
    expect(text).toContain('\n- hmcts/probate-frontend')
  })

  it('does not pretend to know a PAT in the organization secret', () => {
    expect(summary(fallbackResult({ live: undefined }))).toContain('No live PAT is known for the organization secret')
  })

  it('is told from a mixed delivery and from a run that had nothing to do', () => {
    expect(verdictOf(fallbackResult({ deliveredTo: 'mixed' })).heading).toBe(
      'The PAT is renewed, in part only in repositories',
    )
    expect(verdictOf(fallbackResult({ outcome: 'not-due' })).heading).toBe('The PAT is not due, but a fallback stands')
  })
})

describe('the summary of a failure', () => {
  it('says what to do, and how to get builds going meanwhile, above everything else', () => {
    expect(opening(failedResult())).toEqual([
      '## The PAT was not renewed, and the live PAT has expired',
      expect.stringMatching(/^\*\*What went wrong, and what to do:\*\* Could not mint the PAT\. Status: 403\./),
      expect.stringMatching(/^\*\*If builds are down and this takes long:\*\* sign in as the bot/),
      'No delivery of a new PAT is confirmed. The live PAT expired on 2026-11-21 02:00 UTC. The renewal has been due since 2026-11-12 08:00 UTC.',
    ])
  })

  it('says how much time is left where the live PAT still works', () => {
    expect(opening(failedResult(oldOnly))).toEqual([
      '## The PAT was not renewed; the live PAT lasts until 2026-11-30 08:00 UTC (9 days left)',
      expect.stringContaining('What went wrong'),
      'No delivery of a new PAT is confirmed. The live PAT lasts until 2026-11-30 08:00 UTC (9 days left), and builds that hold it keep working until then. The renewal has been due since 2026-11-20 08:00 UTC.',
    ])
  })

  it('says that the next run reaches the repositories this one did not', () => {
    const text = summary(failedResult({ ...oldOnly, deliveredTo: 'repositories', repositoriesFailed: ['hmcts/gone'] }))
    expect(text).toMatch(/^## The renewal is not complete; /)
    expect(text).toContain('Run the workflow again: it delivers to these, and leaves the others as they are.')
  })

  it('admits what it does not know', () => {
    const unknown = { live: undefined, dueAt: undefined }
    expect(summary(failedResult({ ...unknown, pats: [] }))).toContain('could not find out how long the PAT in use')
    const none = summary(failedResult(unknown))
    expect(none).toContain('No PAT of the slot is live.')
    expect(none).toContain('**If builds are down')
    expect(verdictOf(failedResult({ ...unknown, pats: [], operation: 'federate' }))).toEqual({
      heading: 'The operation "federate" failed',
      sentences: [],
    })
  })

  it('tells of an expired PAT found by a check', () => {
    expect(summary(failedResult({ operation: 'check', outcome: 'expired', failure }))).toMatch(
      /^## The PAT has expired\n\n\*\*What went wrong/,
    )
  })
})

describe('the summary of a run that renewed nothing', () => {
  it('numbers the steps of a plan', () => {
    const text = summary(
      result({ ...oldOnly, outcome: 'planned', plan: ['Mint a PAT for 30 days.', 'Write one place.'] }),
    )
    expect(text).toMatch(/^## Dry run: what a run would do now\n\nNo PAT was minted, delivered, changed or revoked\./)
    expect(text).toContain('### Plan\n\n1. Mint a PAT for 30 days.\n2. Write one place.\n')
  })

  it('shows the plan also of a dry run that fails as the run would', () => {
    const text = summary(failedResult({ failure, plan: ['Leave the PAT.'] }))
    expect(text).toContain('### Plan\n\n1. Leave the PAT.\n')
  })

  it('says that a run would do nothing where the plan is empty', () => {
    expect(summary(result({ ...oldOnly, outcome: 'planned' }))).toContain('A run would write nothing.')
  })

  it.each([
    ['not-due', 'The PAT is not due for renewal'],
    ['healthy', 'The PAT is healthy'],
    ['due', 'The PAT is due for renewal'],
    ['missing', 'There is no live PAT'],
    ['extended', 'The PAT is extended'],
    ['revoked', 'The PATs are revoked'],
    ['audited', 'The audit log is read'],
    ['signed-in', 'The bot is signed in'],
    ['federated', 'Later steps can use the feed without a PAT'],
  ] as const)('has a heading for %s', (outcome, heading) => {
    const text = summary(result({ ...nothingDelivered, outcome, live: undefined, dueAt: undefined, pats: [] }))
    expect(text.split('\n')[0]).toBe(`## ${heading}`)
    expect(text).not.toContain('mermaid')
  })
})
