import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world)
})
afterEach(() => world.close())

test('device code: the code stands in the log and in a notice, and the run waits for the person', async () => {
  Object.assign(world.entra.deviceCode, { interval: 1, pendingPolls: 2 })
  const run = await runBundle(world, {
    'bot-access-token': '',
    'bot-credential': 'device-code',
    'azure-tenant-id': world.entra.tenant,
    'azure-client-id': world.entra.application.clientId,
  })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  const [code] = world.entra.deviceCodes
  expect(code?.polls).toBe(3)
  expect(run.shown).toMatch(new RegExp(`Notice: .*https://login\\.microsoft\\.com/device .*${code?.userCode}`))
  expect(run.shown).toMatch(new RegExp(`^  Waiting .*https://login\\.microsoft\\.com/device .*${code?.userCode}`, 'm'))
  expect(run.masks).toContain(world.entra.accessTokens.at(-1)?.value)
})

test('cli: without any of the tools the run says which would do', async () => {
  const run = await runBundle(
    world,
    { 'bot-access-token': '', 'bot-credential': 'cli' },
    { env: { PATH: world.folder } },
  )
  expect(run).toMatchObject({ exitCode: 1, stderr: '', outputs: { outcome: 'failed' } })
  expect(run.shown).toMatch(/^Error: Could not get an access token from az, azd or Azure PowerShell\..*az login/m)
  expect(run.requests.join('\n')).not.toContain('dev.azure.com')
})
