import { describe, expect, test } from '@jest/globals'
import { createEmulator } from './emulator.ts'
import { AZURE_DEVOPS, createEntra, createEntraUser, gitHubFederation, type Entra } from './entra/entra.ts'
import { createGitHubOidc, type GitHubOidc } from './entra/github-oidc.ts'
import type { TranscriptEntry } from './wire.ts'

type Json = Readonly<Record<string, unknown>>

const DAY = 24 * 60 * 60 * 1000
const SCOPE = `${AZURE_DEVOPS}/.default offline_access`
const AUDIENCE = 'api://AzureADTokenExchange'

interface World {
  readonly entra: Entra
  readonly oidc: GitHubOidc
  readonly transcript: readonly TranscriptEntry[]
  pass(milliseconds: number): void
  post(form: Readonly<Record<string, string>>, endpoint?: string): Promise<{ status: number; body: Json }>
}

function createWorld(confidential = false): World {
  let time = Date.UTC(2026, 10, 21, 8)
  const clock = { now: () => time }
  const oidc = createGitHubOidc({ clock })
  const entra = createEntra({ clock, ...(confidential ? { federated: [gitHubFederation(oidc.subject)] } : {}) })
  const emulator = createEmulator({ services: [entra, oidc], clock })
  return {
    entra,
    oidc,
    transcript: emulator.transcript,
    pass: (milliseconds) => void (time += milliseconds),
    async post(form, endpoint = `${entra.tenant}/oauth2/v2.0/token`) {
      const body = new URLSearchParams({ client_id: entra.application.clientId, ...form })
      const response = await emulator.fetch(`https://login.microsoftonline.com/${endpoint}`, { method: 'POST', body })
      return { status: response.status, body: (await response.json()) as Json }
    },
  }
}

const refresh = (token: unknown, scope = SCOPE): Readonly<Record<string, string>> => ({
  grant_type: 'refresh_token',
  refresh_token: String(token),
  scope,
})

const asserted = (assertion: string): Readonly<Record<string, string>> => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion,
})

describe('refresh tokens', () => {
  test('roll on every use; the old one stays, or goes', async () => {
    const { entra, post, transcript } = createWorld()
    const first = entra.issueRefreshToken()
    const answer = await post(refresh(first))
    expect(answer.body).toMatchObject({ token_type: 'Bearer', refresh_token: entra.refreshTokens[1]?.value })
    expect(transcript[0]?.body).toMatchObject({ refresh_token: '<refresh token 1>', grant_type: 'refresh_token' })
    entra.keepsOld = false
    expect((await post(refresh(first))).status).toBe(200)
    expect(await post(refresh(first))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [70000] },
    })
    expect((await post(refresh(entra.refreshTokens[2]?.value))).status).toBe(200)
  })

  test('do not roll without offline_access', async () => {
    const { entra, post } = createWorld()
    entra.keepsOld = false
    const token = entra.issueRefreshToken()
    const scope = `${AZURE_DEVOPS}/.default`
    expect((await post(refresh(token, scope))).body).not.toHaveProperty('refresh_token')
    expect((await post(refresh(token, scope))).status).toBe(200)
  })

  test('die after 90 idle days and are kept alive by use', async () => {
    const { entra, post, pass } = createWorld()
    const token = entra.issueRefreshToken()
    pass(80 * DAY)
    expect((await post(refresh(token))).status).toBe(200)
    pass(80 * DAY)
    expect((await post(refresh(token))).status).toBe(200)
    pass(91 * DAY)
    expect((await post(refresh(token))).body).toMatchObject({ error_codes: [700082], suberror: 'bad_token' })
  })

  test('are refused as the test asks, in the shape of Entra', async () => {
    const { entra, post } = createWorld()
    const token = entra.issueRefreshToken()
    entra.refuse('all', 53003)
    entra.refuse(token, 50173)
    expect((await post(refresh(token))).body).toEqual({
      error: 'invalid_grant',
      error_description: expect.stringMatching(
        /^AADSTS50173: .+ Trace ID: .+ Correlation ID: .+ Timestamp: 2026-11-21 08:00:00Z$/,
      ),
      error_codes: [50173],
      timestamp: '2026-11-21 08:00:00Z',
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
      error_uri: expect.any(String),
      suberror: 'bad_token',
    })
    expect((await post(refresh(entra.issueRefreshToken()))).body.error_codes).toEqual([53003])
    entra.accept()
    expect((await post(refresh(token))).status).toBe(200)
  })

  test('belong to one client; tenant and client must exist; failures pass', async () => {
    const { entra, post } = createWorld()
    const token = entra.issueRefreshToken()
    expect((await post({ ...refresh(token), client_id: 'nobody' })).body.error_codes).toEqual([700016])
    expect((await post(refresh(token), 'elsewhere/oauth2/v2.0/token')).body.error_codes).toEqual([90002])
    expect((await post(refresh('made up'))).body.error_codes).toEqual([9002313])
    expect((await post(refresh(token, 'https://unknown.example/.default'))).body.error_codes).toEqual([500011])
    entra.failNext(1)
    expect(await post(refresh(token))).toMatchObject({ status: 503, body: { error_codes: [90033] } })
    expect((await post(refresh(token))).status).toBe(200)
  })
})

