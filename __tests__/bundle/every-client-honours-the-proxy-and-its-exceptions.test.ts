import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type BundleRun, type BundleWorld, idTokenOf, runBundle, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { seedLive } from '../world.ts'
import { type Direct, startDirect } from './direct.ts'

const NAME = 'ADO_BOT_REFRESH_TOKEN'

let world: BundleWorld
let direct: Direct | undefined
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world)
})
afterEach(async () => {
  await direct?.close()
  direct = undefined
  await world.close()
})

function byRefreshToken(): Record<string, string> {
  const value = world.entra.issueRefreshToken()
  world.github.seedSecret('hmcts/.github', 'actions', NAME, { value })
  return { ...byDeviceCode(), 'bot-credential': '', 'bot-refresh-token': value }
}

function byDeviceCode(): Record<string, string> {
  Object.assign(world.entra.deviceCode, { interval: 1, pendingPolls: 0 })
  return {
    'bot-access-token': '',
    'bot-credential': 'device-code',
    'azure-tenant-id': world.entra.tenant,
    'azure-client-id': world.entra.application.clientId,
  }
}

function byAssertion(): Record<string, string> {
  world.entra.application.publicClient = false
  world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
  return { ...byRefreshToken(), 'azure-client-auth': 'github-oidc' }
}

describe('with HTTPS_PROXY alone', () => {
  test('trap 29: GitHub, Azure DevOps, Entra and the OIDC endpoint are reached through it', async () => {
    const run = await runBundle(world, byAssertion(), { env: idTokenOf(world) })
    expect(run.exitCode).toBe(0)
    expect(new Set(run.tunnels)).toEqual(
      new Set([
        'api.github.com:443',
        'feeds.dev.azure.com:443',
        'login.microsoftonline.com:443',
        'pipelines.actions.githubusercontent.com:443',
        'vssps.dev.azure.com:443',
      ]),
    )
    expect(new Set(run.exchanges.map(({ host }) => `${host}:443`))).toEqual(new Set(run.tunnels))
  })

  test('@azure/identity goes through it too', async () => {
    const run = await runBundle(world, { ...byAssertion(), operation: 'federate' }, { env: idTokenOf(world) })
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'federated' } })
    expect(run.tunnels).toContain('login.microsoftonline.com:443')
  })

  test('a proxy that lets nobody through is a failure with its reason, and nothing goes around it', async () => {
    const run = await runBundle(world, { 'max-wait-minutes': '0' }, { env: { HTTPS_PROXY: 'http://127.0.0.1:9' } })
    expect(run).toMatchObject({ exitCode: 1, requests: [], tunnels: [], outputs: { outcome: 'failed' } })
    expect(run.shown).toMatch(/^Error: .*could not be reached.*proxy/m)
  })
})

describe('with a host in NO_PROXY', () => {
  async function aside(
    service: 'github' | 'entra' | 'oidc',
    how: (origin: string) => Record<string, string>,
    inputs: Readonly<Record<string, string>>,
  ): Promise<BundleRun> {
    direct = await startDirect(world, world[service])
    const { options, origin } = direct
    return runBundle(world, inputs, { ...options, env: { ...options.env, ...how(origin) } })
  }

  function wentAside(run: BundleRun, path: RegExp): void {
    expect(run.shown).toContain('Outcome: renewed')
    expect(run.exitCode).toBe(0)
    expect(run.tunnels).not.toContain(direct?.host)
    expect(run.tunnels).toContain('vssps.dev.azure.com:443')
    expect(direct?.requests.join('\n')).toMatch(path)
  }

  test('undici speaks to GitHub without the proxy', async () => {
    const run = await aside('github', (origin) => ({ GITHUB_API_URL: origin }), {})
    wentAside(run, /^PUT \/orgs\/hmcts\/actions\/secrets\//m)
    expect(run.tunnels).not.toContain('api.github.com:443')
  })

  test('undici redeems the refresh token without the proxy', async () => {
    const run = await aside('entra', (origin) => ({ AZURE_AUTHORITY_HOST: origin }), byRefreshToken())
    wentAside(run, /^POST \/\S+\/oauth2\/v2\.0\/token$/m)
    expect(run.tunnels).not.toContain('login.microsoftonline.com:443')
  })

  test('@azure/identity signs in without the proxy', async () => {
    const moved = (origin: string) => ({ ...idTokenOf(world), AZURE_AUTHORITY_HOST: origin })
    const run = await aside('entra', moved, { ...byAssertion(), operation: 'federate' })
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'federated' } })
    expect(direct?.requests.join('\n')).toMatch(/^POST \/\S+\/oauth2\/v2\.0\/token$/m)
    expect(run.tunnels).not.toContain('login.microsoftonline.com:443')
  })

  test('undici gets the OIDC token without the proxy', async () => {
    const given = idTokenOf(world)
    const moved = (origin: string) => ({
      ...given,
      ACTIONS_ID_TOKEN_REQUEST_URL: (given.ACTIONS_ID_TOKEN_REQUEST_URL ?? '').replace(/^https:\/\/[^/]+/, origin),
    })
    const run = await aside('oidc', moved, byAssertion())
    wentAside(run, /^GET \/\S+\/idtoken$/m)
    expect(run.tunnels).not.toContain('pipelines.actions.githubusercontent.com:443')
  })
})
