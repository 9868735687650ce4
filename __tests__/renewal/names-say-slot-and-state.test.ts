import { describe, expect, test } from '@jest/globals'
import { managedPats, newDisplayName, stateIn, withState } from '../../src/renewal/names.ts'
import { fc } from '../properties.ts'
import { managed, NOW } from './slot.ts'

const slot = { patName: 'AZURE_DEVOPS_ARTIFACT_TOKEN', owner: 'hmcts' }
const NAME = 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z'
const states = ['pending', 'delivered', 'fallback'] as const
const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
const slots = fc.record({ patName: text, owner: text })
const moments = fc.integer({ min: 0, max: Date.parse('2099-12-31') })
const parts = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('a name', () => {
  test('is as the design page shows it', () => {
    expect(newDisplayName(slot, NOW + 999, 0.417)).toBe(`${NAME} pending`)
  })

  test('is read back by its slot alone, pending, whatever the slot is called', () => {
    fc.assert(
      fc.property(slots, moments, parts, (one, now, random) => {
        const name = newDisplayName(one, now, random)
        expect(stateIn(name, one)).toBe('pending')
        expect(stateIn(name, { ...one, owner: `${one.owner}x` })).toBeUndefined()
        expect(stateIn(name, { ...one, patName: `x${one.patName}` })).toBeUndefined()
      }),
    )
  })

  test('keeps slot and time through any row of states', () => {
    fc.assert(
      fc.property(
        slots,
        moments,
        parts,
        fc.array(fc.constantFrom(...states), { minLength: 1 }),
        (one, now, random, row) => {
          const name = newDisplayName(one, now, random)
          const last = row.reduce(withState, name)
          expect(stateIn(last, one)).toBe(row.at(-1))
          expect(withState(last, 'pending')).toBe(name)
        },
      ),
    )
  })

  test.each([
    [NAME, 'delivered'],
    [`${NAME} pending`, 'pending'],
    [`${NAME} fallback`, 'fallback'],
    [NAME.toLowerCase(), 'delivered'],
    [`${NAME} PENDING`.toUpperCase(), 'pending'],
    [`${NAME} `, undefined],
    [`${NAME}  pending`, undefined],
    [`${NAME} pending fallback`, undefined],
    [`${NAME} spare`, undefined],
    [`${NAME}\n`, undefined],
    [` ${NAME}`, undefined],
    [NAME.replace('2026', 'since 2026'), undefined],
    [NAME.replace('.417', ''), undefined],
    [NAME.replace('Z', '+00:00'), undefined],
    [NAME.replace('2026-11-21', '2026-13-41'), undefined],
    [NAME.replace('[hmcts]', '[hmcts/app-a]'), undefined],
    [NAME.replace('[hmcts]', '[]'), undefined],
    [`my ${NAME}`, undefined],
    ['AZURE_DEVOPS_ARTIFACT_TOKEN', undefined],
    ['', undefined],
  ])('%j has the state %s', (name, state) => {
    expect(stateIn(name, slot)).toBe(state)
  })

  test('keeps a word of a state that pat-name happens to hold', () => {
    const odd = { patName: 'my pending fallback', owner: 'hmcts' }
    const name = newDisplayName(odd, NOW, 0)
    expect(withState(name, 'delivered')).toBe(`my pending fallback [hmcts] ${new Date(NOW).toISOString()}`)
    expect(stateIn(withState(name, 'delivered'), odd)).toBe('delivered')
  })

  test('of a slot with characters that mean something to patterns is taken literally', () => {
    const odd = { patName: '.*', owner: 'a.b' }
    expect(stateIn(newDisplayName(odd, NOW, 0), odd)).toBe('pending')
    expect(stateIn(newDisplayName({ patName: 'xx', owner: 'a.b' }, NOW, 0), odd)).toBeUndefined()
    expect(stateIn(newDisplayName({ patName: '.*', owner: 'axb' }, NOW, 0), odd)).toBeUndefined()
  })
})

describe('the managed PATs of a slot', () => {
  test('are sorted by when they were minted, then by name, and nothing else is among them', () => {
    const pats = [managed(1), managed(3), managed(2, 'pending'), managed(3, 'fallback')].map(({ pat }) => pat)
    const others = ['by hand', `${NAME}!`].map((displayName) => managed(0, 'delivered', { displayName }).pat)
    const found = managedPats([...others, ...pats], slot)
    expect(found.map(({ pat }) => pat.mintedAt)).toEqual([3, 3, 2, 1].map((days) => NOW - days * 86_400_000))
    expect(found.map(({ state }) => state)).toEqual(['delivered', 'fallback', 'pending', 'delivered'])
    expect(managedPats([...pats].reverse(), slot).map(({ pat }) => pat)).toEqual(found.map(({ pat }) => pat))
  })
})
