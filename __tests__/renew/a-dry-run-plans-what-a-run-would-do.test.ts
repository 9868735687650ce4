import { expect, test } from '@jest/globals'
import { changesOf } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../world.ts'

type Inputs = Readonly<Record<string, string>>

/** The plan; that nothing was changed goes without saying. */
async function planIn(scene: Scene, inputs: Inputs = {}): Promise<readonly string[]> {
  const told = await scene.run({ ...inputs, 'dry-run': 'true' })
  expect(changesOf(told)).toEqual([])
  expect(told.conclusion.failure).toBeUndefined()
  for (const line of told.conclusion.plan) expect(told.log).toContain(`Plan: ${line}`)
  return told.conclusion.plan
}

const many = Array.from({ length: 25 }, (_, index) => `many-${index}`)
function addMany(scene: Scene): void {
  for (const name of many) scene.github.addRepository(`hmcts/${name}`)
}

test('a secret that does not exist yet would be created, and by what visibility', async () => {
  const scene = await createScene()
  expect(await planIn(scene, { 'secret-visibility': 'all' })).toContain(
    'Create AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts with the visibility all.',
  )
})

test('the usual renewal in five lines', async () => {
  const scene = await createScene()
  seedLive(scene)
  expect(await planIn(scene)).toEqual([
    'Mint a PAT "AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.000Z pending" with the scope vso.packaging_write, which ends 2026-12-21 08:00 UTC unless a policy limits its life.',
    'Prove it against hmcts-lib.',
    'Write AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts; its visibility (private) and repositories stay.',
    'Mark it delivered, and read the secrets back.',
    'Retire what is superseded once every place has held the new PAT for 24 h.',
  ])
})

test('a renewal that is due and would meet a refusal says so in the plan, and not that nothing is due', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { warnings, conclusion } = await scene.run({ 'dry-run': 'true' })
  expect(conclusion.outcome).toBe('planned')
  expect(warnings).toEqual([])
})

test('people would be told of a fallback of one store, though the other is written', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403 })
  const plan = await planIn(scene, { 'notify-issue': 'true', 'secret-stores': 'actions,dependabot' })
  expect(plan).toContain('Mark it a fallback, and read the secrets back.')
  expect(plan.at(-1)).toBe('Tell of the trouble in an issue of hmcts/.github (notify-issue).')
})

test('without ado-feed it would be proved against the feeds of the organization', async () => {
  const scene = await createScene()
  seedLive(scene)
  const plan = await planIn(scene, { 'ado-feed': '', 'ado-project': '' })
  expect(plan).toContain('Prove it against the feeds of hmcts.')
})

/** The dry run ends as the run does, and says what the run does all the same. */
async function failsAsTheRun(scene: Scene, inputs: Inputs): Promise<readonly string[]> {
  const dry = await scene.run({ ...inputs, 'dry-run': 'true' })
  expect(changesOf(dry)).toEqual([])
  for (const line of dry.conclusion.plan) expect(dry.log).toContain(`Plan: ${line}`)
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('failed')
  expect(dry.conclusion.outcome).toBe('failed')
  const [dryFailure, failure] = [dry, { conclusion }].map((told) =>
    told.conclusion.failure?.replace(/(knows this request as) \S+/, '$1 …'),
  )
  expect(dryFailure).toBe(failure)
  return dry.conclusion.plan
}

test('with fallback: none a refusal fails the dry run as it would the run: nothing is minted, the live PAT kept alive', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  expect(await failsAsTheRun(scene, { repositories: 'app-a', fallback: 'none' })).toEqual([
    expect.stringMatching(
      /^Not write the actions secrets of the organization, which GitHub refuses, and fail \(fallback: none\)\. /,
    ),
    expect.stringMatching(
      new RegExp(`^Extend .*${live.authorizationId}.* from 2026-11-24 08:00 UTC to 2026-11-30 20:00 UTC`),
    ),
  ])
  expect(new Date(live.validTo).toISOString()).toMatch(/^2026-11-30T20:00/)
})

test('a standing fallback whose organization PAT has ended fails the dry run as it would the run', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  await scene.run()
  old.validTo = scene.clock.now() - 1000
  expect(await failsAsTheRun(scene, {})).toEqual([
    expect.stringMatching(/ and fail \(a fallback stands\)\. /),
    expect.stringMatching(new RegExp(`^Leave .*${old.authorizationId}.* an expired PAT cannot be extended`)),
  ])
})

