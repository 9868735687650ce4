import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

test('a PAT with 20 days left is not due: nothing but readings', async () => {
  const live = seedLive(world, { ageDays: 10, daysLeft: 20 })
  const run = await runBundle(world)
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'not-due', 'delivered-to': 'nowhere' } })
  expect(run.outputs['authorization-id']).toBe(live.authorizationId)
  expect(run.exchanges.filter(({ method }) => method !== 'GET')).toEqual([])
  expect(run.summary).toMatch(/^## The PAT is not due for renewal\n/)
})

test('right after a renewal the next run finds nothing to do', async () => {
  seedLive(world)
  await runBundle(world)
  const again = await runBundle(world)
  expect(again).toMatchObject({ exitCode: 0, outputs: { outcome: 'not-due' } })
  expect(again.exchanges.filter(({ method }) => method !== 'GET')).toEqual([])
})

test('a dry run prints the plan and writes nothing', async () => {
  const live = seedLive(world)
  const run = await runBundle(world, { 'dry-run': 'true' })
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'planned', 'delivered-to': 'nowhere' } })
  expect(run.exchanges.filter(({ method }) => method !== 'GET')).toEqual([])
  expect(world.ado.pats).toEqual([live])
  expect(world.held()).toBe(live)
  expect(run.shown).toContain('Plan: Mint a PAT')
  expect(run.summary).toMatch(/^## Dry run/)
})
