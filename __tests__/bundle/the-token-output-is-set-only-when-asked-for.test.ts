import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world)
})
afterEach(() => world.close())

test('expose-token hands the new PAT to later steps, masked', async () => {
  const run = await runBundle(world, { 'expose-token': 'true' })
  expect(run.outputs.token).toBe(world.ado.pats[1]?.token)
  expect(run.masks).toContain(run.outputs.token)
})

test('without it there is no such output', async () => {
  expect((await runBundle(world)).outputs).not.toHaveProperty('token')
})
