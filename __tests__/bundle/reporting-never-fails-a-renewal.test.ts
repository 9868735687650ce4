import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world)
})
afterEach(() => world.close())

test('a runner without job summaries', async () => {
  const run = await runBundle(world, {}, { env: { GITHUB_STEP_SUMMARY: undefined } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' }, summary: '' })
  expect(run.shown).not.toContain('Warning: ')
})

test('a summary that cannot be written is a warning', async () => {
  const run = await runBundle(world, {}, { env: { GITHUB_STEP_SUMMARY: join(world.folder, 'gone/summary') } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  expect(run.shown).toMatch(/^Warning: The summary could not be written/m)
})

test("without the run's address only the link is missing from the summary", async () => {
  const event = join(world.folder, 'event.json')
  await writeFile(event, '{"repository":')
  const broken = await runBundle(world, {}, { env: { GITHUB_EVENT_PATH: event } })
  const nowhere = await runBundle(world, { force: 'true' }, { env: { GITHUB_REPOSITORY: undefined } })
  for (const run of [broken, nowhere]) {
    expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
    expect(run.summary).toMatch(/^## The PAT is renewed\n/)
    expect(run.summary).not.toContain('/actions/runs/')
    expect(run.shown).not.toContain('Warning: The summary')
  }
})

test('outputs that cannot be set are a warning', async () => {
  const run = await runBundle(world, {}, { env: { GITHUB_OUTPUT: join(world.folder, 'gone/output') } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.shown).toMatch(/^Warning: The outputs could not be set/m)
  expect(world.held()).toBe(world.ado.pats[1])
})
