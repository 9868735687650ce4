import { expect, test } from '@jest/globals'
import { fc, tries } from '../properties.ts'
import { alive } from '../requests.ts'
import { createScene } from '../scene.ts'
import { SECRET, seedLive, seedManaged } from '../world.ts'

const STAMP = '2026-10-01T08:00:00.417Z'
const pieces = fc.constantFrom(
  ...[SECRET, '[hmcts]', '[HMCTS]', '[hmcts/.github]', '[hmcts-x]', '[]', STAMP, '2026-13-01T08:00:00.417Z', ' ', '  '],
  ...[
    'pending',
    'fallback',
    ' pending',
    'x',
    '(',
    ')',
    '.*',
    '\\',
    '$',
    '\n',
    '\u0130',
    'made by hand',
    STAMP.slice(0, 10),
  ],
)
const anyName = fc.oneof(
  fc.array(pieces, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('')),
  fc.array(pieces, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
)

/** The format of design.md, written down once more: what is not of this form is not ours. */
const OURS = /^AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\] \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z( pending| fallback)?$/i

test.each(['renew', 'extend', 'revoke'])(
  '%s: whatever others call their PATs, they stay as they are',
  async (operation) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyName, { minLength: 1, maxLength: 8 }), async (names) => {
        const scene = await createScene()
        seedManaged(scene, { ageDays: 27, daysLeft: 3 })
        seedLive(scene, { ageDays: 26, daysLeft: 4 })
        const others = names
          .filter((name) => !OURS.test(name))
          .map((displayName) => scene.ado.seedPat({ displayName, ageDays: 20, daysLeft: 10 }))
        const before = others.map((pat) => ({ ...pat }))
        const told = await scene.run({
          ...{ operation, force: 'true', 'revoke-superseded-after-hours': '0' },
          ...(operation === 'revoke' ? { 'revoke-pats': 'all' } : {}),
        })
        expect(told.requests.some((request) => /^(PUT|DELETE) vssps/.test(request))).toBe(true)
        expect(others).toEqual(before)
      }),
      tries(15),
    )
  },
)

test('the names of one slot are never those of another', async () => {
  const scene = await createScene()
  const slots = ['hmcts', 'hmcts-x', 'hmcts/.github', 'hmcts/app-a']
  for (const slot of slots) seedManaged(scene, { slot, ageDays: 27, daysLeft: 3 })
  await scene.run({ 'revoke-superseded-after-hours': '0' })
  scene.daysPass(2)
  await scene.run({ 'revoke-superseded-after-hours': '0' })
  expect(alive(scene)).toHaveLength(slots.length)
  expect(scene.ado.pats.filter(({ revoked }) => revoked)).toEqual([scene.ado.pats[0]])
})
