import { expect, test } from '@jest/globals'
import { GitHubFailure } from '../../../src/github/refusals.ts'
import type { Delivered } from '../../../src/operations/steps/deliver.ts'
import { fallbackInShort, fallbackInWords, nothingLeftToExtend } from '../../../src/operations/steps/fallback-words.ts'
import { DAY } from '../../../src/clock.ts'
import { createScene } from '../../scene.ts'
import { VirtualClock } from '../../wire.ts'
import { managed } from '../../renewal/slot.ts'
import { seedLive } from '../../world.ts'

interface Said {
  readonly status?: number
  readonly said?: string
  readonly missingPermission?: string
}

function refusal({ status, said, missingPermission }: Said): GitHubFailure {
  const why = { kind: 'refused', refusal: 'no-permission', fallsBack: true, hint: 'Grant it.' } as const
  return new GitHubFailure({ ...why, doing: 'write the secret', status, said, missingPermission })
}

function fellBack(said: readonly Said[], more: Partial<Delivered> = {}): Delivered {
  return {
    to: 'repositories',
    organization: [],
    repositories: ['hmcts/app-a'],
    refusals: said.map(refusal),
    failure: undefined,
    mayBeHeld: true,
    ...more,
  }
}

const forbidden = { status: 403, said: 'No', missingPermission: 'organization_secrets=write' }

test.each<readonly [string, readonly Said[], Delivered['to'], string]>([
  ['all', [forbidden], 'repositories', '(status 403, "No", missing permission organization_secrets=write)'],
  ['some', [{ status: 502 }], 'mixed', '(status 502)'],
  [
    'each once',
    [forbidden, forbidden, { status: 404, said: 'Not Found' }],
    'mixed',
    '(status 403, "No", missing permission organization_secrets=write; status 404, "Not Found")',
  ],
  [
    'an unknown status',
    [{ missingPermission: 'admin:org' }],
    'repositories',
    '(status unknown, missing permission admin:org)',
  ],
])('the reason names what GitHub said: %s', (_, said, to, words) => {
  const whither = to === 'mixed' ? 'repositories for some stores' : 'repositories'
  expect(fallbackInShort(fellBack(said, { to }))).toBe(
    `fallback to ${whither}, because GitHub refused the organization write ${words}`,
  )
})

test('the output `reason` ends with it', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  expect((await scene.run()).conclusion.reason).toMatch(
    /^the live PAT is near its end: .*; fallback to repositories, because GitHub refused the organization write \(status 403, ".*", missing permission organization_secrets=write\)$/,
  )
})

test.each([
  [['hmcts/app-a'], '1 repository instead.'],
  [['hmcts/app-a', 'hmcts/app-b'], '2 repositories instead.'],
] as const)('%j are counted', (repositories, words) => {
  expect(fallbackInWords(fellBack([forbidden], { repositories }), [], [], 0)).toContain(`so the new PAT is in ${words}`)
})

test('the day on which builds stop is that of the PAT that ends first', () => {
  const pats = [2, 1, 3].map((days) => managed(0, 'delivered', { expiresAt: Date.UTC(2026, 10, 21) + days * DAY }).pat)
  const [before, after] = [Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 22)]
  const words = (now: number): readonly string[] => [
    fallbackInWords(fellBack([forbidden]), pats, pats, now),
    nothingLeftToExtend({ clock: new VirtualClock(now) }, [refusal(forbidden)], pats).message,
  ]
  for (const line of words(before)) expect(line).toContain(' stop on 2026-11-22 00:00 UTC.')
  for (const line of words(after)) expect(line).toContain(' fail since 2026-11-22 00:00 UTC.')
})
