import { describe, expect, test } from '@jest/globals'
import { DAY } from '../../src/clock.ts'
import type { Pat } from '../../src/pat.ts'
import { decide, type Decision } from '../../src/renewal/due.ts'
import type { SlotReading } from '../../src/renewal/slot-standing.ts'
import { retiresAt, supersededPats } from '../../src/renewal/superseded.ts'
import type { VaultReading } from '../../src/renewal/vault.ts'
import { copy, managed, NOW, organizationPlace, reading, rules } from './slot.ts'

const place = { vault: 'hmcts.vault.azure.net', name: 'artifacts-pat' }

function holding(pat: Pat | undefined, more: Partial<VaultReading> = {}): VaultReading {
  return { place, writtenAt: NOW - 5 * DAY, holds: pat?.authorizationId, ...more }
}

function decideOn(slot: SlotReading, vault: VaultReading | undefined): Decision {
  return decide(rules, { reading: { ...slot, vault }, currentPat: 'not-given', now: NOW, cannotExtend: [] })
}

describe('a renewal is due', () => {
  const [old, live] = [managed(15), managed(5)]
  const slot = reading([old, live], [organizationPlace(5)])
  const due = (reason: string) => ({ due: true, cause: 'vault-lagging', reach: 'all', reason })
  const name = 'vault secret artifacts-pat of hmcts.vault.azure.net'

  test('not while the tag names the live PAT, in whatever letters', () => {
    const shouting = { holds: live.pat.authorizationId.toUpperCase() }
    expect(decideOn(slot, holding(live.pat)).due).toBe(false)
    expect(decideOn(slot, holding(live.pat, shouting)).due).toBe(false)
    expect(decideOn(slot, undefined).due).toBe(false)
  })

  test('while it names another', () => {
    expect(decideOn(slot, holding(old.pat))).toEqual(due(`${name} holds another PAT than the one delivered last`))
  })

  test('while it has no tag', () => {
    expect(decideOn(slot, holding(undefined))).toEqual(due(`${name} bears no tag that says which PAT it holds`))
  })

  test('while it does not exist', () => {
    expect(decideOn(slot, holding(undefined, { writtenAt: undefined }))).toEqual(due(`${name} does not exist`))
  })

  test('with target: repositories as well', () => {
    const slot = { ...reading([old, live], undefined, [copy('hmcts/app-a', 5)]), vault: holding(old.pat) }
    const evidence = { reading: slot, currentPat: 'not-given', now: NOW, cannotExtend: [] } as const
    expect(decide({ ...rules, target: 'repositories' }, evidence)).toMatchObject({ due: true, cause: 'vault-lagging' })
  })

  test('an unfinished sweep leaves what it reached alone, though the vault lags too', () => {
    const unfinished = managed(1, 'pending')
    const slot = reading([live, unfinished], undefined, [copy('hmcts/app-a', 1), copy('hmcts/app-b', 5)])
    const evidence = {
      reading: { ...slot, vault: holding(old.pat) },
      currentPat: 'not-given',
      now: NOW,
      cannotExtend: [],
    } as const
    expect(decide({ ...rules, target: 'repositories' }, evidence)).toMatchObject({
      cause: 'unfinished',
      reach: 'lagging',
    })
  })
})

describe('while a fallback stands', () => {
  const [old, live, fallback] = [managed(25), managed(15), managed(5, 'fallback')]
  const slot = reading([old, live, fallback], [organizationPlace(15)], [copy('hmcts/app-a', 5)])

  test.each([
    ['of the fallback', holding(fallback.pat)],
    ['of the organization', holding(live.pat)],
    ['of an older PAT', holding(old.pat)],
    ['without a tag', holding(undefined)],
    ['that does not exist', holding(undefined, { writtenAt: undefined })],
  ])('a copy %s makes nothing due', (_, vault) => {
    expect(decideOn(slot, vault).due).toBe(false)
  })
})

describe('a second PAT that could not be brought to the vault makes it wait', () => {
  const missing = { writtenAt: undefined, holds: undefined }
  /** Ages in days of the PATs that were delivered, the newest last, and of the last write of the vault. */
  const due = (ages: readonly number[], written: number | undefined, more: Partial<Pat> = {}): boolean => {
    const pats = ages.map((age, index) => managed(age, 'delivered', index === ages.length - 1 ? {} : more))
    const vault = holding(undefined, written === undefined ? missing : { writtenAt: NOW - written * DAY })
    return decideOn(reading(pats, [organizationPlace(ages.at(-1))]), vault).due
  }

  test.each<[string, readonly number[], number | undefined]>([
    ['which holds what it held before', [20, 1.5, 0.5], 20],
    ['which does not exist', [1.5, 0.5], undefined],
    ['after a wait', [4, 3], undefined],
    ['after a wait and a daily run that was late', [5.4, 1], undefined],
  ])('%s', (_, ages, written) => {
    expect(due(ages, written)).toBe(false)
    expect(due(ages, written, { revoked: true })).toBe(false)
  })

  test.each<[string, readonly number[], number | undefined]>([
    ['once the newest is more than three days old', [4.1, 3.001], undefined],
    ['not where the first was brought to it', [1.5, 0.5], 1.5],
    ['not where it was written since', [1.5, 0.5], 0.2],
    ['not where only one PAT missed it', [20, 0.5], 20],
    ['not where it is new, and its first write failed', [20, 0.5], undefined],
    ['not where two runs raced', [20, 0.51, 0.5], 20],
    ['not where there is only one PAT', [0.5], undefined],
  ])('%s', (_, ages, written) => {
    expect(due(ages, written)).toBe(true)
  })

  test('a PAT that was never delivered is no try', () => {
    const pats = [managed(1.5, 'pending'), managed(0.5)]
    expect(decideOn(reading(pats, [organizationPlace(0.5)]), holding(undefined, missing)).due).toBe(true)
  })
})

describe('never retired', () => {
  const [older, old, live] = [managed(20), managed(15), managed(5)]
  const slot = reading([older, old, live], [organizationPlace(5)])
  const superseded = (vault: VaultReading | undefined) => supersededPats({ ...slot, vault }, NOW)

  test('is what its tag names', () => {
    expect(superseded(undefined)).toEqual([older.pat, old.pat])
    expect(superseded(holding(live.pat))).toEqual([older.pat, old.pat])
    expect(superseded(holding(old.pat))).toEqual([older.pat])
  })

  test('is any while it has no tag: it may be any', () => {
    expect(superseded(holding(undefined))).toEqual([])
  })

  test('a vault without the secret holds none', () => {
    expect(superseded(holding(undefined, { writtenAt: undefined }))).toEqual([older.pat, old.pat])
  })

  test('is anything before the grace time after its last write: jobs may have read it before', () => {
    const written = NOW - DAY / 2
    expect(retiresAt({ ...slot, vault: holding(live.pat, { writtenAt: written }) }, DAY)).toBe(written + DAY)
  })
})
