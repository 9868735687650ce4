import { expect, test } from '@jest/globals'
import { changesOf } from '../requests.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../world.ts'

const DAY = 86_400_000
const extend = (scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<Told> =>
  scene.run({ operation: 'extend', ...inputs })

const daysLeft = (scene: Scene, { validTo }: { readonly validTo: number }): number =>
  Math.round((validTo - scene.ado.now()) / DAY)

test('the live PAT ends pat-lifetime-days from now: one change, and no secret written', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  const told = await extend(scene, { 'pat-lifetime-days': '60' })
  expect(told.conclusion).toMatchObject({
    operation: 'extend',
    outcome: 'extended',
    reason: expect.stringContaining('now ends 2027-01-20'),
    deliveredTo: 'nowhere',
    live: { authorizationId: live.authorizationId, expiresAt: expect.closeTo(live.validTo, -3) },
    failure: undefined,
  })
  expect(changesOf(told)).toEqual(['change'])
  expect(daysLeft(scene, live)).toBe(60)
  expect(scene.held()).toBe(live)
  expect(told.warnings).toEqual([])
})

test('every live candidate is extended, and no other PAT', async () => {
  const scene = await createScene()
  const superseded = seedManaged(scene, { ageDays: 40, daysLeft: 4 })
  const raced = seedManaged(scene, { ageDays: 27.01, daysLeft: 3 })
  const live = seedLive(scene)
  const unfinished = seedManaged(scene, { ageDays: 1, daysLeft: 5, state: ' pending' })
  const stranger = scene.ado.seedPat({ daysLeft: 3 })
  await extend(scene)
  expect([superseded, raced, live, unfinished, stranger].map((pat) => daysLeft(scene, pat))).toEqual([4, 30, 30, 30, 3])
})

test('a whole year is asked for in a way that Azure DevOps takes', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  expect((await extend(scene, { 'pat-lifetime-days': '365' })).conclusion.outcome).toBe('extended')
  expect(daysLeft(scene, live)).toBe(365)
})

test('a policy that grants less is told, with the end that was granted', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 40
  const { conclusion, warnings } = await extend(scene)
  expect(conclusion).toMatchObject({ outcome: 'extended', reason: expect.stringContaining('now ends 2026-12-04') })
  expect(warnings).toEqual([expect.stringContaining('plus the maximum lifespan, however often it is extended')])
  expect(daysLeft(scene, live)).toBe(13)
})

test.each([false, true])(
  'where the policy leaves no room (refusing: %s), the run fails and says so',
  async (refuses) => {
    const scene = await createScene()
    const live = seedLive(scene)
    Object.assign(scene.ado.policies, { maximumLifespanDays: 30, lifespanRefuses: refuses })
    const { conclusion } = await extend(scene)
    expect(conclusion.outcome).toBe('failed')
    expect(conclusion.failure).toMatch(refuses ? /maximum personal access token lifespan/ : /plus the maximum lifespan/)
    expect(daysLeft(scene, live)).toBe(3)
  },
)

test('an expired PAT cannot be extended, and the failure says what can be done', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 31, daysLeft: -1 })
  const told = await extend(scene)
  expect(told.conclusion.outcome).toBe('failed')
  expect(told.conclusion.failure).toMatch(
    /an expired PAT cannot be extended\. Run `operation: renew` with `force: true` to mint a new PAT/,
  )
  expect(changesOf(told)).toEqual([])
})

test('without a live PAT there is nothing to extend', async () => {
  const { conclusion } = await extend(await createScene())
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('There is no live PAT') })
})

test('asked again a moment later, the end lies there already, and that is no failure', async () => {
  const scene = await createScene()
  seedLive(scene)
  await extend(scene)
  const again = await extend(scene)
  expect(again.conclusion).toMatchObject({ outcome: 'extended', failure: undefined })
  expect(again.conclusion.reason).toContain('now ends 2026-12-21')
  expect(changesOf(again)).toEqual([])
})

test('an end that lies further than asked is no policy that leaves no room', async () => {
  const scene = await createScene()
  seedLive(scene)
  await extend(scene)
  const { conclusion } = await extend(scene, { 'pat-lifetime-days': '20' })
  expect(conclusion.failure).toMatch(/which is not before .* Raise pat-lifetime-days/)
})

/** The requests go out in the order of the candidates, the oldest first. */
const refuseNth = (scene: Scene, after: number): void => {
  scene.fault({ kind: 'status', status: 403, method: 'PUT', after })
}

test('an older candidate that cannot be extended is a warning, and does not stop the others', async () => {
  const scene = await createScene()
  const raced = seedManaged(scene, { ageDays: 27.01, daysLeft: 3 })
  const live = seedLive(scene)
  refuseNth(scene, 0)
  const { conclusion, warnings } = await extend(scene)
  expect(conclusion.outcome).toBe('extended')
  expect([raced, live].map((pat) => daysLeft(scene, pat))).toEqual([3, 30])
  expect(warnings).toEqual([expect.stringContaining('could not be extended')])
})

