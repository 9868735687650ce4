import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { SECRET, seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

test('while the feed takes current-pat: two requests, and no bot', async () => {
  const live = seedLive(world)
  const run = await runBundle(
    world,
    { target: 'repositories', 'current-pat': live.token, 'bot-access-token': '' },
    { repository: 'hmcts/app-a' },
  )
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'not-due' } })
  expect(run.requests).toEqual(Array(2).fill('GET feeds.dev.azure.com/hmcts/Artifacts/_apis/packaging/feeds/hmcts-lib'))
  expect(new Set(run.tunnels)).toEqual(new Set(['feeds.dev.azure.com:443']))
})

test('once the feed refuses it the repository gets a PAT of its own', async () => {
  const live = seedLive(world)
  Object.assign(live, { revoked: true, revokedAt: Date.now() - 1000 })
  const run = await runBundle(
    world,
    { target: 'repositories', 'current-pat': live.token },
    { repository: 'hmcts/app-a' },
  )
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'repositories' } })
  expect(world.held('hmcts/app-a')?.displayName).toMatch(/^AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\/app-a\] \S+Z$/)
  expect(world.github.visibleTo('hmcts/app-b', 'actions', SECRET)).toBe(live.token)
})

test('refused, and no bot: the run fails and says what is missing', async () => {
  const live = seedLive(world)
  Object.assign(live, { revoked: true, revokedAt: Date.now() - 1000 })
  const run = await runBundle(world, { target: 'repositories', 'current-pat': live.token, 'bot-access-token': '' })
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed' } })
  expect(run.shown).toMatch(/^Error: Could not sign the bot in\..*Set bot-refresh-token/m)
})