describe('confidential clients', () => {
  test('redeem with a fresh assertion, once', async () => {
    const { entra, oidc, post, transcript } = createWorld(true)
    const token = entra.issueRefreshToken()
    const assertion = oidc.issue(AUDIENCE)
    expect((await post(refresh(token))).body.error_codes).toEqual([7000218])
    expect((await post({ ...refresh(token), ...asserted(assertion) })).status).toBe(200)
    expect(transcript.at(-1)?.body).toMatchObject({ client_assertion: `<assertion of ${oidc.subject}>` })
    expect((await post({ ...refresh(token), ...asserted(assertion) })).body.error_codes).toEqual([700027])
  })

  test('are refused for subject, audience, signature and age of the assertion', async () => {
    const { oidc, post, pass } = createWorld(true)
    const code = async (assertion: string): Promise<unknown> =>
      (await post({ grant_type: 'client_credentials', scope: `${AZURE_DEVOPS}/.default`, ...asserted(assertion) })).body
        .error_codes
    expect(await code(oidc.issue('https://github.com/hmcts'))).toEqual([700212])
    expect(await code(`${oidc.issue(AUDIENCE).split('.').slice(0, 2).join('.')}.AAAA`)).toEqual([700027])
    const old = oidc.issue(AUDIENCE)
    pass(301_000)
    expect(await code(old)).toEqual([700024])
    oidc.subject = 'repo:hmcts/.github:ref:refs/heads/main'
    expect(await code(oidc.issue(AUDIENCE))).toEqual([700213])
  })

  test("get an application's token for themselves; a public client with an assertion is refused", async () => {
    const { entra, oidc, post } = createWorld(true)
    const form = { grant_type: 'client_credentials', scope: `${AZURE_DEVOPS}/.default` }
    expect((await post({ ...form, ...asserted(oidc.issue(AUDIENCE)) })).body).not.toHaveProperty('refresh_token')
    expect(entra.accessTokens.at(-1)).toMatchObject({ kind: 'application', upn: undefined })
    entra.application.publicClient = true
    entra.application.federated.length = 0
    expect((await post({ ...form, ...asserted(oidc.issue(AUDIENCE)) })).body.error_codes).toEqual([700025])
  })
})

describe('device codes', () => {
  async function start(world: World): Promise<() => Promise<{ status: number; body: Json }>> {
    const { body } = await world.post({ scope: `${SCOPE} openid` }, `${world.entra.tenant}/oauth2/v2.0/devicecode`)
    return () =>
      world.post({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: String(body.device_code),
      })
  }

  test('are pending, then too fast, then redeemed once', async () => {
    const world = createWorld()
    const poll = await start(world)
    expect((await poll()).body.error).toBe('authorization_pending')
    expect((await poll()).body.error).toBe('slow_down')
    world.pass(8000)
    expect((await poll()).body.error).toBe('slow_down')
    world.pass(15_000)
    expect((await poll()).body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
    world.pass(5000)
    expect((await poll()).status).toBe(400)
  })

  test('end by themselves, by conditional access, or for want of the public client flow', async () => {
    const world = createWorld()
    const late = await start(world)
    world.pass(901_000)
    expect((await late()).body.error).toBe('expired_token')
    Object.assign(world.entra.deviceCode, { pendingPolls: 0, outcome: 530036 })
    expect((await (await start(world))()).body.error_codes).toEqual([530036])
    world.entra.application.publicClient = false
    expect((await (await start(world))()).body.error_codes).toEqual([7000218])
  })
})

test('access tokens can be made of any kind', () => {
  const { entra } = createWorld()
  const tokens = [
    entra.issueUserToken(),
    entra.issueUserToken(),
    entra.issueAppToken(),
    entra.issueUserToken({ lifetime: -60 }),
  ]
  expect(new Set(tokens).size).toBe(4)
  const other = entra.issueUserToken({ user: createEntraUser('somebody@hmcts.onmicrosoft.com') })
  const claims = JSON.parse(Buffer.from(other.split('.')[1] ?? '', 'base64url').toString()) as Json
  expect(claims).toMatchObject({
    aud: AZURE_DEVOPS,
    idtyp: 'user',
    upn: 'somebody@hmcts.onmicrosoft.com',
    tid: entra.tenant,
  })
  expect(entra.accessTokens[3]?.expiresAt).toBeLessThan(entra.now())
})

test('GitHub gives id tokens only to the job', async () => {
  const { oidc, transcript } = createWorld()
  const emulator = createEmulator({ services: [oidc], clock: { now: () => 0 } })
  const url = `${oidc.requestUrl}&audience=${encodeURIComponent(AUDIENCE)}`
  expect((await emulator.fetch(url)).status).toBe(401)
  const response = await emulator.fetch(url, { headers: { authorization: `Bearer ${oidc.requestToken}` } })
  expect(await response.json()).toMatchObject({ value: oidc.issued[0] })
  expect(transcript).toEqual([])
})
