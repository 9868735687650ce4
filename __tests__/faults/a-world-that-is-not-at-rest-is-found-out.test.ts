import { describe, expect, test } from '@jest/globals'
import { COPY, REFRESH } from '../vault/vault.ts'
import { SECRET, seedManaged, seedSecret } from '../world.ts'
import { type Rest, restOf, wrongInFallback } from './at-rest.ts'
import { newest, reseed } from './bending.ts'
import { type Honest, honest } from './honest.ts'
import { scenes, TWIN } from './scenes.ts'

const DAY = 86_400_000
const HOUR = DAY / 24

function rest({ world, scene, seeded }: Honest): Rest {
  return restOf(world, scene, seeded)
}

const atRest: Rest = { wrong: [], waiting: [], retiring: [], lagging: [] }

test.each(scenes.filter(({ fallsBack }) => fallsBack !== true))(
  'after an honest run nothing is left: $name',
  async ({ name }) => {
    expect(rest(await honest(name))).toEqual(atRest)
  },
)

type Bend = readonly [what: string, scene: string, bend: (game: Honest) => unknown, sentence: string | RegExp]

const bends: readonly Bend[] = [
  [
    'no live PAT',
    'organization',
    ({ world }) => {
      for (const pat of world.ado.pats) pat.revoked = true
    },
    '5: there is no live PAT',
  ],
  [
    'one more',
    'organization',
    ({ world }) => seedManaged(world, { ageDays: 2, daysLeft: 20 }),
    /^5: ".*" is alive beside the live PAT$/,
  ],
  [
    'an unfinished one',
    'stale-copies',
    ({ world }) => seedManaged(world, { ageDays: 0, daysLeft: 20, state: ' pending' }),
    /^5: ".* pending" is alive beside/,
  ],
  [
    'another in the organization',
    'organization',
    (g) => {
      reseed(g, SECRET, 'actions', { value: g.seeded[0]?.token })
    },
    `5: ${SECRET} (actions) of hmcts does not hold the live PAT`,
  ],
  [
    'another in the other store',
    'every-place',
    (g) => {
      reseed(g, TWIN, 'dependabot', { value: 'x' })
    },
    `5: ${TWIN} (dependabot) of hmcts does not hold the live PAT`,
  ],
  [
    'another in a copy',
    'stale-copies',
    ({ world, seeded }) => {
      if (seeded[0]) seedSecret(world, 'hmcts/app-b', Object.assign(seeded[0], { revoked: true, revokedAt: 0 }))
    },
    `5: ${SECRET} (actions) of hmcts/app-b does not hold the live PAT`,
  ],
  [
    'another in the vault',
    'vault',
    ({ world }) => Object.assign(world.vault.current(COPY) ?? {}, { value: 'x' }),
    '5: the vault does not hold the live PAT',
  ],
  [
    'no secret',
    'organization',
    ({ world }) => {
      world.github.deleteSecret('hmcts', 'actions', SECRET)
    },
    `5: ${SECRET} (actions) of hmcts is gone`,
  ],
  [
    'no twin',
    'every-place',
    ({ world }) => {
      world.github.deleteSecret('hmcts', 'actions', TWIN)
    },
    `5: ${TWIN} (actions) of hmcts is gone`,
  ],
  [
    'no copy',
    'stale-copies',
    ({ world }) => {
      world.github.deleteSecret('hmcts/app-a', 'actions', SECRET)
    },
    `5: ${SECRET} (actions) of hmcts/app-a is gone`,
  ],
  [
    'no copy in the vault',
    'vault',
    ({ world }) => Object.assign(world.vault.secret(COPY) ?? {}, { deleted: true }),
    '5: the copy in the vault is gone',
  ],
  [
    'another scope',
    'organization',
    (g) => (newest(g).scope = 'vso.packaging'),
    '5: the live PAT has the scope vso.packaging',
  ],
  ['everywhere', 'organization', (g) => (newest(g).targetAccounts = null), '5: the live PAT is valid elsewhere too'],
  ['another life', 'organization', (g) => (newest(g).validTo -= DAY), '5: the live PAT lives 29 days'],
  ['tokens swapped', 'refresh-token', swapTokens, /^5: the refresh tokens are not the two newest/],
  [
    'one token',
    'vault',
    ({ world }) =>
      Object.assign(world.vault.current(REFRESH) ?? {}, { value: world.entra.refreshTokens.at(-1)?.value }),
    /^5: the refresh tokens are not/,
  ],
]

