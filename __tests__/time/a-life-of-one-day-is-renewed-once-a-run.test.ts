import { expect, test } from '@jest/globals'
import { changesOf } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { buildsWork, HOUR, MINUTE, outcomeOf } from './clocks.ts'

async function sceneWithPolicy(days: number): Promise<Scene> {
  const scene = await createScene()
  scene.ado.policies.maximumLifespanDays = days
  return scene
}

const NO_ROOM = /a policy limits the lifespan.*leaves no room.*missed or late.*allowlist.*every 4 hours/

test('the run mints once, says that the policy leaves no room, and the next run is not due', async () => {
  const scene = await sceneWithPolicy(1)
  seedLive(scene)
  const told = await scene.run()
  expect(changesOf(told)).toEqual(['mint', 'write', 'change'])
  expect(told.warnings).toEqual([expect.stringMatching(NO_ROOM)])
  expect(await outcomeOf(scene)).toBe('not-due')
})

test('hourly runs for four days: renewed after two thirds of each life, at most once a run, and builds always work', async () => {
  const scene = await sceneWithPolicy(1)
  const renewedAt: number[] = []
  for (let hour = 0; hour < 96; hour += 1) {
    if ((await outcomeOf(scene)) === 'renewed') renewedAt.push(hour)
    expect(buildsWork(scene)).toBe(true)
    scene.clock.pass(HOUR)
  }
  // Minted some seconds after the run began, so that the sixteenth hour is a moment too early.
  expect(renewedAt.slice(0, 4)).toEqual([0, 17, 34, 51])
  expect(scene.ado.pats.filter((pat) => !pat.revoked && pat.validTo > scene.ado.now()).length).toBeLessThanOrEqual(3)
})

test('daily runs: each renews, none twice, and builds work for as long as no run is late', async () => {
  const scene = await sceneWithPolicy(1)
  for (let day = 0; day < 7; day += 1) {
    expect(await outcomeOf(scene)).toBe('renewed')
    scene.clock.pass(24 * HOUR - 2 * MINUTE)
    expect(buildsWork(scene)).toBe(true)
    scene.clock.pass(2 * MINUTE)
  }
  scene.clock.pass(HOUR)
  expect(buildsWork(scene)).toBe(false)
})

test('a failed run extends nothing past the policy, mints nothing that stays, and the next one renews', async () => {
  const scene = await sceneWithPolicy(1)
  await scene.run()
  scene.clock.pass(20 * HOUR)
  const mend = scene.github.refuse({ at: 'api.github.com', status: 401, message: 'Bad credentials' })
  expect(await outcomeOf(scene)).toBe('failed')
  mend()
  expect(await outcomeOf(scene)).toBe('renewed')
  expect(buildsWork(scene)).toBe(true)
})

test('in a standing fallback each run tries the organization once, and fails while it is refused and its PAT ends', async () => {
  const scene = await sceneWithPolicy(1)
  await scene.run()
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const outcomes: string[] = []
  for (let run = 0; run < 6; run += 1) {
    scene.clock.pass(5 * HOUR)
    outcomes.push(await outcomeOf(scene))
    expect([run, buildsWork(scene, 'hmcts/.github') || run < 3]).toEqual([run, true])
  }
  expect(outcomes).toContain('failed')
})

test.each([2, 2.9])('a policy of %d days leaves no room either', async (days) => {
  const scene = await sceneWithPolicy(days)
  expect((await scene.run()).warnings).toEqual([expect.stringContaining('leaves no room')])
})

test('a week leaves room for a run that fails: only the shorter life is told', async () => {
  const scene = await sceneWithPolicy(7)
  const { warnings } = await scene.run()
  expect(warnings).toEqual([expect.stringContaining('a policy limits the lifespan')])
  expect(warnings[0]).not.toContain('no room')
})

test('a life that was asked for as short as that is told in the same way, without a policy', async () => {
  const scene = await createScene()
  const { warnings } = await scene.run({ 'pat-lifetime-days': '2', 'renew-before-days': '1' })
  expect(warnings).toEqual([expect.stringMatching(/pat-lifetime-days.*no room/)])
})

test('a policy that refuses instead of cutting fails the run with what to set', async () => {
  const scene = await sceneWithPolicy(1)
  scene.ado.policies.lifespanRefuses = true
  const { conclusion } = await scene.run()
  expect(conclusion.failure).toMatch(/patLifespanPolicyViolation.*Lower pat-lifetime-days.*allowlist/)
})
