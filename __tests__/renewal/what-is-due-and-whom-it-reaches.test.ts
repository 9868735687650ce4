import { describe, expect, test } from '@jest/globals'
import { type CurrentPat, decide, type DueCause, placesToReach, type Rules, sameScopes } from '../../src/renewal/due.ts'
import type { SlotReading } from '../../src/renewal/slot-standing.ts'
import { fc } from '../properties.ts'
import { copy, managed, NOW, organizationPlace, reading, rules } from './slot.ts'

const repositories: Rules = { ...rules, target: 'repositories' }

interface Row {
  readonly rules?: Rules
  readonly currentPat?: CurrentPat
  readonly cannotExtend?: boolean
  readonly slot: SlotReading
  readonly cause: DueCause | undefined
  readonly reach?: 'all' | 'lagging'
}

const live = managed(5)
const place = organizationPlace(5)
const [a, b] = [copy('hmcts/app-a', 5), copy('hmcts/app-b', 5)]
const fallback = managed(3, 'fallback')
const since = [copy('hmcts/app-a', 3), copy('hmcts/app-b', 3)]
const standing = [managed(25), fallback]

const rows: Readonly<Record<string, Row>> = {
  healthy: { slot: reading([live], [place]), cause: undefined },
  'healthy, metadata unreadable': { slot: reading([live], undefined), cause: undefined },
  forced: { rules: { ...rules, force: true }, slot: reading([live], [place]), cause: 'forced', reach: 'all' },
  'current-pat refused': { slot: reading([live], [place]), currentPat: 'refused', cause: 'current-pat-refused' },
  'current-pat unknown': { slot: reading([live], [place]), currentPat: 'unknown', cause: undefined },
  'nothing at all': { slot: reading([], []), cause: 'no-live-pat', reach: 'all' },
  'only a pending PAT': { slot: reading([managed(1, 'pending')], [place]), cause: 'unfinished', reach: 'lagging' },
  'a secret that is missing': { slot: reading([live], [organizationPlace(undefined)]), cause: 'place-missing' },
  'a secret that lags': { slot: reading([live], [organizationPlace(6)]), cause: 'place-lagging' },
  'a fallback of one store, beside one that was written': {
    slot: reading(
      standing,
      [organizationPlace(3), organizationPlace(25, 'dependabot')],
      [copy('hmcts/app-a', 3, 'dependabot')],
    ),
    cause: undefined,
  },
  'written by others': { slot: reading([live], [organizationPlace(4)]), cause: 'written-by-others' },
  'written by others, current-pat unknown': {
    slot: reading([live], [organizationPlace(4)]),
    currentPat: 'unknown',
    cause: undefined,
  },
  'near its end': { slot: reading([managed(20)], [organizationPlace(20)]), cause: 'near-end', reach: 'all' },
  'another scope': {
    slot: reading([managed(5, 'delivered', { scopes: ['vso.packaging'] })], [place]),
    cause: 'scopes-differ',
    reach: 'all',
  },
  'a global PAT': { slot: reading([managed(5, 'delivered', { global: true })], [place]), cause: 'global' },
  'a stale copy': { slot: reading([live], [place], [copy('hmcts/app-a', 9)]), cause: 'stale-copy' },
  'a stale copy, live PAT of three days': {
    slot: reading([managed(3)], [organizationPlace(3)], [copy('hmcts/app-a', 9)]),
    cause: undefined,
  },
  'a stale copy that ends within a day and a half, live PAT of two days': {
    slot: reading([managed(29), managed(2)], [organizationPlace(2)], [copy('hmcts/app-a', 29)]),
    cause: 'stale-copy',
  },
  'a stale copy that ends after a day and a half, live PAT of two days': {
    slot: reading([managed(28), managed(2)], [organizationPlace(2)], [copy('hmcts/app-a', 28)]),
    cause: undefined,
  },
  'a stale copy that has ended, live PAT of two days': {
    slot: reading([managed(31), managed(2)], [organizationPlace(2)], [copy('hmcts/app-a', 31)]),
    cause: undefined,
  },
  'a stale copy that ends within a day and a half, live PAT of a day': {
    slot: reading([managed(29), managed(1)], [organizationPlace(1)], [copy('hmcts/app-a', 29)]),
    cause: undefined,
  },
  'a stale copy, to be reported': {
    rules: { ...rules, staleCopies: 'report' },
    slot: reading([live], [place], [copy('hmcts/app-a', 9)]),
    cause: undefined,
  },
  'a standing fallback': { slot: reading(standing, [organizationPlace(25)], since), cause: undefined },
  'a standing fallback with a secret that lags, is missing, is global, has another scope': {
    slot: reading(
      [managed(25, 'delivered', { global: true, scopes: ['vso.code'] }), fallback],
      [organizationPlace(26), organizationPlace(undefined, 'agents')],
      since,
    ),
    cause: undefined,
  },
  'a standing fallback that cannot be extended': {
    slot: reading(standing, [organizationPlace(25)], since),
    cannotExtend: true,
    cause: 'cannot-extend',
  },
  'a standing fallback near its end': {
    slot: reading([managed(60), managed(21, 'fallback')], [organizationPlace(60)], [copy('hmcts/app-a', 21)]),
    cause: 'near-end',
    reach: 'all',
  },
  'a standing fallback whose sweep has a PAT near its end': {
    slot: reading([managed(21, 'pending'), managed(5, 'fallback')], [], [copy('hmcts/app-a', 21), b]),
    cause: 'near-end',
  },
  'a standing fallback near its end, though its repositories were written since, by whomever': {
    slot: reading([managed(60), managed(21, 'fallback')], [organizationPlace(60)], [copy('hmcts/app-a', 4)]),
    cause: 'near-end',
  },
  'a standing fallback whose sweep has a PAT near its end that no repository holds any more': {
    slot: reading([managed(21, 'pending'), managed(5, 'fallback')], [], [a, b]),
    cause: undefined,
  },
  'a standing fallback whose sweep had a PAT near its end that is revoked': {
    slot: reading(
      [managed(21, 'pending', { revoked: true }), managed(20.99, 'pending'), managed(5, 'fallback')],
      [],
      [a, b],
    ),
    cause: undefined,
  },
  'a standing fallback with an unfinished PAT after it': {
    slot: reading([...standing, managed(1, 'pending')], [organizationPlace(25)], since),
    cause: 'unfinished',
    reach: 'lagging',
  },
  'a fallback that is not complete': {
    slot: reading(standing, [organizationPlace(25)], [...since, copy('hmcts/app-c', undefined)]),
    cause: 'fallback-incomplete',
    reach: 'all',
  },
  'a fallback that is not complete, and no PAT that was ever live': {
    slot: reading([fallback], [], [...since, copy('hmcts/app-c', undefined)]),
    cause: 'fallback-incomplete',
    reach: 'all',
  },
  'an unfinished PAT, with the live one near its end': {
    slot: reading([managed(25), managed(1, 'pending')], [organizationPlace(25)], [copy('hmcts/app-a', 1)]),
    cause: 'unfinished',
    reach: 'lagging',
  },
  'an unfinished PAT that is near its end itself': {
    slot: reading([managed(45), managed(21, 'pending')], [organizationPlace(45)], [copy('hmcts/app-a', 21)]),
    cause: 'unfinished',
    reach: 'all',
  },
  'unfinished PATs of which one is near its end': {
    slot: reading(
      [managed(45), managed(21, 'pending'), managed(1, 'pending')],
      [organizationPlace(45)],
      [copy('hmcts/app-a', 21), copy('hmcts/app-b', 1)],
    ),
    cause: 'unfinished',
    reach: 'all',
  },
  'an unfinished PAT, forced': {
    rules: { ...rules, force: true },
    slot: reading([live, managed(1, 'pending')], [place]),
    cause: 'forced',
    reach: 'all',
  },
  'repositories: healthy': { rules: repositories, slot: reading([live], undefined, [a, b]), cause: undefined },
  'repositories: one is missing': {
    rules: repositories,
    slot: reading([live], undefined, [a, copy('hmcts/app-b', undefined)]),
    cause: 'repository-lagging',
    reach: 'all',
  },
  'repositories: one was reached by a stopped run': {
    rules: repositories,
    slot: reading([managed(25), managed(6, 'pending'), live], undefined, [copy('hmcts/app-a', 6), b]),
    cause: undefined,
  },
  'repositories: what a stopped run delivered is near its end': {
    rules: repositories,
    slot: reading([managed(21, 'pending'), managed(5)], undefined, [copy('hmcts/app-a', 21), b]),
    cause: 'near-end',
    reach: 'all',
  },
  'repositories: written long after the mint': {
    rules: repositories,
    slot: reading([live], undefined, [a, copy('hmcts/app-b', 1)]),
    cause: undefined,
  },
}

