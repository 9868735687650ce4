import { describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import { lagsBehind } from '../../src/renewal/copies.ts'
import { decide } from '../../src/renewal/due.ts'
import { healthOf } from '../../src/renewal/health.ts'
import { standingOf } from '../../src/renewal/slot-standing.ts'
import { createScene } from '../scene.ts'
import { seedLive, seedManaged } from '../world.ts'
import { managed, NOW, organizationPlace, reading, rules } from './slot.ts'

test('a place written just 15 minutes before the mint does not lag yet', () => {
  expect(lagsBehind(NOW - 15 * MINUTE, NOW)).toBe(false)
  expect(lagsBehind(NOW - 15 * MINUTE - 1, NOW)).toBe(true)
})

describe('an organization secret written after the live PAT was minted', () => {
  const live = managed(5)
  const decided = (after: number) => {
    const place = { ...organizationPlace(5), writtenAt: live.pat.mintedAt + after }
    return decide(rules, { reading: reading([live], [place]), currentPat: 'not-given', now: NOW, cannotExtend: [] })
  }

  test('by an hour may still be its own delivery', () => {
    expect(decided(HOUR).due).toBe(false)
  })

  test('by more may be the work of somebody else', () => {
    expect(decided(HOUR + 1)).toMatchObject({ due: true, cause: 'written-by-others' })
  })
})

test.each([
  [0, 'expired', /^the live PAT ended 2026-11-21 08:00 UTC$/],
  [1, 'due', /^the live PAT is near its end: /],
] as const)('%i ms before its end a PAT is %s', (left, state, words) => {
  const live = managed(30, 'delivered', { expiresAt: NOW + left })
  const slot = reading([live], [organizationPlace(30)])
  const evidence = { reading: slot, currentPat: 'not-given', now: NOW, cannotExtend: [] } as const
  expect(healthOf(rules, evidence).state).toBe(state)
  expect(decide(rules, evidence).reason).toMatch(words)
})

describe('beside the live PAT', () => {
  const live = managed(5)
  const minted = (before: number, state: 'pending' | 'delivered') =>
    managed(0, state, { mintedAt: live.pat.mintedAt - before })

  test('a PAT minted an hour before it is none of the candidates, and one minted later than that is', () => {
    const [hourBefore, later] = [minted(HOUR, 'delivered'), minted(HOUR - 1, 'delivered')]
    expect(standingOf(reading([hourBefore, later, live], [])).candidates).toEqual([later.pat, live.pat])
  })

  test('one minted at the very moment is a candidate, and not unfinished', () => {
    const twin = minted(0, 'pending')
    const { candidates, unfinished } = standingOf(reading([twin, live], []))
    expect(candidates).toEqual([twin.pat, live.pat])
    expect(unfinished).toEqual([])
  })
})

test.each([
  [0, true],
  [1000, false],
])('%i ms before the grace time is over, what is superseded is revoked: %s', async (left, gone) => {
  const scene = await createScene()
  const superseded = seedManaged(scene, { ageDays: 20, daysLeft: 8 })
  seedLive(scene, { ageDays: 1, daysLeft: 29, writtenDaysAgo: 1 - left / DAY })
  const { conclusion } = await scene.run({ 'revoke-superseded-after-hours': '24' })
  expect(conclusion.outcome).toBe('not-due')
  expect(superseded.revoked).toBe(gone)
})
