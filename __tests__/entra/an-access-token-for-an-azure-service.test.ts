import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ambientToken, type AzureTokenWanted, tokenByAssertion } from '../../src/entra/azure-token.ts'
import { githubAssertion } from '../../src/entra/github-assertion.ts'
import { Secrets } from '../../src/secrets.ts'
import { createEmulator, type Emulator } from '../emulator/emulator.ts'
import { createEntra, type Entra, gitHubFederation } from '../emulator/entra/entra.ts'
import { createGitHubOidc, type GitHubOidc } from '../emulator/entra/github-oidc.ts'
import { failureOf } from '../scene.ts'
import { type TestWire, testWire } from '../wire.ts'

const LOGIN = 'login.microsoftonline.com'
const PUBLIC = `https://${LOGIN}`
const RESOURCE = 'https://vault.azure.net'

const environment = { ...process.env }
let [entra, oidc, emulator, wire]: [Entra, GitHubOidc, Emulator, TestWire] = [] as never
let cancel: AbortController
let masked: Set<string>
let secrets: Secrets
let wanted: AzureTokenWanted
beforeEach(() => {
  cancel = new AbortController()
  wire = testWire({ cancel: cancel.signal, fetch: (url, init) => emulator.fetch(url, init) })
  const { clock } = wire
  oidc = createGitHubOidc({ clock })
  entra = createEntra({ clock, federated: [gitHubFederation(oidc.subject)] })
  emulator = createEmulator({ services: [entra, oidc], clock: { now: () => clock.now() } })
  masked = new Set()
  secrets = new Secrets((value) => masked.add(value))
  wanted = {
    doing: 'get an access token for the vault',
    scopes: [`${RESOURCE}/.default`],
    tenantId: entra.tenant,
    claims: undefined,
  }
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = oidc.requestUrl
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = oidc.requestToken
})
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, environment)
})

const app = (tenantId = entra.tenant) => ({
  authority: PUBLIC,
  tenantId,
  clientId: entra.application.clientId,
  assertion: () => githubAssertion(wire, secrets),
})

describe('by the OIDC token of the job', () => {
  test('the app registration itself gets one, masked, and everything goes over the wire', async () => {
    const { token, expiresAt } = await tokenByAssertion(wire, app(), wanted, secrets)
    expect(entra.accessTokens.at(-1)).toMatchObject({ value: token, kind: 'application', audience: RESOURCE })
    expect(expiresAt).toBeGreaterThan(wire.clock.now())
    expect([...masked]).toEqual(expect.arrayContaining([token, oidc.issued[0]]))
    expect(new Set(emulator.transcript.map(({ host }) => host))).toEqual(new Set([LOGIN, oidc.hosts[0]]))
    const toEntra = emulator.transcript.filter(({ host }) => host === LOGIN)
    for (const { headers } of toEntra) expect(headers['user-agent']).toMatch(/^ado-artifacts-token-renewal /)
    expect(toEntra.at(-1)?.body).toMatchObject({
      grant_type: 'client_credentials',
      client_assertion: `<assertion of ${oidc.subject}>`,
    })
  })

  test('trap 26: a fresh assertion each time', async () => {
    await tokenByAssertion(wire, app(), wanted, secrets)
    await tokenByAssertion(wire, app(), wanted, secrets)
    expect(new Set(oidc.issued).size).toBe(2)
  })

  test('the tenant may be named by its domain, which the challenge never does', async () => {
    expect((await tokenByAssertion(wire, app(entra.tenantDomain), wanted, secrets)).token).toMatch(/^ey/)
  })

  test('a vault that trusts another tenant is told before anything is asked', async () => {
    const other = { ...wanted, tenantId: '99999999-2222-3333-4444-555555555555' }
    const failure = await failureOf(tokenByAssertion(wire, app(), other, secrets))
    expect(failure).toMatchObject({ kind: 'sign-in', hint: expect.stringContaining('trusts the tenant 99999999') })
    expect(emulator.transcript).toEqual([])
  })

  test('trap 28: a subject that is not trusted keeps the codes and the hint', async () => {
    entra.application.federated[0] = gitHubFederation('repo:hmcts/.github:ref:refs/heads/main')
    const failure = await failureOf(tokenByAssertion(wire, app(), wanted, secrets))
    expect(failure).toMatchObject({ kind: 'sign-in', codes: [700213], said: expect.stringContaining(oidc.subject) })
  })

  test('a job without the permission is told of it', async () => {
    oidc.handle = () => ({ status: 403, body: { message: 'no' } })
    expect((await failureOf(tokenByAssertion(wire, app(), wanted, secrets))).message).toContain('id-token: write')
  })

  test('an outage passes by itself', async () => {
    entra.failNext(1)
    expect((await failureOf(tokenByAssertion(wire, app(), wanted, secrets))).kind).toBe('unavailable')
    emulator.faults.add({ kind: 'reset-before', at: LOGIN, times: 9 })
    expect((await failureOf(tokenByAssertion(wire, app(), wanted, secrets))).kind).toBe('unreachable')
  })

  test.each(['malformed', 'truncated', 'sign-in-page', 'sign-in-redirect'] as const)(
    'an answer that is none (%s) is a sentence, and quotes nothing',
    async (kind) => {
      emulator.faults.add({ kind, method: 'POST', at: LOGIN, times: 9 })
      const failure = await failureOf(tokenByAssertion(wire, app(), wanted, secrets))
      expect(failure.message).toMatch(/^Could not get an access token for the vault/)
      expect(failure.message).not.toMatch(/ey[A-Za-z0-9]/)
      expect(emulator.unknown).toEqual([])
    },
  )

  test('a cancel ends it', async () => {
    const act = () =>
      setImmediate(() => {
        cancel.abort(new Error('stop'))
      })
    emulator.faults.add({ kind: 'act', method: 'POST', at: LOGIN, act })
    emulator.faults.add({ kind: 'hang', method: 'POST', at: LOGIN })
    expect((await failureOf(tokenByAssertion(wire, app(), wanted, secrets))).kind).toBe('cancelled')
  })
})

