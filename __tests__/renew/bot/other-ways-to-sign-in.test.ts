import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { changesOf } from '../../requests.ts'
import { createScene, failureOf, type Scene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { answerBy } from './job.ts'
import { asksAzureDevOps, withRefreshToken } from './sign-in.ts'

const path = process.env.PATH
let bin = ''

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'tools-'))
  process.env.PATH = bin
})

afterEach(async () => {
  process.env.PATH = path
  await rm(bin, { recursive: true })
})

async function az(script: string): Promise<void> {
  await writeFile(join(bin, 'az'), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, 'az'), 0o755)
}

const cli = { 'bot-access-token': '', 'bot-credential': 'cli' }

test('cli: whoever is signed in with az renews', async () => {
  const scene = await createScene()
  const token = scene.entra.issueUserToken()
  await az(`echo '{"accessToken":"${token}","expires_on":1795320041}'`)
  const { conclusion, masked } = await scene.run(cli)
  expect(conclusion.outcome).toBe('renewed')
  expect(masked).toContain(token)
})

test('cli: a service principal that is signed in is refused', async () => {
  const scene = await createScene()
  await az(`echo '{"accessToken":"${scene.entra.issueAppToken()}","expires_on":1795320041}'`)
  const { conclusion, requests } = await scene.run(cli)
  expect(conclusion.failure).toContain('`operation: federate`')
  expect(asksAzureDevOps(requests)).toBe(false)
})

test('cli: where nobody is signed in, the run fails and says how to', async () => {
  const scene = await createScene()
  seedLive(scene)
  await az(`echo "Please run 'az login' to setup account." >&2; exit 1`)
  const told = await scene.run(cli)
  expect(told.conclusion.failure).toContain('az login --allow-no-subscriptions')
  expect(changesOf(told)).toEqual([])
})

function deviceCode(scene: Scene): Record<string, string> {
  const { tenant, application, deviceCode: settings } = scene.entra
  Object.assign(settings, { interval: 0, pendingPolls: 0 })
  answerBy(scene.entra, 'https://login.microsoftonline.com')
  return {
    'bot-access-token': '',
    'bot-credential': 'device-code',
    'azure-tenant-id': tenant,
    'azure-client-id': application.clientId,
  }
}

test('device-code: the code is shown where people look, and its token renews', async () => {
  const scene = await createScene()
  const { conclusion, log } = await scene.run(deviceCode(scene))
  expect(conclusion.outcome).toBe('renewed')
  const [code] = scene.entra.deviceCodes
  expect(log).toContain(
    `notice: Sign in as the bot: open https://login.microsoft.com/device and enter the code ${code?.userCode ?? ''}.`,
  )
})

test('trap 14: a device code that Conditional Access blocks names the other way to sign in', async () => {
  const scene = await createScene()
  const inputs = deviceCode(scene)
  scene.entra.deviceCode.outcome = 530036
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(/AADSTS530036.*authorization code.*operation: sign-in/)
  expect(asksAzureDevOps(requests)).toBe(false)
})

test.each([
  [{}, 'bot-refresh-token (or key-vault-refresh-token'],
  [{ 'bot-credential': 'access-token' }, 'bot-access-token'],
  [{ 'bot-credential': 'refresh-token' }, 'bot-refresh-token'],
  [{ 'bot-credential': 'device-code' }, 'azure-tenant-id and azure-client-id'],
])('no whole way to sign in (%j) fails once the bot is needed, and says what to set', async (given, wanted) => {
  const scene = await createScene()
  const inputs = { target: 'repositories', 'current-pat': `${'a'.repeat(76)}AZDO${'b'.repeat(4)}` }
  const { conclusion, requests } = await scene.run({ ...inputs, 'bot-access-token': '', ...given })
  expect(conclusion.failure).toContain(`The bot is needed and no way to sign it in is given. Set ${wanted}`)
  expect(requests.filter((request) => request.includes('vssps.dev.azure.com'))).toEqual([])
})

test('both tokens are too many, unless bot-credential says which one counts', async () => {
  const scene = await createScene()
  const both = { ...withRefreshToken(scene).inputs, 'bot-access-token': scene.entra.issueUserToken() }
  expect((await failureOf(scene.run(both))).message).toMatch(/both bot-access-token and bot-refresh-token are given/)
  const one = await scene.run({ ...both, 'bot-credential': 'access-token' })
  expect(one.requests.filter((request) => request.startsWith('POST login.'))).toEqual([])
  const other = await scene.run({ ...both, 'bot-credential': 'refresh-token' })
  expect(other.requests.filter((request) => request.startsWith('POST login.'))).toHaveLength(1)
})
