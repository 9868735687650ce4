import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { SECRET, seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld({ githubHost: 'github.example.com/api/v3' })
})
afterEach(() => world.close())

test('every request goes to the server that GITHUB_API_URL names, and none to github.com', async () => {
  const readers = Array.from({ length: 101 }, (_, index) => `hmcts/service-${index}`)
  for (const name of readers) world.github.addRepository(name)
  seedLive(world, { visibility: 'selected', selectedRepositories: readers })
  const run = await runBundle(world)
  expect(run).toMatchObject({
    exitCode: 0,
    stderr: '',
    outputs: { outcome: 'renewed', 'delivered-to': 'organization' },
  })
  const asked = run.exchanges.filter(({ host }) => !host.endsWith('.azure.com'))
  expect(asked.length).toBeGreaterThan(5)
  for (const { host, path } of asked) expect(`${host}${path}`).toMatch(/^github\.example\.com\/api\/v3\/(orgs|repos)\//)
  expect(new Set(run.tunnels)).toEqual(
    new Set(['github.example.com:443', 'vssps.dev.azure.com:443', 'feeds.dev.azure.com:443']),
  )
  expect(world.github.visibleTo('hmcts/service-100', 'actions', SECRET)).toBe(world.ado.pats[1]?.token)
})
