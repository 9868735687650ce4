import { describe, expect, test } from '@jest/globals'
import type { ManagedPat } from '../../src/renewal/names.ts'
import { standingOf } from '../../src/renewal/slot-standing.ts'
import { retiresAt, supersededPats } from '../../src/renewal/superseded.ts'
import { copyEndsAt, mayHold, staleCopies } from '../../src/renewal/copies.ts'
import { fc, tries } from '../properties.ts'
import { copy, managed, NOW, organizationPlace, reading, rules } from './slot.ts'

const HOUR = 1 / 24
const MINUTE = HOUR / 60
const ids = (pats: readonly { readonly authorizationId: string }[]) =>
  pats.map(({ authorizationId }) => authorizationId)
const idsOf = (...pats: readonly ManagedPat[]) => ids(pats.map(({ pat }) => pat))

describe('live, delivered, unfinished', () => {
  test('of an empty slot nothing is', () => {
    expect(standingOf(reading([], []))).toMatchObject({
      live: undefined,
      delivered: undefined,
      unfinished: [],
      sweep: [],
    })
  })

  test('the live PAT is the newest without a state, and revoked ones count nowhere', () => {
    const [old, live] = [managed(20), managed(10)]
    const revoked = [managed(1, 'delivered', { revoked: true }), managed(0.5, 'pending', { revoked: true })]
    const standing = standingOf(reading([...revoked, live, old], [organizationPlace(10)]))
    expect(standing.live).toBe(live.pat)
    expect(standing.delivered).toBe(live)
    expect(standing.unfinished).toEqual([])
  })

  test('unfinished are the pending ones newer than every delivered one, fallbacks too', () => {
    const [before, fallback, after] = [managed(6, 'pending'), managed(5, 'fallback'), managed(4, 'pending')]
    const { unfinished, live, delivered } = standingOf(reading([before, fallback, after], []))
    expect(unfinished).toEqual([after.pat])
    expect(live).toBeUndefined()
    expect(delivered).toBe(fallback)
  })
})

describe('live candidates', () => {
  test('are the live one, those of the hour before it, the unfinished ones, and what the secret may hold', () => {
    const pats = [
      managed(20),
      managed(10 + 2 * HOUR),
      managed(10 + 61 * MINUTE),
      managed(10 + 59 * MINUTE, 'pending'),
      managed(10),
      managed(8, 'pending'),
      managed(7, 'fallback'),
      managed(6, 'pending'),
    ]
    const [raced, live, stopped, fallback, unfinished] = pats.slice(3).map(({ pat }) => pat)
    const standing = (places: Parameters<typeof reading>[1]) => standingOf(reading(pats, places))
    expect(standing([organizationPlace(10)])).toMatchObject({ candidates: [raced, live, unfinished], perhaps: [] })
    expect(standing([organizationPlace(8)])).toMatchObject({
      candidates: [raced, live, stopped, unfinished],
      perhaps: [],
    })
    expect(standing([organizationPlace(7)])).toMatchObject({
      candidates: [raced, live, fallback, unfinished],
      // It may have been a change of who can read the secret.
      perhaps: [stopped],
    })
    // While one of them cannot be read, nothing speaks against its holding what is newer than the live PAT.
    expect(standing(undefined)).toMatchObject({ candidates: [raced, live, unfinished], perhaps: [stopped, fallback] })
    const incomplete = { ...reading(pats, [organizationPlace(10)]), organizationIncomplete: true }
    expect(standingOf(incomplete)).toMatchObject({
      candidates: [raced, live, unfinished],
      perhaps: [stopped, fallback],
    })
  })

  test('is what a secret holds that lags behind the live PAT, in whichever store', () => {
    const [held, live] = [managed(20), managed(10)]
    const lags = [organizationPlace(10, 'dependabot'), organizationPlace(20)]
    expect(standingOf(reading([held, live], lags)).candidates).toEqual([held.pat, live.pat])
  })

  test('is only perhaps a fallback newer than it, where who can read the secret was changed since', () => {
    const [live, fallback] = [managed(25), managed(5, 'fallback')]
    const standing = (writtenDaysAgo: number) =>
      standingOf(reading([live, fallback], [organizationPlace(writtenDaysAgo)]))
    expect(standing(1)).toMatchObject({ candidates: [live.pat], perhaps: [fallback.pat] })
    expect(standing(6)).toMatchObject({ candidates: [live.pat], perhaps: [] })
  })

  test('without a live PAT are the unfinished ones; an older pending one only as far as the secret may hold it', () => {
    const pats = [managed(3, 'pending'), managed(2, 'fallback'), managed(1, 'pending')]
    const [stopped, , unfinished] = pats.map(({ pat }) => pat)
    const standing = (places: Parameters<typeof reading>[1]) => standingOf(reading(pats, places))
    expect(standing([])).toMatchObject({ candidates: [unfinished], perhaps: [] })
    expect(standing([organizationPlace(undefined)])).toMatchObject({ candidates: [unfinished], perhaps: [] })
    expect(standing([organizationPlace(3)])).toMatchObject({ candidates: [stopped, unfinished], perhaps: [] })
    expect(standing([organizationPlace(0.5)])).toMatchObject({ candidates: [unfinished], perhaps: [stopped] })
    expect(standing(undefined)).toMatchObject({ candidates: [unfinished], perhaps: [stopped] })
  })
})

