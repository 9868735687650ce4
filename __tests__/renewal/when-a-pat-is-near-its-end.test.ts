import { describe, expect, test } from '@jest/globals'
import { DAY } from '../../src/clock.ts'
import { endAfterFailure, isAlive, isNearEnd, renewalMargin, renewsAt } from '../../src/renewal/lifetimes.ts'
import { fc } from '../properties.ts'
import { managed, NOW } from './slot.ts'

const lives = fc.integer({ min: 1, max: 365 })
const margins = fc.integer({ min: 0, max: 364 })
const ages = fc.integer({ min: 0, max: 400 * 24 }).map((hours) => hours / 24)

test.each([
  [30, 10, 10],
  [30, 0, 0],
  [30, 20, 10],
  [7, 10, 7 / 3],
  [365, 10, 10],
])('a life of %s days, renewed %s days before its end: due %s days before', (life, before, margin) => {
  expect(renewalMargin(managed(0, 'delivered', { life }).pat, before)).toBeCloseTo(margin * DAY, 3)
})

test('near its end is from that moment on, and not before', () => {
  fc.assert(
    fc.property(lives, margins, ages, (life, before, age) => {
      const { pat } = managed(age, 'delivered', { life })
      const due = renewsAt(pat, before)
      expect(due).toBeGreaterThan(pat.mintedAt)
      expect(isNearEnd(pat, before, Math.ceil(due))).toBe(true)
      expect(isNearEnd(pat, before, Math.floor(due) - 1)).toBe(false)
    }),
  )
})

describe('the end after a failed delivery', () => {
  test('is never earlier than before, and the next run a day later finds the PAT near its end', () => {
    fc.assert(
      fc.property(lives, margins, ages, (life, before, age) => {
        const { pat } = managed(age, 'delivered', { life })
        const end = endAfterFailure(pat, before, NOW)
        expect(end).toBeGreaterThanOrEqual(pat.expiresAt)
        if (isNearEnd(pat, before, NOW)) expect(isNearEnd({ ...pat, expiresAt: end }, before, NOW)).toBe(true)
      }),
    )
  })

  test('is half a day short of healthy', () => {
    expect(endAfterFailure(managed(29).pat, 10, NOW)).toBe(NOW + 9.5 * DAY)
  })
})

test('a PAT is alive until its end, unless it is revoked', () => {
  const { pat } = managed(30)
  expect([isAlive(pat, NOW - 1), isAlive(pat, NOW), isAlive({ ...pat, revoked: true }, NOW - 1)]).toEqual([
    true,
    false,
    false,
  ])
})