function swapTokens({ world }: Honest): void {
  const home = ['hmcts/.github', 'actions', 'ADO_BOT_REFRESH_TOKEN'] as const
  const [newestToken, previous] = world.github.secret(...home)?.value.split('\n') ?? []
  world.github.seedSecret(...home, { value: `${previous}\n${newestToken}` })
}

test.each(bends)('%s (%s)', async (_, name, bend, sentence) => {
  const game = await honest(name)
  bend(game)
  const { wrong } = rest(game)
  expect(wrong).toEqual([typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)])
})

describe('what may still wait', () => {
  test('for the next renewal: what was minted within an hour before the live PAT', async () => {
    const game = await honest('organization')
    const live = newest(game)
    const twin = seedManaged(game.world, { daysLeft: 30, ageDays: 0 })
    Object.assign(twin, { validFrom: live.validFrom - HOUR / 2 })
    expect(rest(game)).toEqual({ ...atRest, waiting: [twin] })
  })

  test('for the day on which copies are refreshed: stale ones that work, and what they hold', async () => {
    const game = await honest('stale-copies')
    const { world } = game
    const held = seedManaged(world, { ageDays: 20, daysLeft: 10 })
    seedSecret(world, 'hmcts/app-b', held)
    const lagging = [`${SECRET} (actions) of hmcts/app-b`]
    world.clock.pass(1.1 * DAY)
    for (const pat of game.seeded) pat.revoked = true
    expect(rest(game)).toEqual({ ...atRest, lagging })
    world.clock.pass(2 * DAY)
    expect(rest(game).wrong).toHaveLength(2)
    held.revoked = true
    expect(rest(game)).toMatchObject({ wrong: [`5: ${lagging[0]} does not hold the live PAT`] })
  })

  test('for the end of the grace time: what a run minted and another replaced; nothing after that', async () => {
    const game = await honest('refresh-token')
    const orphan = seedManaged(game.world, { daysLeft: 30, ageDays: 0 })
    Object.assign(orphan, { validFrom: newest(game).validFrom - 2 * HOUR })
    Object.assign(
      game.world.ado.pats,
      game.world.ado.pats.sort((one, other) => one.validFrom - other.validFrom),
    )
    expect(rest(game)).toEqual({ ...atRest, retiring: [orphan] })
    game.world.clock.pass(1.1 * DAY)
    expect(rest(game).wrong).toContain(`5: "${orphan.displayName}" is alive beside the live PAT`)
  })
})

describe('while the organization is refused', () => {
  const fallback = (): Promise<Honest> => honest('fallback')
  const complaints = ({ world, scene }: Honest): readonly string[] => wrongInFallback(world, scene)

  test('the fallback stands', async () => {
    expect(complaints(await fallback())).toEqual([])
  })

  test('not while it is unmarked, nor while a repository holds what there was before', async () => {
    const unmarked = await fallback()
    newest(unmarked).displayName = newest(unmarked).displayName.replace(' fallback', ' pending')
    expect(complaints(unmarked)).toEqual(['5: the fallback does not stand'])
    const lagging = await fallback()
    if (lagging.seeded[0]) seedSecret(lagging.world, 'hmcts/app-b', lagging.seeded[0])
    expect(complaints(lagging)).toEqual(['5: the fallback does not stand'])
  })

  test('and every repository has a PAT that works', async () => {
    const game = await fallback()
    const held = game.world.held()
    if (held) held.revoked = true
    expect(complaints(game)).toEqual(['5: hmcts holds no PAT that works'])
  })
})