describe('a fallback stands', () => {
  const live = managed(25)
  const fallback = managed(5, 'fallback')
  const copies = [copy('hmcts/app-a', 5), copy('hmcts/app-b', 5)]
  test.each([
    ['when each of repositories was written since it was minted', [live, fallback], copies, true],
    [
      'though some were written a little before: clocks differ',
      [fallback],
      [copy('hmcts/app-a', 5 + 14 * MINUTE)],
      true,
    ],
    ['not when one was written before', [fallback], [...copies, copy('hmcts/app-c', 5 + 16 * MINUTE)], false],
    ['not when one has none', [fallback], [...copies, copy('hmcts/app-c', undefined)], false],
    ['not without repositories', [fallback], [], false],
    ['not once something newer is delivered', [fallback, managed(4)], copies, false],
    ['while something newer is unfinished', [fallback, managed(4, 'pending')], copies, true],
    [
      'when repositories reached by stopped runs before it hold those',
      [managed(7, 'pending'), managed(6, 'pending'), fallback],
      [copy('hmcts/app-a', 7), copy('hmcts/app-b', 6), copy('hmcts/app-c', 5)],
      true,
    ],
    [
      'not when what a repository holds is older than the delivered one before those',
      [managed(8, 'pending'), managed(7), managed(6, 'pending'), fallback],
      [copy('hmcts/app-a', 8)],
      false,
    ],
  ] as const)('%s', (_, pats, readings, stands) => {
    expect(standingOf(reading(pats, [organizationPlace(25)], readings)).fallbackStands).toBe(stands)
  })
})

describe('where only some organization places were refused', () => {
  const live = managed(25)
  const mixed = managed(5, 'fallback')
  const places = [organizationPlace(5), organizationPlace(25, 'dependabot')]
  const standing = (copies: Parameters<typeof reading>[2]) => standingOf(reading([live, mixed], places, copies))

  test('a fallback stands once each copy, or the organization place it stands in for, was written', () => {
    const reached = [copy('hmcts/app-a', 25), copy('hmcts/app-a', 5, 'dependabot')]
    expect(standing(reached).fallbackStands).toBe(true)
    expect(standing([...reached, copy('hmcts/app-b', 25, 'dependabot')]).fallbackStands).toBe(false)
  })

  test('a secret of another name stands in for no copy, though both are in one store', () => {
    const twin = <T extends { readonly place: object }>(one: T): T => ({
      ...one,
      place: { ...one.place, name: 'TWIN' },
    })
    const both = [organizationPlace(5), twin(organizationPlace(25))]
    const reads = (days: number) =>
      reading([live, mixed], both, [copy('hmcts/app-a', undefined), twin(copy('hmcts/app-a', days))])
    expect(standingOf(reads(25)).fallbackStands).toBe(false)
    expect(standingOf(reads(5)).fallbackStands).toBe(true)
  })

  test('the PAT that the others hold stays live, and nothing is superseded', () => {
    const found = standing([copy('hmcts/app-a', 5, 'dependabot')])
    expect(found.live).toBe(live.pat)
    expect(found.candidates).toContain(live.pat)
    expect(supersededPats(reading([live, mixed], places, []), NOW)).toEqual([])
  })
})

describe('a sweep', () => {
  test('are the newest delivered PAT and the pending ones before it, back to the one delivered before, revoked or not', () => {
    const [older, ended, first, revoked, delivered] = [
      managed(9, 'pending'),
      managed(8, 'delivered', { revoked: true }),
      managed(7, 'pending'),
      managed(6, 'pending', { revoked: true }),
      managed(5),
    ]
    const { sweep, sweepBegan } = standingOf(reading([older, ended, first, revoked, delivered], []))
    expect(sweep).toEqual([first.pat, delivered.pat])
    expect(sweepBegan).toBe(first.pat.mintedAt)
  })
})

