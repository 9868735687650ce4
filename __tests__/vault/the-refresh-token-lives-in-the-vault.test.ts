import { beforeEach, describe, expect, test } from '@jest/globals'
import { cancelled } from '../../src/errors.ts'
import { asksAzureDevOps } from '../renew/bot/sign-in.ts'
import { permitIdToken } from '../renew/bot/job.ts'
import { alive, endsWell } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { firstOf, REFRESH, tokensInVault, withTokensInVault } from './vault.ts'

const NAME = 'vault secret bot-refresh-token of hmcts.vault.azure.net'
const VAULT = 'hmcts.vault.azure.net'

let scene: Scene
let inputs: Record<string, string>
let token: string
let previous: string
beforeEach(async () => {
  scene = await createScene()
  permitIdToken(scene)
  const given = withTokensInVault(scene)
  inputs = given.inputs
  ;({ token, previous } = given)
})

test.each([
  {},
  { 'dry-run': 'true' },
  { operation: 'check' },
  { operation: 'extend' },
  { operation: 'revoke' },
  { operation: 'audit' },
])('the rolled one is there before the first request to Azure DevOps (%j)', async (more) => {
  seedLive(scene)
  const { conclusion, requests, log } = await scene.run({ ...inputs, ...more })
  expect(conclusion.failure).toBeUndefined()
  expect(log).toContain("The bot's refresh token was redeemed.")
  expect(log).toContain(`The rolled refresh token is stored: ${NAME}.`)
  const stored = firstOf(requests, new RegExp(`^PUT ${VAULT}/secrets/${REFRESH} .*<refresh token 3>`))
  expect(stored).toBeGreaterThan(0)
  expect(stored).toBeLessThan(firstOf(requests, /\.dev\.azure\.com/))
  expect(tokensInVault(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})

test('no Actions secret is needed as its home, nor looked at', async () => {
  seedLive(scene)
  const { requests } = await scene.run(inputs)
  expect(requests.join('\n')).not.toContain('ADO_BOT_REFRESH_TOKEN')
})

test('the audit log is read without a GitHub token', async () => {
  const { conclusion, requests } = await scene.run({ ...inputs, operation: 'audit', 'github-token': '' })
  expect(conclusion.outcome).toBe('audited')
  expect(requests.join('\n')).not.toContain('api.github.com')
})

test('what one run stored the next run signs in with', async () => {
  scene.entra.keepsOld = false
  for (let run = 0; run < 3; run += 1) {
    expect((await scene.run(inputs)).conclusion.failure).toBeUndefined()
    scene.daysPass(1)
  }
  expect(scene.vault.secret(REFRESH)?.versions).toHaveLength(4)
})

test('one line does as well', async () => {
  scene.vault.seed(REFRESH, { value: `${token}\r\n` })
  expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
  expect(tokensInVault(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})

test('the one before is tried where the newest is refused', async () => {
  scene.entra.refuse(token, 70000)
  expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
  expect(tokensInVault(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, previous])
})

test('where both are refused Azure DevOps is asked nothing, and the vault keeps them', async () => {
  scene.entra.refuse(token, 700082)
  scene.entra.refuse(previous, 70000)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toContain('AADSTS700082')
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(tokensInVault(scene)).toEqual([token, previous])
})

describe('nothing is redeemed', () => {
  test.each([
    ['there is none', () => (scene.vault.secrets.length = 0), `There is no ${NAME}`],
    [
      'it is deleted',
      () => {
        scene.vault.secrets.forEach((secret) => (secret.deleted = true))
      },
      `There is no ${NAME}`,
    ],
    ['it is no refresh token', () => scene.vault.seed(REFRESH, { value: 'a\nb\nc' }), 'is no refresh token'],
    [
      'it may not be read',
      () => {
        scene.vault.permissions.clear()
      },
      'Key Vault Secrets Officer',
    ],
  ])('where %s', async (_, arrange, words) => {
    arrange()
    const { conclusion, requests } = await scene.run(inputs)
    expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining(words) })
    expect(asksAzureDevOps(requests)).toBe(false)
    expect(requests.join('\n')).not.toContain('"refresh_token"')
  })
})

test.each([
  ['refused', { kind: 'status', status: 403, times: Infinity }],
  ['failing', { kind: 'status', status: 500, times: Infinity }],
  ['out of reach', { kind: 'reset-before', times: Infinity }],
] as const)('where storing it is %s, Azure DevOps is asked nothing, and the old one still works', async (_, fault) => {
  const old = seedLive(scene)
  scene.fault({ ...fault, method: 'PUT', at: VAULT })
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(conclusion.failure).toContain('write the vault secret bot-refresh-token')
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(tokensInVault(scene)).toEqual([token, previous])
  expect(alive(scene)).toEqual([old])
  scene.emulator.faults.clear()
  await endsWell(scene, inputs)
})

test('a lost answer to storing it is written again', async () => {
  scene.fault({ kind: 'reset-after', method: 'PUT', at: VAULT, after: 1 })
  expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
  expect(tokensInVault(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})

test.each(['act', 'hang'] as const)('a cancel does not cost the rolled one (%s)', async (kind) => {
  scene.entra.keepsOld = false
  const cancel = new AbortController()
  const act = (): void => {
    cancel.abort(cancelled('go on', false, 'SIGINT'))
  }
  scene.fault({ kind: 'act', method: 'PUT', at: VAULT, after: 1, act })
  if (kind === 'hang') scene.fault({ kind: 'hang', method: 'PUT', at: VAULT, after: 1 })
  const { conclusion, requests } = await scene.run(inputs, { cancel })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('The run was cancelled') })
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(tokensInVault(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})

test('every token that the vault gave out is masked', async () => {
  const { masked } = await scene.run(inputs)
  expect([...masked]).toEqual(expect.arrayContaining([token, previous, scene.entra.refreshTokens.at(-1)?.value]))
})

test('where Entra rolls nothing, the stored ones stay, and a warning says until when', async () => {
  seedLive(scene)
  const body = { token_type: 'Bearer', expires_in: 3600, access_token: scene.entra.issueUserToken() }
  const redeem = scene.entra.refreshTokens.length
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 200, body, after: 1 })
  const { conclusion, warnings } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('renewed')
  expect(warnings.join()).toContain('Entra gave no new refresh token. The stored one stays; it ends 90 days after')
  expect(tokensInVault(scene)).toEqual([token, previous])
  expect(scene.entra.refreshTokens).toHaveLength(redeem)
})

test('a vault that refuses to store it is asked no second time', async () => {
  scene.vault.permissions.get(scene.entra.application.objectId)?.delete('set')
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('failed')
  expect(requests.filter((request) => new RegExp(`^PUT ${VAULT}.*"value"`).test(request))).toHaveLength(1)
})
