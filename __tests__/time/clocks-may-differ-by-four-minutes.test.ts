import { describe, expect, test } from '@jest/globals'
import { alive } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { SECRET, seedLive } from '../world.ts'
import { buildsWork, DAY, MINUTE, outcomeOf } from './clocks.ts'

/** Each of the three may be four minutes ahead or behind: as the runner sees it, the others are up to eight off. */
const clocks = [
  [-8, -8],
  [-8, 0],
  [-4, 4],
  [0, -8],
  [0, 8],
  [4, -4],
  [8, 0],
  [8, 8],
] as const

async function skewed([azure, gitHub]: readonly [number, number]): Promise<Scene> {
  const scene = await createScene()
  scene.ado.skew = scene.entra.skew = azure * MINUTE
  scene.github.skew = gitHub * MINUTE
  return scene
}

describe.each(clocks)("Azure's clock %i and GitHub's %i minutes off the runner's", (...minutes) => {
  test('renews once, is then not due, retires the old PAT, and renews again in time', async () => {
    const scene = await skewed(minutes)
    const old = seedLive(scene)
    const first = await scene.run()
    expect([first.conclusion.outcome, first.warnings]).toEqual(['renewed', []])
    expect(await outcomeOf(scene)).toBe('not-due')
    scene.daysPass(1.5)
    expect(await outcomeOf(scene)).toBe('not-due')
    expect(old.revoked).toBe(true)
    scene.clock.pass(18.4 * DAY)
    expect(await outcomeOf(scene)).toBe('not-due')
    scene.clock.pass(0.2 * DAY)
    expect(await outcomeOf(scene)).toBe('renewed')
    scene.daysPass(2)
    expect(await outcomeOf(scene)).toBe('not-due')
    expect(alive(scene)).toEqual([scene.held()])
  })

  test('a copy written with the renewal is no stale one, and a fallback stands', async () => {
    const scene = await skewed(minutes)
    seedLive(scene)
    const value = scene.held()?.token ?? ''
    scene.github.seedSecret('hmcts/app-a', 'actions', SECRET, { value, updatedAt: scene.clock.now() - 20 * DAY })
    const inputs = { repositories: 'app-a' }
    expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'renewed', staleCopies: [] })
    expect(scene.held('hmcts/app-a')).toBe(scene.held())
    expect(await outcomeOf(scene, inputs)).toBe('not-due')

    const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
    expect((await scene.run({ ...inputs, force: 'true' })).conclusion.deliveredTo).toBe('repositories')
    expect(await outcomeOf(scene, inputs)).toBe('not-due')
    expect([buildsWork(scene), buildsWork(scene, 'hmcts/app-a')]).toEqual([true, true])
    mend()
    expect((await scene.run({ ...inputs, force: 'true' })).conclusion.deliveredTo).toBe('organization')
  })
})