describe('superseded', () => {
  const live = managed(2)
  const [old, hourBefore, justBefore] = [managed(22), managed(2 + HOUR), managed(2 + 59 * MINUTE)]
  const pats = [old, hourBefore, justBefore, live]
  const found = (
    all: readonly ManagedPat[],
    ...rest: [Parameters<typeof reading>[1], Parameters<typeof reading>[2]?]
  ) => supersededPats(reading(all, ...rest), NOW)

  test('is what was minted an hour before the live one, or longer', () => {
    expect(ids(found(pats, [organizationPlace(2)]))).toEqual(idsOf(old, hourBefore))
  })

  test.each([
    ['what a copy may hold', pats, [organizationPlace(2)], [copy('hmcts/app-a', 22), copy('hmcts/app-b', 2 + HOUR)]],
    ['what has expired', [managed(40), live], [organizationPlace(2)], []],
    ['anything while a PAT is unfinished', [...pats, managed(1, 'pending')], [organizationPlace(2)], []],
    [
      'anything while the newest delivered is a fallback',
      [...pats, managed(1, 'fallback')],
      [organizationPlace(2)],
      [],
    ],
    ['anything while a place is missing', pats, [organizationPlace(2), organizationPlace(undefined, 'agents')], []],
    ['anything while a place is older than the live PAT', pats, [organizationPlace(3)], []],
    ['anything without a live PAT', [managed(22, 'pending'), managed(20, 'fallback')], [organizationPlace(2)], []],
  ] as const)('is not %s', (_, all, places, copies) => {
    expect(found(all, places, copies)).toEqual([])
  })

  test('whatever there is, neither the live PAT nor what any copy may hold is superseded', () => {
    const age = fc.integer({ min: 0, max: 2000 }).map((hours) => hours / 24)
    const pat = fc
      .tuple(age, fc.constantFrom('pending', 'delivered', 'fallback'))
      .map(([days, state]) => managed(days, state))
    const someCopies = fc.array(
      age.map((days) => copy('hmcts/app-a', days)),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(fc.array(pat, { maxLength: 8 }), age, someCopies, (all, written, copies) => {
        const slot = reading(all, [organizationPlace(written)], copies)
        const { live: alive, candidates } = standingOf(slot)
        for (const one of supersededPats(slot, NOW)) {
          expect(one).not.toBe(alive)
          expect(copies.some(({ writtenAt }) => mayHold(writtenAt, one))).toBe(false)
          if (!mayHold(NOW - written * 86_400_000, one)) expect(candidates).not.toContain(one)
        }
      }),
      tries(500),
    )
  })
})

describe('retiring', () => {
  test('waits for the grace time after the youngest place was written', () => {
    const slot = reading([], [organizationPlace(3), organizationPlace(undefined)], [copy('hmcts/app-a', 1)])
    expect(retiresAt(slot, 3_600_000)).toBe(NOW - 86_400_000 + 3_600_000)
  })

  test('is at once with no grace time, and where nothing was written', () => {
    expect(retiresAt(reading([], [organizationPlace(-1)]), 0)).toBe(-Infinity)
    expect(retiresAt(reading([], undefined), 3_600_000)).toBe(-Infinity)
  })
})

describe('copies', () => {
  test.each([
    [10 + 16 * MINUTE, false],
    [10 + 15 * MINUTE, true],
    [10, true],
    [10 - HOUR, true],
    [10 - 61 * MINUTE, false],
    [undefined, false],
  ])('written %s days ago may hold a PAT minted 10 days ago: %s', (days, may) => {
    expect(mayHold(copy('hmcts/app-a', days).writtenAt, managed(10).pat)).toBe(may)
  })

  test('are stale when written more than a quarter of an hour before the live PAT was minted', () => {
    const copies = [copy('hmcts/a', 10 + 16 * MINUTE), copy('hmcts/b', 10 + 14 * MINUTE), copy('hmcts/c', undefined)]
    expect(staleCopies(rules, copies, managed(10).pat)).toEqual([copies[0]])
    expect(staleCopies(rules, copies, undefined)).toEqual([])
  })

  test('stop working at the earliest end of what they may hold', () => {
    const pats = [managed(20), managed(20 - 10 * MINUTE, 'delivered', { life: 12 }), managed(5)].map(({ pat }) => pat)
    expect(copyEndsAt(copy('hmcts/a', 20 - 20 * MINUTE), pats)).toBe(pats[1]?.expiresAt)
    expect(copyEndsAt(copy('hmcts/a', 12), pats)).toBeUndefined()
  })
})
