import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'
import { changesOf, verbsOf } from '../../requests.ts'
import { withRefreshToken } from '../bot/sign-in.ts'

const FEED = 'feeds.dev.azure.com'
const HEALTHY = { ageDays: 5, daysLeft: 25 }

/** What the feed may make of the value that the job sees, and how that is arranged. */
const verdicts = {
  accepted: () => undefined,
  refused: (scene: Scene) => {
    const [live] = scene.ado.pats
    if (live !== undefined) Object.assign(live, { usableFrom: Infinity })
  },
  unknown: (scene: Scene) => {
    scene.fault({ kind: 'status', status: 403, at: FEED, times: 2 })
  },
} as const

const organization = [
  ['accepted', 'not-due', []],
  [
    'refused',
    'renewed',
    [/^The feed refuses the PAT that the secret holds now/, /^The feed refuses current-pat, though/],
  ],
  ['unknown', 'not-due', [/^What the feed thinks of current-pat cannot be told/]],
] as const

test.each(organization)('organization: %s: the run is %s', async (verdict, outcome, warnings) => {
  const scene = await createScene()
  const live = seedLive(scene, HEALTHY)
  verdicts[verdict](scene)
  const told = await scene.run({ 'current-pat': live.token })
  expect(told.conclusion.outcome).toBe(outcome)
  expect(told.warnings).toEqual(warnings.map((warning) => expect.stringMatching(warning)))
  expect(told.masked).toContain(live.token)
  const taken = 'The feed takes the PAT that the secret holds now (current-pat), and refuses a made-up one.'
  expect(told.log.includes(taken)).toBe(verdict === 'accepted')
})

test('organization: without the bot the run does not begin, since its PATs are looked at in any case', async () => {
  const scene = await createScene()
  const run = scene.run({ 'current-pat': seedLive(scene, HEALTHY).token, 'bot-access-token': '' })
  await expect(run).rejects.toThrow('bot-refresh-token: is blank, and operation renew needs the bot to sign in')
  expect(scene.emulator.transcript).toEqual([])
})

test('organization: a refused one is why the renewal is due', async () => {
  const scene = await createScene()
  const live = seedLive(scene, HEALTHY)
  live.revoked = true
  live.revokedAt = scene.clock.now()
  const { conclusion } = await scene.run({ 'current-pat': live.token })
  expect(conclusion.reason).toBe('the feed refuses the PAT that the secret holds now')
})

test.each([401, 403] as const)(
  'organization: a runner that is blocked (%s) says nothing of a healthy PAT',
  async (status) => {
    const scene = await createScene()
    const live = seedLive(scene, HEALTHY)
    scene.ado.user.conditionalAccessBlocksPats = true
    scene.ado.behaviour.conditionalAccessStatus = status
    const told = await scene.run({ 'current-pat': live.token })
    expect(told.conclusion.outcome).toBe('not-due')
    expect(told.warnings).toEqual([expect.stringMatching(/cannot be told.*VS403463.*Conditional Access policy/)])
    expect(changesOf(told)).toEqual([])
  },
)

test('organization: an accepted one settles that somebody else wrote the secret', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ...HEALTHY, writtenDaysAgo: 1 })
  expect((await scene.run({ 'dry-run': 'true' })).conclusion.reason).toContain('maybe by somebody else')
  expect((await scene.run({ 'current-pat': live.token })).conclusion.outcome).toBe('not-due')
})

test.each(['accepted', 'unknown'] as const)(
  'organization: and one that is %s says nothing of other stores, nor of the twin',
  async (verdict) => {
    for (const other of [{ store: 'dependabot' }, { name: 'IN_BASE64', base64: true }] as const) {
      const scene = await createScene()
      const live = seedLive(scene, HEALTHY)
      seedSecret(scene, 'hmcts', live, { ...other, writtenDaysAgo: 1 })
      verdicts[verdict](scene)
      const inputs =
        'store' in other ? { 'secret-stores': 'actions, dependabot' } : { 'secret-name-base64': 'IN_BASE64' }
      const { conclusion } = await scene.run({ ...inputs, 'current-pat': live.token })
      expect(conclusion).toMatchObject({
        outcome: 'renewed',
        reason: expect.stringContaining('maybe by somebody else'),
      })
      scene.daysPass(1)
      const again = await scene.run({ ...inputs, 'current-pat': scene.held()?.token ?? '' })
      expect(again.conclusion.outcome).toBe('not-due')
    }
  },
)

