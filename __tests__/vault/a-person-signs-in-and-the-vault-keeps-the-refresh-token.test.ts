import { beforeEach, describe, expect, test } from '@jest/globals'
import { cancelled } from '../../src/errors.ts'
import { permitIdToken } from '../renew/bot/job.ts'
import { asksAzureDevOps } from '../renew/bot/sign-in.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { firstOf, REFRESH, tokensInVault, trustWorkflow } from './vault.ts'

const NAME = 'vault secret bot-refresh-token of hmcts.vault.azure.net'
const VAULT = 'hmcts.vault.azure.net'

let scene: Scene
let inputs: Record<string, string>
beforeEach(async () => {
  scene = await createScene()
  permitIdToken(scene)
  const vault = { ...trustWorkflow(scene), 'key-vault-refresh-token': REFRESH }
  inputs = { ...vault, operation: 'sign-in', 'bot-access-token': '' }
})

const newest = (): string | undefined => scene.entra.refreshTokens.at(-1)?.value

test('the vault secret is made before the first request to Azure DevOps, and a renewal finds it there', async () => {
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const { conclusion, log, masked, requests } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ operation: 'sign-in', outcome: 'signed-in', failure: undefined })
  expect(conclusion.reason).toContain(`the refresh token is stored: ${NAME}`)
  expect(log).toContain(`There is no ${NAME} yet; it will be created.`)
  expect(tokensInVault(scene)).toEqual([newest()])
  expect(masked).toContain(newest())
  const stored = firstOf(requests, new RegExp(`^PUT ${VAULT}/secrets/${REFRESH} .*<refresh token 1>`))
  expect(stored).toBeGreaterThan(0)
  expect(stored).toBeLessThan(firstOf(requests, /\.dev\.azure\.com/))
  expect(requests.join('\n')).not.toContain('ADO_BOT_REFRESH_TOKEN')
  expect((await scene.run({ ...inputs, operation: 'renew', force: 'true' })).conclusion.outcome).toBe('renewed')
})

test('what the vault held before is replaced: it may be of another account', async () => {
  scene.vault.seed(REFRESH, { value: 'one\ntwo\nbroken, by hand' })
  const { conclusion, log } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('signed-in')
  expect(log).toContain(`The ${NAME} is there, and will be replaced.`)
  expect(log.join('\n')).not.toContain('rolled')
  expect(tokensInVault(scene)).toEqual([newest()])
})

test('a dry run asks nobody to sign in, and says where the token would go', async () => {
  const { conclusion, requests } = await scene.run({ ...inputs, 'dry-run': 'true' })
  expect(conclusion.plan).toContain(`Create the ${NAME} with the new refresh token.`)
  expect(scene.entra.deviceCodes).toEqual([])
  expect(requests.filter((request) => request.startsWith('PUT'))).toEqual([])
  expect(asksAzureDevOps(requests)).toBe(false)
})

describe('a vault that cannot be read is told before anybody is asked to sign in', () => {
  test.each<readonly [string, () => unknown, RegExp]>([
    ['its firewall', () => (scene.vault.closed = 'ForbiddenByFirewall'), /The firewall of the vault/],
    [
      'no permission',
      () => {
        scene.vault.permissions.clear()
      },
      /Key Vault Secrets Officer/,
    ],
    [
      'out of reach',
      () => {
        scene.fault({ kind: 'reset-before', at: VAULT, times: Infinity })
      },
      /could not be reached/,
    ],
  ])('%s', async (_, arrange, words) => {
    arrange()
    const { conclusion, requests } = await scene.run(inputs)
    expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringMatching(words) })
    expect(asksAzureDevOps(requests)).toBe(false)
    expect(scene.entra.deviceCodes).toEqual([])
  })
})

test('a vault that may only be read is found out at the write: the token is given up, and the one error says so', async () => {
  scene.vault.permissions.get(scene.entra.application.objectId)?.delete('set')
  const { conclusion, log, requests } = await scene.run(inputs)
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringMatching(/The person signed in, but the refresh token .* write the vault secret/),
  })
  expect(log.join('\n')).not.toContain('error: ')
  expect(asksAzureDevOps(requests)).toBe(false)
})

test('a cancel once the person has signed in does not cost the token', async () => {
  const cancel = new AbortController()
  const act = (): void => {
    cancel.abort(cancelled('go on', false, 'SIGINT'))
  }
  scene.fault({ kind: 'act', method: 'PUT', at: VAULT, act })
  await scene.run(inputs, { cancel })
  expect(tokensInVault(scene)).toEqual([newest()])
})

test('a name that was deleted is kept by the vault: how to get it back is said, and the next sign-in works', async () => {
  scene.vault.seed(REFRESH, { value: 'v' })
  const [secret] = scene.vault.secrets
  if (secret === undefined) throw new Error('nothing was seeded')
  secret.deleted = true
  expect((await scene.run(inputs)).conclusion.failure).toMatch(/az keyvault secret recover/)
  secret.deleted = false
  expect((await scene.run(inputs)).conclusion.outcome).toBe('signed-in')
  expect(tokensInVault(scene)).toEqual([newest()])
})
