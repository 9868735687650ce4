import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { createAzureDevOps, type AzureDevOps } from './azure-devops/azure-devops.ts'
import { createEmulator, type Emulator } from './emulator.ts'
import { createEntra, gitHubFederation, type Entra } from './entra/entra.ts'
import { createGitHubOidc, type GitHubOidc } from './entra/github-oidc.ts'
import { startTlsProxy, type TlsProxy } from './tls-server.ts'

/** What a person's own computer might hold: an authority that none of the libraries knows by heart. */
const AUTHORITY = 'login.emulator.example'

let ado: AzureDevOps
let emulator: Emulator
let entra: Entra
let oidc: GitHubOidc
let proxy: TlsProxy

beforeAll(async () => {
  const clock = { now: Date.now }
  oidc = createGitHubOidc({ clock })
  entra = createEntra({ clock, hosts: [AUTHORITY], federated: [gitHubFederation(oidc.subject)] })
  ado = createAzureDevOps({ clock, entra })
  emulator = createEmulator({ services: [ado, entra, oidc], clock })
  proxy = await startTlsProxy(emulator)
})

afterAll(() => proxy.close())

/** Runs `code` as a module of its own process behind the proxy; its standard output. */
function run(code: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const settings = {
    HTTPS_PROXY: proxy.proxyUrl,
    https_proxy: proxy.proxyUrl,
    NODE_EXTRA_CA_CERTS: proxy.caFile,
    NODE_OPTIONS: '',
    NODE_NO_WARNINGS: '1',
    ACTIONS_ID_TOKEN_REQUEST_URL: oidc.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.requestToken,
  }
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...settings, ...env } }
    execFile(process.execPath, ['--input-type=module', '-e', code], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim())
      else reject(new Error(stderr, { cause: error }))
    })
  })
}

const UNDICI = `
  import { EnvHttpProxyAgent, fetch } from 'undici'
  const dispatcher = new EnvHttpProxyAgent()
  const go = async (url, init) => {
    try {
      const response = await fetch(url, { dispatcher, redirect: 'manual', ...init })
      console.log(response.status, (await response.text()).length > 0)
    } catch (error) {
      console.log(error.message, error.cause?.code ?? error.name)
    }
  }
`
const INDEX = 'https://pkgs.dev.azure.com/hmcts/Artifacts/_packaging/hmcts-lib/nuget/v3/index.json'

describe('the proxy', () => {
  test('serves undici, and never reaches the outside', async () => {
    const authorization = `Basic ${Buffer.from(`any:${ado.seedPat().token}`).toString('base64')}`
    const code = `${UNDICI}
      await go(process.env.INDEX, { headers: { authorization: process.env.AUTHORIZATION } })
      await go(process.env.INDEX)
      await go('https://outside.example/')`
    const output = await run(code, { INDEX, AUTHORIZATION: authorization })
    expect(output.split('\n').slice(0, 2)).toEqual(['200 true', '401 true'])
    expect(output).toMatch(/fetch failed/)
    expect(emulator.unknown).toEqual(['CONNECT outside.example:443'])
    expect(proxy.tunnels).toContain('pkgs.dev.azure.com:443')
    emulator.forget()
  })

  test('breaks connections as networks do', async () => {
    emulator.faults.add({ kind: 'reset-before', at: 'index.json' })
    emulator.faults.add({ kind: 'truncated', at: 'index.json', after: 1 })
    emulator.faults.add({ kind: 'hang', at: 'index.json', after: 2 })
    const go = `await go(process.env.INDEX, { signal: AbortSignal.timeout(700) })\n`
    expect((await run(`${UNDICI}${go.repeat(3)}`, { INDEX })).split('\n')).toEqual([
      'fetch failed ECONNRESET',
      'terminated UND_ERR_SOCKET',
      expect.stringMatching(/aborted/),
    ])
  })

  test('serves @actions/core and @azure/identity, discovery of the authority included', async () => {
    const code = `
      import { ClientAssertionCredential } from '@azure/identity'
      import * as core from '@actions/core'
      const assertion = () => core.getIDToken('api://AzureADTokenExchange')
      const options = { authorityHost: 'https://${AUTHORITY}', disableInstanceDiscovery: true }
      const credential = new ClientAssertionCredential('${entra.tenant.toUpperCase()}', '${entra.application.clientId}', assertion, options)
      await credential.getToken('499b84ac-1321-427f-aa17-267ca6975798/.default')`
    await run(code)
    expect(entra.accessTokens.at(-1)).toMatchObject({ kind: 'application', oid: entra.application.objectId })
    const paths = emulator.transcript
      .filter((entry) => entry.host === AUTHORITY)
      .map((entry) => entry.path.split('?')[0])
    expect(paths).toEqual([
      `/${entra.tenant}/v2.0/.well-known/openid-configuration`,
      `/${entra.tenant}/oauth2/v2.0/token`,
    ])
    expect(emulator.unknown).toEqual([])
  })
})
