import { expect, test } from '@jest/globals'
import { DAY } from '../../src/clock.ts'
import type { RunResult, ToldEvent } from '../../src/report/result.ts'
import { summaryOf } from '../../src/report/summary.ts'
import { now, oldPat, result, secretsOf } from './results.ts'

const nothing = { deliveredTo: 'nowhere', receipts: [] } as const
const summary = (changes: Partial<RunResult>): string =>
  summaryOf(result({ ...nothing, ...changes }), secretsOf('s3cret-value'))

const event: ToldEvent = {
  when: '2026-11-20T08:00:00.000Z',
  who: 'mallory@example.org',
  action: 'Token.PatUpdateEvent',
  displayName: 'a | PAT s3cret-value',
  ipAddress: '198.51.100.7',
  userAgent: 'Mozilla/5.0 <script>',
  managed: true,
  foreign: true,
}

test('check: the secrets with their age, and what a renewal depends on', () => {
  const text = summary({
    operation: 'check',
    outcome: 'healthy',
    places: [
      { place: 'TOKEN of organization hmcts', writtenAt: now - 3 * DAY, remark: 'written with the live PAT' },
      { place: 'TOKEN of repository hmcts/a', writtenAt: undefined, remark: 'does not exist' },
    ],
    findings: [{ what: 'Tenant', verdict: 'amiss', words: 'another *one*' }],
  })
  expect(text).toContain('| TOKEN of organization hmcts | 2026-11-18 08:00 UTC | 3 | written with the live PAT |')
  expect(text).toContain('| TOKEN of repository hmcts/a |  |  | does not exist |')
  expect(text).toContain('| Tenant | **amiss** | another \\*one\\* |')
})

test('revoke: which PATs went, or that there was none', () => {
  const text = summary({ operation: 'revoke', outcome: 'revoked', revoked: [oldPat] })
  expect(text).toMatch(/^## The PATs are revoked\n/)
  expect(text).toContain(`### Revoked: 1\n\n- AZURE\\_DEVOPS\\_ARTIFACT\\_TOKEN`)
  expect(summary({ operation: 'revoke', outcome: 'revoked', revoked: [] })).toMatch(/^## There was no PAT to revoke\n/)
})

test('audit: each event on a line, redacted and escaped, those of others marked', () => {
  const text = summary({
    operation: 'audit',
    outcome: 'audited',
    events: [event, { ...event, foreign: false }, { ...event, managed: false, foreign: false }],
  })
  expect(text).toContain('### PAT events: 3')
  expect(text).toContain(
    '| 2026-11-20 08:00 UTC | mallory&#64;example.org | Token.PatUpdateEvent | a &#124; PAT \\*\\*\\* | 198\\.51.100.7 | Mozilla/5.0 &#60;script&#62; | **not by this action** |',
  )
  expect(text).toMatch(/\| managed \|\n.* \|\s+\|\n/)
  expect(summary({ operation: 'audit', outcome: 'audited', events: [] })).toContain('No PAT event was found.')
})

test('thousands of events fit', () => {
  const events = Array.from({ length: 5000 }, () => ({ ...event, userAgent: 'x'.repeat(2000) }))
  const text = summary({ operation: 'audit', outcome: 'audited', events })
  expect(Buffer.byteLength(text)).toBeLessThan(900 * 1024)
  expect(text).toContain('The output "events" holds all of them.')
})
