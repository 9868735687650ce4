import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, idTokenOf, runBundle, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { seedLive } from '../world.ts'

const HOME = 'hmcts/.github'
const NAME = 'ADO_BOT_REFRESH_TOKEN'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world, { ageDays: 2, daysLeft: 28 })
  Object.assign(world.entra.deviceCode, { interval: 1, pendingPolls: 1 })
})
afterEach(() => world.close())

const signIn = (): Record<string, string> => ({
  operation: 'sign-in',
  'bot-access-token': '',
  'azure-tenant-id': world.entra.tenant,
  'azure-client-id': world.entra.application.clientId,
  'bot-user': world.entra.user.upn,
})

test('sign-in: the secret is made before Azure DevOps is asked, a check follows, and a renewal finds it', async () => {
  const run = await runBundle(world, signIn())
  expect(run).toMatchObject({
    exitCode: 0,
    stderr: '',
    outputs: { outcome: 'signed-in', 'days-left': '27' },
  })
  const [code] = world.entra.deviceCodes
  const userCode = code?.userCode ?? '?'
  expect(run.shown).toMatch(new RegExp(`^Notice: .*https://login\\.microsoft\\.com/device .*${userCode}`, 'm'))
  expect(run.shown).toMatch(new RegExp(`^Waiting .*https://login\\.microsoft\\.com/device .*${userCode}`, 'm'))
  expect(run.masks).toContain(code?.value)
  const [token] = world.entra.refreshTokens
  expect(run.masks).toContain(token?.value)
  expect(world.github.secret(HOME, 'actions', NAME)?.value).toBe(token?.value)
  const [put, ado] = [/^PUT api\.github\.com/, /\.dev\.azure\.com/].map((pattern) =>
    run.requests.findIndex((request) => pattern.test(request)),
  )
  expect(put).toBeGreaterThan(0)
  expect(ado).toBeGreaterThan(put ?? Infinity)
  expect(run.summary).toMatch(/^## The bot is signed in\n/)
  expect(run.outputs.reason).toContain(`${world.entra.user.upn} of tenant ${world.entra.tenant}`)
  const renewal = await runBundle(world, {
    ...signIn(),
    operation: 'renew',
    force: 'true',
    'bot-refresh-token': world.github.secret(HOME, 'actions', NAME)?.value ?? '',
  })
  expect(renewal).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed' } })
})

test('sign-in: an app without a client secret proves itself by federation', async () => {
  world.entra.application.publicClient = false
  world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
  const run = await runBundle(world, { ...signIn(), 'azure-client-auth': 'github-oidc' }, { env: idTokenOf(world) })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'signed-in' } })
})

test('sign-in: a device code that Conditional Access blocks fails the step and names the other way', async () => {
  world.entra.deviceCode.outcome = 530036
  const run = await runBundle(world, signIn())
  expect(run).toMatchObject({ exitCode: 1, stderr: '', outputs: { outcome: 'failed' } })
  expect(run.shown).toMatch(/^Error: .*AADSTS530036.*docs\/sign-in\.md/m)
  expect(world.github.secret(HOME, 'actions', NAME)).toBeUndefined()
})

test('sign-in: whoever stops the run while the code waits ends it at once', async () => {
  world.entra.deviceCode.pendingPolls = 1000
  const run = await runBundle(world, signIn(), { signal: { name: 'SIGINT', at: 'v2.0/token' } })
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed' } })
  expect(run.shown).toMatch(/^Error: .*The run was cancelled/m)
})