test.each(Object.entries(rows))(
  '%s',
  (_, { rules: given = rules, currentPat = 'not-given', cannotExtend, slot, cause, reach }) => {
    const decision = decide(given, {
      reading: slot,
      currentPat,
      now: NOW,
      cannotExtend: cannotExtend ? [live.pat] : [],
    })
    expect(decision.due ? decision.cause : undefined).toBe(cause)
    expect(decision.reason).not.toBe('')
    if (decision.due && reach !== undefined) expect(decision.reach).toBe(reach)
  },
)

describe('the places to reach', () => {
  const slot = reading([managed(25), managed(2, 'pending'), managed(1, 'pending')], [organizationPlace(25)])
  const [first, second, never] = [copy('hmcts/a', 2), copy('hmcts/b', 1), copy('hmcts/c', undefined)]
  test('are those not written since the first unfinished PAT was minted', () => {
    expect(placesToReach(slot, [first, second, never], 'lagging')).toEqual([never])
    expect(placesToReach(slot, [copy('hmcts/d', 3), first], 'lagging')).toEqual([copy('hmcts/d', 3)])
  })

  test('are all of them where all must be reached, and where every one was', () => {
    expect(placesToReach(slot, [first, never], 'all')).toEqual([first, never])
    expect(placesToReach(slot, [first, second], 'lagging')).toEqual([first, second])
    expect(placesToReach(reading([managed(5)], []), [first], 'lagging')).toEqual([first])
  })
})

test('scopes are a set: neither order, case nor repetition counts', () => {
  const scope = fc.constantFrom('vso.packaging', 'vso.packaging_write', 'vso.code', 'VSO.code')
  fc.assert(
    fc.property(fc.array(scope), fc.array(scope), (one, other) => {
      const set = (scopes: readonly string[]) => [...new Set(scopes.map((each) => each.toLowerCase()))].sort().join()
      expect(sameScopes(one, other)).toBe(set(one) === set(other))
    }),
  )
})
