import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { SECRET, seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

function weakToken(): string {
  return world.github.token({ kind: 'app', permissions: { organization_secrets: 'read', secrets: 'write' } })
}

test('403 at the organization: the repositories are served, with a warning that says what to do', async () => {
  const old = seedLive(world)
  const run = await runBundle(world, { 'github-token': weakToken(), repositories: 'app-a, app-b' })
  expect(run).toMatchObject({
    exitCode: 0,
    outputs: {
      outcome: 'renewed',
      'delivered-to': 'repositories',
      'repositories-written': '["hmcts/app-a","hmcts/app-b"]',
    },
  })
  const [, minted] = world.ado.pats
  expect(world.held()).toBe(old)
  for (const name of ['hmcts/app-a', 'hmcts/app-b'])
    expect(world.github.visibleTo(name, 'actions', SECRET)).toBe(minted?.token)
  expect(minted?.displayName).toMatch(/ fallback$/)
  const [warning] = /^Warning: Fallback.*/m.exec(run.shown) ?? []
  expect(warning).toContain('lacks organization_secrets=write')
  expect(warning).toContain('run with `force: true`')
  expect(run.summary).toMatch(/^## The PAT is renewed in repositories only\n/)
  expect(old.validTo).toBeGreaterThan(Date.now() + 25 * 86_400_000)
})

test('the next run leaves a standing fallback alone, and says so', async () => {
  seedLive(world)
  const inputs = { 'github-token': weakToken(), repositories: 'app-a' }
  await runBundle(world, inputs)
  const again = await runBundle(world, inputs)
  expect(again).toMatchObject({ exitCode: 0, outputs: { outcome: 'not-due' } })
  expect(again.exchanges.filter(({ method }) => method !== 'GET')).toEqual([])
  expect(again.shown).toMatch(/^Warning: A fallback stands/m)
})

test('once the organization takes it again, force ends the fallback', async () => {
  seedLive(world)
  await runBundle(world, { 'github-token': weakToken(), repositories: 'app-a' })
  const forced = await runBundle(world, { repositories: 'app-a', force: 'true' })
  expect(forced).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'organization' } })
  expect(world.held()).toBe(world.ado.pats.at(-1))
  expect(world.held()?.displayName).toMatch(/Z$/)
  for (const name of ['hmcts/app-a', 'hmcts/app-b'])
    expect(world.ado.accepts(world.github.visibleTo(name, 'actions', SECRET) ?? '')).toBe(true)
})

test('with fallback: none nothing is delivered, and the new PAT does not stay', async () => {
  const old = seedLive(world)
  const run = await runBundle(world, { 'github-token': weakToken(), fallback: 'none', repositories: 'app-a' })
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed', 'delivered-to': 'nowhere' } })
  expect(world.ado.pats.filter(({ revoked }) => !revoked)).toEqual([old])
  expect(run.shown).toMatch(/^Error: .*lacks organization_secrets=write/m)
})