test('organization: a feed for anybody says nothing about it', async () => {
  const scene = await createScene()
  seedLive(scene, HEALTHY)
  scene.ado.feed.anonymous = true
  const told = await scene.run({ 'current-pat': 'made-up-by-somebody' })
  expect(told.conclusion.outcome).toBe('not-due')
  expect(told.warnings).toEqual([expect.stringContaining('takes anybody')])
})

/** hmcts/app-a keeps a copy of its own, and its workflow has the renewal as a step. */
async function consumer(): Promise<{ scene: Scene; run: Scene['run'] }> {
  const scene = await createScene()
  const live = seedManaged(scene, { ...HEALTHY, slot: 'hmcts/app-a' })
  seedSecret(scene, 'hmcts/app-a', live)
  const run: Scene['run'] = (inputs) =>
    scene.run({ target: 'repositories', 'current-pat': live.token, ...inputs }, { repository: 'hmcts/app-a' })
  return { scene, run }
}

test.each([{}, { 'bot-access-token': '' }])('repositories: accepted: two requests, and no bot (%j)', async (inputs) => {
  const { run } = await consumer()
  const told = await run(inputs)
  expect(told.conclusion).toMatchObject({
    outcome: 'not-due',
    reason: 'the feed takes the PAT that the secret holds now',
  })
  expect(verbsOf(told)).toEqual(['probe', 'probe'])
})

test.each([
  [30, []],
  [79, []],
  [80, [expect.stringMatching(/^While the feed takes current-pat the bot does not sign in.* all the 80 days/)]],
])(
  'repositories: accepted, with a PAT of %i days: whether the refresh token idles too long is told',
  async (days, told) => {
    const { scene, run } = await consumer()
    const { inputs } = withRefreshToken(scene, { home: 'hmcts/app-a' })
    const ended = await run({ ...inputs, 'pat-lifetime-days': String(days) })
    expect(ended.conclusion.outcome).toBe('not-due')
    expect(ended.warnings).toEqual(told)
    expect(verbsOf(ended)).toEqual(['probe', 'probe'])
  },
)

test.each([
  ['an access token has none that could idle', { 'pat-lifetime-days': '365' }],
  ['without current-pat every run rolls it', { 'pat-lifetime-days': '365', 'current-pat': '', refresh: 'token' }],
])('repositories: %s', async (_, { refresh, ...given }: Readonly<Record<string, string>>) => {
  const { scene, run } = await consumer()
  const { inputs } = refresh === undefined ? { inputs: {} } : withRefreshToken(scene, { home: 'hmcts/app-a' })
  expect((await run({ ...inputs, ...given })).warnings).toEqual([])
})

test('repositories: accepted, but forced: renewed', async () => {
  const { scene, run } = await consumer()
  const told = await run({ force: 'true' })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(scene.held('hmcts/app-a')).toBe(scene.ado.pats.at(-1))
})

test('repositories: refused: renewed, and the feed was asked about the old one just once', async () => {
  const { scene, run } = await consumer()
  verdicts.refused(scene)
  const told = await run()
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-a'] })
  expect(verbsOf(told).filter((verb) => verb === 'probe')).toHaveLength(4)
  expect(scene.held('hmcts/app-a')).toBe(scene.ado.pats.at(-1))
})

test('repositories: refused, without a bot: the run fails and says what to set', async () => {
  const { scene, run } = await consumer()
  verdicts.refused(scene)
  const told = await run({ 'bot-access-token': '' })
  expect(told.conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringContaining('Set bot-refresh-token'),
  })
  expect(changesOf(told)).toEqual([])
})

test('repositories: unknown: what Azure DevOps lists decides', async () => {
  const { scene, run } = await consumer()
  verdicts.unknown(scene)
  const told = await run()
  expect(told.conclusion.outcome).toBe('not-due')
  expect(verbsOf(told)).toContain('list')
})

test('repositories: unknown, without a bot: the run fails', async () => {
  const { scene, run } = await consumer()
  verdicts.unknown(scene)
  expect((await run({ 'bot-access-token': '' })).conclusion.outcome).toBe('failed')
})
