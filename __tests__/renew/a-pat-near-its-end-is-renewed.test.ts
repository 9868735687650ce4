import { expect, test } from '@jest/globals'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

test('a PAT near its end is renewed: minted, proved, delivered, marked, confirmed', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { conclusion, requests, warnings, log } = await scene.run()
  console.log(log.join('\n'), requests.join('\n'))
  expect(conclusion).toMatchObject({
    outcome: 'renewed',
    deliveredTo: 'organization',
    superseded: [old.authorizationId],
  })
  expect(warnings).toEqual([])
  expect(scene.held()).toBe(scene.ado.pats.at(-1))
  expect(requests).toEqual([])
})
