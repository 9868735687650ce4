import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
let inputs: Readonly<Record<string, string>>
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
  const refreshToken = world.entra.issueRefreshToken()
  world.github.seedSecret('hmcts/.github', 'actions', 'ADO_BOT_REFRESH_TOKEN', { value: refreshToken })
  inputs = {
    'bot-access-token': '',
    'bot-refresh-token': refreshToken,
    'azure-tenant-id': world.entra.tenant,
    'azure-client-id': world.entra.application.clientId,
  }
})
afterEach(() => world.close())

test('packed with gzip, in chunks, under headers in capitals, a connection each', async () => {
  world.proxy.awkward = true
  const run = await runBundle(world, inputs)
  expect(run).toMatchObject({
    exitCode: 0,
    stderr: '',
    outputs: { outcome: 'renewed', 'delivered-to': 'organization' },
  })
  expect(run.shown).not.toContain('Warning')
  expect(world.held()).toBe(world.ado.pats.at(-1))
  expect(run.tunnels.length).toBe(run.requests.length)
})

test('through a proxy that takes its time over every connection', async () => {
  world.proxy.connectDelay = 1500
  const run = await runBundle(world, inputs)
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  expect(run.shown).not.toContain('Warning')
})
