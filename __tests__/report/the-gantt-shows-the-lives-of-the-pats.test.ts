import { describe, expect, it } from '@jest/globals'
import { DAY, HOUR } from '../../src/clock.ts'
import { ganttOf } from '../../src/report/gantt.ts'
import type { Standing } from '../../src/report/result.ts'
import { fc } from '../properties.ts'
import { now, oldPat, pat, row, supersededRow } from './results.ts'

const standings: readonly Standing[] = [
  'live',
  'candidate',
  'unfinished',
  'fallback',
  'kept',
  'superseded',
  'expired',
  'revoked',
]

const minute = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d'
/** The part of Mermaid's gantt grammar that we write, checked by hand against Mermaid 11 and 12. */
const line = new RegExp(
  [
    '^gantt$',
    '^  title [\\w ,]+\\(UTC\\)$',
    '^  dateFormat YYYY-MM-DDTHH:mm$',
    '^  axisFormat %Y-%m-%d$',
    '^  tickInterval 1(day|week|month)$',
    '^  section [\\w-]+$',
    `^  [a-z][\\w -]+ :(done|active|crit), ${minute}, ${minute}$`,
    `^  [a-z][\\w -]+ :milestone, ${minute}, 0d$`,
  ].join('|'),
)

describe('the gantt', () => {
  it('shows each PAT from minting to its end, the oldest on top, and when the renewal is due', () => {
    expect(ganttOf([row(), supersededRow], now, now + 20 * DAY).split('\n')).toEqual([
      'gantt',
      '  title Lives of the PATs, by the day they were minted (UTC)',
      '  dateFormat YYYY-MM-DDTHH:mm',
      '  axisFormat %Y-%m-%d',
      '  tickInterval 1week',
      '  section 2026-10-31',
      '  superseded until 2026-11-30 :done, 2026-10-31T08:00, 2026-11-30T08:00',
      '  to be retired from 2026-11-22 :milestone, 2026-11-22T08:00, 0d',
      '  section 2026-11-21',
      '  live until 2026-12-21 :active, 2026-11-21T08:00, 2026-12-21T08:00',
      '  section renewal',
      '  due 2026-12-11 :milestone, 2026-12-11T08:00, 0d',
    ])
  })

  it.each<[Standing, string]>([
    ['live', 'active'],
    ['candidate', 'active'],
    ['fallback', 'active'],
    ['kept', 'active'],
    ['unfinished', 'crit'],
    ['superseded', 'done'],
    ['expired', 'done'],
    ['revoked', 'done'],
  ])('draws a PAT that is %s as %s', (standing, status) => {
    expect(ganttOf([row({ standing })], now)).toContain(` :${status}, `)
  })

  it('draws a live PAT that is due or has ended as critical', () => {
    expect(ganttOf([row({ pat: oldPat })], now, now - HOUR)).toContain('live until 2026-11-30 :crit')
    expect(ganttOf([row({ pat: oldPat })], now, now - HOUR)).toContain('due since 2026-11-21 :milestone')
    expect(ganttOf([row({ pat: oldPat })], oldPat.expiresAt)).toContain('live until 2026-11-30 :crit')
  })

  it('ends the life of a revoked PAT when it was retired, or now at the latest', () => {
    const retired = ganttOf([row({ pat: oldPat, standing: 'revoked', retiresAt: now - DAY })], now)
    expect(retired).toContain('revoked by 2026-11-20 :done, 2026-10-31T08:00, 2026-11-20T08:00')
    expect(retired).toContain('retired 2026-11-20 :milestone, 2026-11-20T08:00, 0d')
    expect(ganttOf([row({ pat: oldPat, standing: 'revoked' })], now)).toContain('revoked by 2026-11-21 :done')
  })

  it('draws at most the twelve newest PATs, and says so', () => {
    const rows = Array.from({ length: 40 }, (_, age) => row({ pat: pat({ mintedAt: now - age * DAY }) }))
    const gantt = ganttOf(rows, now)
    expect(gantt).toContain('title Lives of the 12 newest of 40 PATs,')
    expect(gantt.match(/section/g)).toHaveLength(12)
    expect(gantt).toContain('section 2026-11-10')
    expect(gantt).not.toContain('section 2026-11-09')
  })

  it.each([
    [1, '1day'],
    [10, '1day'],
    [30, '1week'],
    [365, '1month'],
  ])('has ticks that can be read apart for a life of %s days: %s', (days, tick) => {
    const one = pat({ mintedAt: now, expiresAt: now + days * DAY })
    expect(ganttOf([row({ pat: one })], now).split('\n')).toContain(`  tickInterval ${tick}`)
  })

  it('is empty where there is no PAT', () => {
    expect(ganttOf([], now, now)).toBe('')
  })

  it('has no line that Mermaid could take for something else, whatever the PATs are called', () => {
    const time = fc.integer({ min: now - 400 * DAY, max: now + 400 * DAY })
    const rows = fc.array(
      fc.record({
        name: fc.string({ unit: 'binary' }),
        mintedAt: time,
        expiresAt: time,
        retiresAt: time,
        standing: fc.constantFrom(...standings),
      }),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(rows, time, (given, dueAt) => {
        const gantt = ganttOf(
          given.map(({ name, standing, retiresAt, ...times }) =>
            row({ standing, retiresAt, pat: pat({ displayName: name, authorizationId: name, ...times }) }),
          ),
          now,
          dueAt,
        )
        for (const each of gantt.split('\n')) expect(each).toMatch(line)
        for (const [, start = '', end = ''] of gantt.matchAll(new RegExp(`(${minute}), (${minute})`, 'g'))) {
          expect(start < end).toBe(true)
        }
      }),
    )
  })
})
