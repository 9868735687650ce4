import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { stores } from '../../src/place.ts'
import { seedLive, seedSecret } from '../world.ts'

let world: BundleWorld
let inputs: Readonly<Record<string, string>>
beforeEach(async () => {
  world = await startBundleWorld()
  const live = seedLive(world)
  for (const store of stores) seedSecret(world, 'hmcts', live, { store })
  const token = world.github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
  inputs = { 'secret-stores': stores.join('\n'), 'github-token': token }
})
afterEach(() => world.close())

test('all four stores get the PAT, each sealed with its own key, and each is read back', async () => {
  const run = await runBundle(world, inputs)
  expect(run).toMatchObject({
    exitCode: 0,
    stderr: '',
    outputs: { outcome: 'renewed', 'delivered-to': 'organization' },
  })
  expect(run.shown).not.toContain('Warning')
  const minted = world.ado.pats.at(-1)
  for (const store of stores) {
    expect(world.held('hmcts', store)).toBe(minted)
    const where = store === 'actions' ? 'organization hmcts' : `organization hmcts (${store})`
    expect(run.shown).toContain(`Confirmed: AZURE_DEVOPS_ARTIFACT_TOKEN of ${where} was written`)
  }
  const keys = run.requests.flatMap((line) => /"key_id":"(\d+)"/.exec(line)?.[1] ?? [])
  expect(new Set(keys).size).toBe(4)
})

test.each(stores)('the %s store alone falls back where it alone is refused', async (refused) => {
  const live = world.held()
  world.github.refuse({ home: 'hmcts', store: refused, status: 403 })
  const run = await runBundle(world, inputs)
  expect(run).toMatchObject({
    exitCode: 0,
    stderr: '',
    outputs: { outcome: 'renewed', 'delivered-to': 'mixed', 'repositories-written': '["hmcts/.github"]' },
  })
  const minted = world.ado.pats.at(-1)
  for (const store of stores) expect(world.held('hmcts', store)).toBe(store === refused ? live : minted)
  expect(world.held('hmcts/.github', refused)).toBe(minted)
  expect(run.shown).toMatch(/^Warning: Fallback/m)
})

test('that Codespaces take no App token is said before anything is minted', async () => {
  const app = { 'github-token': world.githubToken, 'secret-stores': 'actions,codespaces', fallback: 'none' }
  const run = await runBundle(world, app)
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed', 'delivered-to': 'nowhere' } })
  expect(run.shown).toContain('Warning: Codespaces secrets of an organization take no App token')
  expect(world.ado.pats).toHaveLength(1)
})