test('where the live PAT itself cannot be extended the run fails, and names the others that were', async () => {
  const scene = await createScene()
  const raced = seedManaged(scene, { ageDays: 27.01, daysLeft: 3 })
  const live = seedLive(scene)
  refuseNth(scene, 1)
  const { conclusion } = await extend(scene)
  expect(conclusion.outcome).toBe('failed')
  expect([raced, live].map((pat) => daysLeft(scene, pat))).toEqual([30, 3])
  expect(conclusion.failure).toContain(`Could not change the PAT "${live.displayName}". Status: 403.`)
  expect(conclusion.failure).toMatch(
    new RegExp(`Others were extended: .*${raced.authorizationId}\\) now ends 2026-12-21 08:00 UTC\\.$`),
  )
})

test('and so it does for one that a run was about to make live, unless it lasts longer than asked already', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  const unfinished = seedManaged(scene, { ageDays: 1, daysLeft: 5, state: ' pending' })
  refuseNth(scene, 1)
  const { conclusion } = await extend(scene)
  expect(conclusion.failure).toContain(`Others were extended: "${live.displayName}"`)
  unfinished.validTo += 60 * DAY
  expect((await extend(scene, { 'pat-lifetime-days': '40' })).conclusion.outcome).toBe('extended')
})

test('where Azure DevOps refuses, its reason is the failure', async () => {
  const scene = await createScene()
  seedLive(scene)
  Object.assign(scene.ado.policies, { creation: 'nobody', creationCoversExtension: true })
  const { conclusion } = await extend(scene)
  expect(conclusion.failure).toContain('Restrict personal access token (PAT) creation')
})

test('GitHub need not be there: builds are to go on', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  scene.fault({ kind: 'status', status: 401, at: 'api.github.com', times: Infinity })
  const { conclusion, warnings } = await extend(scene)
  expect(conclusion.outcome).toBe('extended')
  expect(daysLeft(scene, live)).toBe(30)
  expect(warnings.join('\n')).toContain('what the secrets hold is not known')
})

test('a dry run plans, and changes nothing', async () => {
  const scene = await createScene()
  const raced = seedManaged(scene, { ageDays: 27.01, daysLeft: -1 })
  const live = seedLive(scene)
  const told = await extend(scene, { 'dry-run': 'true' })
  expect(told.conclusion).toMatchObject({ outcome: 'planned', failure: undefined })
  expect(told.conclusion.plan).toEqual([
    expect.stringMatching(new RegExp(`^Leave .*${raced.authorizationId}.* an expired PAT cannot be extended`)),
    expect.stringMatching(new RegExp(`^Extend .*${live.authorizationId}.* from 2026-11-24 08:00 UTC to 2026-12-21`)),
  ])
  expect(told.log).toEqual(expect.arrayContaining(told.conclusion.plan.map((line) => `Plan: ${line}`)))
  expect(changesOf(told)).toEqual([])
})

test.each([
  [
    'lasts longer than asked',
    { ageDays: 5, daysLeft: 60 },
    /^Leave .* ends 2027-01-20 .*, which is not before 2026-12-21/,
  ],
  ['has ended', { ageDays: 31, daysLeft: -1 }, /^Leave .* an expired PAT cannot be extended/],
])('a dry run fails as the run would where the live PAT %s, and still plans', async (_, seed, line) => {
  const scene = await createScene()
  const raced = seedManaged(scene, { ageDays: seed.ageDays + 0.01, daysLeft: 3 })
  seedLive(scene, seed)
  const dry = await extend(scene, { 'dry-run': 'true' })
  expect(changesOf(dry)).toEqual([])
  expect(dry.conclusion.outcome).toBe('failed')
  expect(dry.conclusion.plan).toEqual([
    expect.stringMatching(new RegExp(`^Extend .*${raced.authorizationId}`)),
    expect.stringMatching(line),
  ])
  const { conclusion } = await extend(scene)
  expect(conclusion.failure).toContain(dry.conclusion.failure)
})

test('a dry run of what lies there already leaves it, and plans nothing else', async () => {
  const scene = await createScene()
  seedLive(scene)
  await extend(scene)
  const { conclusion } = await extend(scene, { 'dry-run': 'true' })
  expect(conclusion).toMatchObject({
    outcome: 'planned',
    plan: [expect.stringMatching(/^Leave .* which is not before/)],
  })
})

test('a bot that is not taken fails the run', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { conclusion } = await extend(scene, { 'bot-access-token': 'nonsense' })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('access token') })
})

test('while GitHub refuses to show the organization secret it may hold a fallback, which is extended too', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  const fallback = seedManaged(scene, { ageDays: 5, daysLeft: 25, state: ' fallback' })
  seedSecret(scene, 'hmcts/.github', fallback)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { log } = await extend(scene, { 'pat-lifetime-days': '60' })
  expect([live, fallback].map((pat) => daysLeft(scene, pat))).toEqual([60, 60])
  expect(log).toContainEqual(
    expect.stringMatching(
      /^GitHub refuses to show the actions secrets of organization hmcts, which counts as a refused/,
    ),
  )
})

test('stale copies are listed with what the run did', async () => {
  const scene = await createScene()
  seedSecret(scene, 'hmcts/app-a', seedManaged(scene, { ageDays: 25, daysLeft: 5 }))
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const { conclusion } = await extend(scene, { repositories: 'app-a', 'pat-lifetime-days': '60' })
  expect(conclusion).toMatchObject({ outcome: 'extended', staleCopies: ['hmcts/app-a'] })
})
