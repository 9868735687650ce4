import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, idTokenOf, nextSecond, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'
import { signedInWithAz } from './az.ts'
import { COPY, copied, firstOf, seedCopy, tokensInVault, withTokensInVault } from '../vault/vault.ts'

const HOST = 'hmcts.vault.azure.net'

let world: BundleWorld
let inputs: Record<string, string>
let token: string
beforeEach(async () => {
  world = await startBundleWorld()
  const given = withTokensInVault(world)
  inputs = { ...given.inputs, 'key-vault-pat': COPY }
  token = given.token
})
afterEach(() => world.close())

test('the bot signs in by the refresh token in the vault, and the new PAT is copied there', async () => {
  seedCopy(world, seedLive(world))
  const run = await runBundle(world, inputs, { env: idTokenOf(world) })
  expect(run).toMatchObject({
    exitCode: 0,
    stderr: '',
    outputs: { outcome: 'renewed', 'delivered-to': 'organization' },
  })
  const rolled = world.entra.refreshTokens.at(-1)?.value
  expect(tokensInVault(world)).toEqual([rolled, token])
  const stored = firstOf(run.requests, new RegExp(`^PUT ${HOST}/secrets/bot-refresh-token \\{`))
  expect(stored).toBeGreaterThan(0)
  expect(stored).toBeLessThan(firstOf(run.requests, /\.dev\.azure\.com/))
  expect(copied(world)).toBe(world.held())
  expect(run.masks).toContain(rolled)
  expect(run.masks).toContain(world.oidc.issued[0])
  expect(run.summary).toContain('vault secret artifacts-pat of hmcts.vault.azure.net')
})

test('through the proxy, like everything else, and to no other host', async () => {
  seedLive(world)
  const run = await runBundle(world, inputs, { env: idTokenOf(world) })
  expect(new Set(run.tunnels)).toEqual(
    new Set([
      'api.github.com:443',
      'feeds.dev.azure.com:443',
      `${HOST}:443`,
      'login.microsoftonline.com:443',
      'pipelines.actions.githubusercontent.com:443',
      'vssps.dev.azure.com:443',
    ]),
  )
})

test("with every switch for debugging nothing secret gets out, also of Azure's own log", async () => {
  seedLive(world)
  const env = { ...idTokenOf(world), AZURE_LOG_LEVEL: 'verbose', RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' }
  const run = await runBundle(world, inputs, { env })
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed' } })
  // runBundle throws where one does; this shows that the libraries did talk.
  expect(run.stderr).toMatch(/azure:keyvault-secrets/)
  expect(run.masks).toContain(world.entra.accessTokens.find(({ audience }) => audience.includes('vault'))?.value)
})

test('a job without an OIDC token on a machine where nobody is signed in is told both ways', async () => {
  const live = seedLive(world)
  const run = await runBundle(world, inputs, { env: { PATH: world.folder } })
  expect(run).toMatchObject({ exitCode: 1, stderr: '', outputs: { outcome: 'failed' } })
  expect(run.shown).toMatch(/^Error: Could not get an access token for the vault.*id-token: write.*azure\/login/m)
  expect(run.requests.join('\n')).not.toMatch(/dev\.azure\.com|POST login/)
  expect(live.revoked).toBe(false)
})

test('whoever is signed in with az reaches the vault as well', async () => {
  seedLive(world)
  const { value, path } = await signedInWithAz(world)
  const run = await runBundle(world, inputs, { env: { PATH: path } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  expect(copied(world)).toBe(world.held())
  expect(run.masks).toContain(value)
})

test('killed between delivery and copy: the next run ends as if nothing had happened', async () => {
  const old = seedLive(world)
  seedCopy(world, old)
  const killed = await runBundle(world, inputs, {
    env: idTokenOf(world),
    signal: { name: 'SIGKILL', method: 'PUT', at: `${HOST}/secrets/${COPY}` },
  })
  expect(killed.signal).toBe('SIGKILL')
  expect(copied(world)).toBe(old)
  await nextSecond()
  const run = await runBundle(world, inputs, { env: idTokenOf(world) })
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed' } })
  expect(copied(world)).toBe(world.held())
  expect(old.revoked).toBe(false)
})
