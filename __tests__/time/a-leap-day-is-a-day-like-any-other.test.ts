import { expect, test } from '@jest/globals'
import { alive } from '../requests.ts'
import { createScene } from '../scene.ts'
import { buildsWork, outcomeOf } from './clocks.ts'

async function sceneAt(time: string) {
  const scene = await createScene()
  scene.clock.moveTo(Date.parse(time))
  return scene
}

const dayOf = (time = 0): string => new Date(time).toISOString().slice(0, 10)

test('minted on the leap day for a year: a life of 365 days, no warning, and renewed ten days before its end', async () => {
  const scene = await sceneAt('2028-02-29T23:59:30.000Z')
  const told = await scene.run({ 'pat-lifetime-days': '365' })
  expect(told.warnings).toEqual([])
  expect(dayOf(told.conclusion.live?.expiresAt)).toBe('2029-02-28')
  expect(dayOf(told.conclusion.dueAt)).toBe('2029-02-18')
  scene.clock.moveTo(Date.parse('2029-02-18T06:00:00.000Z'))
  expect(await outcomeOf(scene, { 'pat-lifetime-days': '365' })).toBe('not-due')
  scene.daysPass(1)
  expect(await outcomeOf(scene, { 'pat-lifetime-days': '365' })).toBe('renewed')
})

test('daily runs from February into March of a leap year: a renewal every 21 days, and builds always work', async () => {
  const scene = await sceneAt('2028-02-12T05:17:00.000Z')
  const renewed: string[] = []
  for (let day = 0; day < 45; day += 1) {
    const today = dayOf(scene.clock.now())
    if ((await outcomeOf(scene)) === 'renewed') renewed.push(today)
    expect(buildsWork(scene)).toBe(true)
    scene.daysPass(1)
  }
  expect(renewed).toEqual(['2028-02-12', '2028-03-04', '2028-03-25'])
  expect(alive(scene).length).toBeLessThanOrEqual(2)
})

test.each(['2027-12-31T23:59:59.900Z', '2028-02-28T23:59:59.900Z', '2028-02-29T00:00:00.000Z'])(
  'a run that begins at %s names, marks and finds its PAT',
  async (time) => {
    const scene = await sceneAt(time)
    expect(await outcomeOf(scene)).toBe('renewed')
    expect(scene.held()?.displayName).toMatch(/Z$/)
    expect(await outcomeOf(scene)).toBe('not-due')
  },
)
