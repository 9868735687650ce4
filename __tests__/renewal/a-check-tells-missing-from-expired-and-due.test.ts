import { expect, test } from '@jest/globals'
import type { CurrentPat } from '../../src/renewal/due.ts'
import { type Health, healthOf } from '../../src/renewal/health.ts'
import type { SlotReading } from '../../src/renewal/slot-standing.ts'
import { copy, managed, NOW, organizationPlace, reading, rules } from './slot.ts'

function health(slot: SlotReading, currentPat: CurrentPat = 'not-given', now = NOW): Health {
  return healthOf(rules, { reading: slot, currentPat, now, cannotExtend: [] })
}

const none = reading([], [])
const unfinished = reading([managed(1, 'pending')], [])
const STOPPED = 'an earlier run stopped between minting and delivering one'
const FOREIGN = 'what the secret holds now works, but this action did not mint it'

test.each([
  ['nothing at all', none, 'not-given', []],
  ['what a stopped run left', unfinished, 'not-given', [STOPPED]],
  ['a PAT of somebody else in the secret', none, 'accepted', [FOREIGN]],
  ['one that the feed refuses', none, 'refused', []],
  ['both', unfinished, 'accepted', [STOPPED, FOREIGN]],
] as const)('missing, with %s', (_, slot, currentPat, rest) => {
  const reason = ['there is no live PAT of this slot', ...rest].join('; ')
  expect(health(slot, currentPat)).toEqual({ state: 'missing', reason })
})

test('where a fallback stands and nothing was ever live, the PAT of the fallback is the one in use', () => {
  const fallback = managed(5, 'fallback')
  const standing = reading([fallback], [], [copy('hmcts/app-a', 5)])
  expect(health(standing).state).toBe('healthy')
  expect(health(standing, 'not-given', fallback.pat.expiresAt).state).toBe('expired')
  expect(health(reading([fallback], [], [copy('hmcts/app-a', undefined)])).state).toBe('missing')
})

test('where a fallback stands beside a live PAT, builds fail once either has ended', () => {
  const [live, fallback] = [managed(5), managed(4, 'fallback', { life: 4 })]
  const standing = reading([live, fallback], [organizationPlace(5)], [copy('hmcts/app-a', 4)])
  expect(health(standing)).toEqual({
    state: 'expired',
    reason: `the fallback PAT, which \`repositories\` hold, "${fallback.pat.displayName}" ended 2026-11-21 08:00 UTC`,
  })
  const lagging = reading([live, fallback], [organizationPlace(5)], [copy('hmcts/app-a', undefined)])
  expect(health(lagging).state).toBe('due')
})

test.each([
  ['its own end', { global: false, life: 60 }, '2027-01-18', ''],
  ['its own end, though it is global', { global: true, life: 2 }, '2026-11-21', ''],
  ['the end of all global PATs', { global: true, life: 60 }, '2026-12-01', ', with all global PATs'],
])('expired, at %s', (_, more, day, rest) => {
  const live = managed(2, 'delivered', more)
  const { state, reason } = health(reading([live], [organizationPlace(2)]), 'not-given', NOW + 90 * 86_400_000)
  expect(state).toBe('expired')
  expect(reason.replace(/ \d\d:\d\d UTC/, '')).toBe(`the live PAT "${live.pat.displayName}" ended ${day}${rest}`)
})