describe('of whoever this machine runs as', () => {
  beforeEach(() => {
    process.env.PATH = '/nowhere'
  })

  test('a workload identity that the environment describes', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'identity-')), 'token')
    writeFileSync(file, oidc.issue('api://AzureADTokenExchange'))
    Object.assign(process.env, {
      AZURE_CLIENT_ID: entra.application.clientId,
      AZURE_TENANT_ID: entra.tenant,
      AZURE_FEDERATED_TOKEN_FILE: file,
    })
    const { token } = await ambientToken(wire, PUBLIC, wanted, secrets)
    expect(entra.accessTokens.at(-1)).toMatchObject({ value: token, kind: 'application', audience: RESOURCE })
    expect(masked).toContain(token)
  })

  test('in another cloud nobody but its Entra is asked, also where AZURE_AUTHORITY_HOST is a bare host', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'identity-')), 'token')
    writeFileSync(file, oidc.issue('api://AzureADTokenExchange'))
    Object.assign(process.env, {
      AZURE_AUTHORITY_HOST: 'login.another.cloud',
      AZURE_CLIENT_ID: entra.application.clientId,
      AZURE_TENANT_ID: entra.tenant,
      AZURE_FEDERATED_TOKEN_FILE: file,
    })
    const asked = new Set<string>()
    const elsewhere: TestWire = {
      ...wire,
      fetch: async (url, init) => {
        asked.add(new URL(url).host)
        const answer = await emulator.fetch(url.replace('login.another.cloud', LOGIN), init)
        return new Response((await answer.text()).replaceAll(LOGIN, 'login.another.cloud'), answer)
      },
    }
    const { token } = await ambientToken(elsewhere, 'https://login.another.cloud', wanted, secrets)
    expect(entra.accessTokens.at(-1)).toMatchObject({ value: token, kind: 'application', audience: RESOURCE })
    expect([...asked]).toEqual(['login.another.cloud'])
  })

  test('a service principal that is refused keeps the codes', async () => {
    Object.assign(process.env, {
      AZURE_CLIENT_ID: entra.application.clientId,
      AZURE_TENANT_ID: entra.tenant,
      AZURE_CLIENT_SECRET: 'a-secret-of-the-app',
    })
    const failure = await failureOf(ambientToken(wire, PUBLIC, wanted, secrets))
    expect(failure).toMatchObject({ kind: 'sign-in', codes: [7000215] })
    expect(failure.message).not.toContain('a-secret-of-the-app')
  })

  test('nobody: the ways out are named, and nothing was asked of any server', async () => {
    const failure = await failureOf(ambientToken(wire, PUBLIC, wanted, secrets))
    expect(failure).toMatchObject({ kind: 'sign-in', hint: expect.stringMatching(/id-token: write.*azure\/login/) })
    expect(emulator.transcript).toEqual([])
  })
})
