import { expect, test } from '@jest/globals'
import { createEntraUser } from '../../emulator/entra/entra.ts'
import { signJwt } from '../../emulator/entra/jwt.ts'
import { changesOf } from '../../requests.ts'
import { createScene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { asksAzureDevOps, opaqueToken } from './sign-in.ts'

test('another user than bot-user is refused before anything is asked of Azure DevOps, and both are named', async () => {
  const scene = await createScene()
  const token = scene.entra.issueUserToken({ user: createEntraUser('mallory@hmcts.onmicrosoft.com') })
  const told = await scene.run({ 'bot-access-token': token, 'bot-user': 'artifacts-bot@hmcts.onmicrosoft.com' })
  expect(told.conclusion.failure).toMatch(/belongs to mallory@hmcts.* asks for artifacts-bot@hmcts/)
  expect(asksAzureDevOps(told.requests)).toBe(false)
  expect(changesOf(told)).toEqual([])
})

test('the name of the bot compares without regard to case', async () => {
  const scene = await createScene()
  const { conclusion } = await scene.run({ 'bot-user': 'Artifacts-Bot@HMCTS.onmicrosoft.com' })
  expect(conclusion.outcome).toBe('renewed')
})

test('an access token that has ended is refused with when it did', async () => {
  const scene = await createScene()
  const told = await scene.run({ 'bot-access-token': scene.entra.issueUserToken({ lifetime: -901 }) })
  expect(told.conclusion.failure).toMatch(/ended at 2026-11-21 07:44 UTC.*Get a fresh one/)
  expect(asksAzureDevOps(told.requests)).toBe(false)
})

test('one that has just ended by the clock of the runner is for Azure DevOps to judge: clocks differ', async () => {
  const scene = await createScene()
  const ended = scene.entra.issueUserToken({ lifetime: -600 })
  const told = await scene.run({ 'bot-access-token': ended })
  expect(asksAzureDevOps(told.requests)).toBe(true)
  expect(told.conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringMatching(/bot's access token/) })
  expect(changesOf(told)).toEqual([])
  const behind = await createScene()
  const token = behind.entra.issueUserToken({ lifetime: 60 })
  behind.clock.pass(10 * 60_000)
  behind.ado.skew = -10 * 60_000
  expect((await behind.run({ 'bot-access-token': token })).conclusion.outcome).toBe('renewed')
})

test.each([
  ['https://graph.microsoft.com', 'Microsoft Graph'],
  ['https://Graph.microsoft.com/', 'Microsoft Graph'],
  ['00000003-0000-0000-c000-000000000000', 'Microsoft Graph'],
  ['https://graph.windows.net/', 'Azure AD Graph'],
  ['https://vault.azure.net', 'Azure Key Vault'],
])('an access token for %s is refused with what to ask for, and Azure DevOps is not asked', async (audience, name) => {
  const scene = await createScene()
  const told = await scene.run({ 'bot-access-token': scene.entra.issueUserToken({ audience }) })
  expect(told.conclusion.failure).toContain(`The access token is for ${name}, not for Azure DevOps.`)
  expect(told.conclusion.failure).toContain('--resource 499b84ac-1321-427f-aa17-267ca6975798')
  expect(asksAzureDevOps(told.requests)).toBe(false)
})

test.each([
  'https://app.vssps.visualstudio.com/',
  'api://499b84ac-1321-427f-aa17-267ca6975798',
  'https://management.core.windows.net/',
  'api://somebody.example',
  'constructor',
])(
  'an access token for %s is for Azure DevOps to judge, and where it is not taken that is explained',
  async (audience) => {
    const scene = await createScene()
    const told = await scene.run({ 'bot-access-token': scene.entra.issueUserToken({ audience }) })
    expect(asksAzureDevOps(told.requests)).toBe(true)
    expect(told.conclusion.failure).toMatch(/audience 499b84ac-1321-427f-aa17-267ca6975798/)
  },
)

test('an access token without the scope for PATs is refused by Azure DevOps, and nothing is changed', async () => {
  const scene = await createScene()
  const token = scene.entra.issueUserToken({ scopes: ['vso.packaging'] })
  const told = await scene.run({ 'bot-access-token': token })
  expect(told.conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('TF400813') })
  expect(changesOf(told)).toEqual([])
})

test('an access token that shows no claims is Azure DevOps to judge', async () => {
  const scene = await createScene()
  const token = opaqueToken(scene, scene.entra.issueUserToken())
  expect((await scene.run({ 'bot-access-token': token })).conclusion.outcome).toBe('renewed')
})

test('with bot-user an access token that shows no user is refused', async () => {
  const scene = await createScene()
  const token = opaqueToken(scene, scene.entra.issueUserToken())
  const told = await scene.run({ 'bot-access-token': token, 'bot-user': 'artifacts-bot@hmcts.onmicrosoft.com' })
  expect(told.conclusion.failure).toContain('a user whom its claims do not name')
  expect(asksAzureDevOps(told.requests)).toBe(false)
})

test('so is one whose claims name a tenant and an expiry, but no user', async () => {
  const scene = await createScene()
  const token = signJwt({ oid: 'o', sub: 's', scp: 'user_impersonation', tid: scene.entra.tenant, exp: 1_900_000_000 })
  const told = await scene.run({ 'bot-access-token': token, 'bot-user': 'artifacts-bot@hmcts.onmicrosoft.com' })
  expect(told.conclusion.failure).toContain('a user whom its claims do not name')
  expect(asksAzureDevOps(told.requests)).toBe(false)
})

test('an access token with a space in it is refused, unquoted', async () => {
  const scene = await createScene()
  const told = await scene.run({ 'bot-access-token': 'eyJhbGciOiJ cut-in-two' })
  expect(told.conclusion.failure).toMatch(/Check how bot-access-token is filled/)
  expect(told.conclusion.failure).not.toContain('cut-in-two')
})

test('a bot that was removed from the organization cannot renew, and what is wrong is said', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.user.disabled = true
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(/bot's access token/)
  expect(scene.held()).toBe(old)
})