test('a fallback is marked as one, the old PAT kept alive, and nothing retired', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  seedSecret(scene, 'hmcts/app-a', seedManaged(scene, { ageDays: 60, daysLeft: 2 }))
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const [mint, prove, refusal, ...rest] = await planIn(scene, { repositories: 'app-a' })
  expect([mint, prove, refusal]).toEqual([
    expect.stringMatching(/^Mint /),
    expect.stringMatching(/^Prove /),
    expect.stringMatching(/^Not write .* and fall back to hmcts\/app-a\. /),
  ])
  expect(rest).toEqual([
    'Mark it a fallback.',
    expect.stringMatching(new RegExp(`^Extend .*${live.authorizationId}.* to 2026-12-21 08:00 UTC`)),
  ])
  await scene.run({ repositories: 'app-a' })
  expect(scene.ado.pats.at(-1)?.displayName).toMatch(/ fallback$/)
})

test('with target: repositories each place is named, and of many the number', async () => {
  const scene = await createScene()
  addMany(scene)
  const few = await planIn(scene, { target: 'repositories', repositories: 'app-a, app-b' })
  expect(few.filter((line) => line.startsWith('Write '))).toEqual([
    'Write AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a.',
    'Write AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-b.',
  ])
  const plan = await planIn(scene, { target: 'repositories', repositories: many.join(',') })
  expect(plan.filter((line) => line.startsWith('Write '))).toEqual([
    expect.stringMatching(/^Write 25 secrets of repositories: hmcts\/many-0, /),
  ])
})

test('with target: repositories no copy is stale: each is a place that would be written', async () => {
  const scene = await createScene()
  const [old, live] = [25, 9].map((ageDays) => seedManaged(scene, { ageDays, daysLeft: 15, slot: 'hmcts/.github' }))
  if (old === undefined || live === undefined) throw new Error('nothing was seeded')
  seedSecret(scene, 'hmcts/app-a', old)
  seedSecret(scene, 'hmcts/app-b', live)
  const plan = await planIn(scene, { target: 'repositories', repositories: 'app-a, app-b' })
  expect(plan.map((line) => line.split(' ')[0])).toEqual(['Mint', 'Prove', 'Write', 'Write', 'Mark', 'Retire'])
  expect(plan).toContain('Write AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a.')
  expect(plan.join('\n')).not.toContain('stale')
})

test('an unfinished sweep would be completed: only what it did not reach would be written', async () => {
  const scene = await createScene()
  const live = seedManaged(scene, { ageDays: 9, daysLeft: 21, slot: 'hmcts/.github' })
  const pending = seedManaged(scene, { ageDays: 1, daysLeft: 29, slot: 'hmcts/.github', state: ' pending' })
  seedSecret(scene, 'hmcts/app-a', live)
  seedSecret(scene, 'hmcts/app-b', pending)
  const plan = await planIn(scene, { target: 'repositories', repositories: 'app-a, app-b' })
  expect(plan.filter((line) => line.startsWith('Write '))).toEqual([
    'Write AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a.',
  ])
})

test.each([
  ['remove', 'would be removed, if the organization secret reaches its repository'],
  ['report', 'would be reported'],
])('not due: with stale-copies: %s a stale copy %s, and of many the number', async (policy, words) => {
  const scene = await createScene()
  addMany(scene)
  const stale = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  seedSecret(scene, 'hmcts/app-a', stale)
  expect(await planIn(scene, { repositories: 'app-a', 'stale-copies': policy })).toEqual([
    `The stale copy AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a ${words}.`,
  ])
  for (const name of many) seedSecret(scene, `hmcts/${name}`, stale)
  expect(await planIn(scene, { repositories: many.join(','), 'stale-copies': policy })).toEqual([
    expect.stringMatching(new RegExp(`^25 stale copies ${words}: hmcts/many-0, `)),
  ])
})

test('a GitHub that takes no credential fails it, and unlike a run it does not even extend the live PAT', async () => {
  const scene = await createScene()
  const { validTo } = seedLive(scene)
  scene.fault({ kind: 'status', status: 401, at: 'api.github.com', times: Infinity })
  const told = await scene.run({ 'dry-run': 'true' })
  expect(told.conclusion.outcome).toBe('failed')
  expect(changesOf(told)).toEqual([])
  expect(scene.ado.pats.map((pat) => pat.validTo)).toEqual([validTo])
})
