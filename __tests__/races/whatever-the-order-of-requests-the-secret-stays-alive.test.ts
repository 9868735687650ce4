import { expect, test } from '@jest/globals'
import { fc, tries } from '../properties.ts'
import { alive } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../world.ts'
import { raceOf, shuffleRequests } from './race.ts'

const beginnings: Readonly<Record<string, (scene: Scene) => void>> = {
  'near its end': (scene) => void seedLive(scene),
  'no PAT yet': () => undefined,
  'an unfinished PAT in the secret': (scene) => {
    seedLive(scene, { ageDays: 20, daysLeft: 10 })
    seedSecret(scene, 'hmcts', seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' pending' }))
  },
  'an overwritten secret': (scene) => void seedLive(scene, { ageDays: 5, daysLeft: 25, writtenDaysAgo: 1 }),
}

const buildsWork = (scene: Scene): boolean => scene.ado.accepts(scene.held()?.token ?? '')

test.each(Object.entries(beginnings))('%s: two to five runs at once, in any order of requests', async (_, begin) => {
  const runs = fc.integer({ min: 2, max: 5 })
  await fc.assert(
    fc.asyncProperty(runs, fc.nat(), fc.constantFrom('0', '24'), async (count, seed, grace) => {
      const scene = await createScene()
      begin(scene)
      shuffleRequests(scene, seed)
      const inputs = { 'revoke-superseded-after-hours': grace }
      for (const { conclusion } of await raceOf(scene, count, inputs)) expect(conclusion.failure).toBeUndefined()
      expect(buildsWork(scene)).toBe(true)
      for (let day = 1; day <= 3; day += 1) {
        scene.daysPass(1)
        expect(buildsWork(scene)).toBe(true)
        expect((await scene.run(inputs)).conclusion.failure).toBeUndefined()
        expect(buildsWork(scene)).toBe(true)
      }
      scene.daysPass(20)
      expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
      scene.daysPass(2)
      await scene.run(inputs)
      expect(alive(scene)).toEqual([scene.held()])
    }),
    tries(3),
  )
})

test('five runs at once after a refusal for good: each repository holds a PAT that works, as does the organization', async () => {
  const scene = await createScene()
  seedLive(scene, { daysLeft: 5 })
  const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
  shuffleRequests(scene, 7)
  const inputs = { repositories: '.github, app-a' }
  for (const { conclusion } of await raceOf(scene, 5, inputs)) expect(conclusion.outcome).toBe('renewed')
  const homes = ['hmcts', 'hmcts/.github', 'hmcts/app-a']
  const allWork = (): boolean => homes.every((home) => scene.ado.accepts(scene.held(home)?.token ?? ''))
  for (let day = 1; day <= 10; day += 1) {
    expect(allWork()).toBe(true)
    scene.daysPass(1)
    expect((await scene.run(inputs)).conclusion.failure).toBeUndefined()
  }
  mend()
  for (const { conclusion } of await raceOf(scene, 5, { ...inputs, force: 'true' }))
    expect(conclusion.outcome).toBe('renewed')
  expect(allWork()).toBe(true)
})
