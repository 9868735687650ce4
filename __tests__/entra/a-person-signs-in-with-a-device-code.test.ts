import { expect, test } from '@jest/globals'
import nock from 'nock'
import { type DeviceCodePrompt, signInWithDeviceCode } from '../../src/entra/device-code.ts'
import type { Tokens } from '../../src/entra/redeem-refresh-token.ts'
import { type TestWire, testWire } from '../wire.ts'
import { ACCESS_TOKEN, app, failureOf, granted, onToken, refusal, secretsMaskedInto, TENANT } from './tenant.ts'

const MINUTE = 60_000
const masked: string[] = []
const shown: DeviceCodePrompt[] = []

interface Setting {
  readonly wire?: TestWire
  readonly authority?: string
  readonly show?: (prompt: DeviceCodePrompt) => void
}

function signIn({
  wire = testWire(),
  authority = app.authority,
  show = () => undefined,
}: Setting = {}): Promise<Tokens> {
  masked.length = 0
  shown.length = 0
  return signInWithDeviceCode(wire, {
    app: { ...app, authority },
    limit: 10 * MINUTE,
    secrets: secretsMaskedInto(masked),
    show: (prompt) => {
      shown.push(prompt)
      show(prompt)
    },
  })
}

const code = {
  user_code: 'ABC123',
  device_code: 'device-code',
  verification_uri: 'https://microsoft.com/devicelogin',
  expires_in: 900,
  interval: 0,
  message: 'Open https://microsoft.com/devicelogin and enter ABC123.',
} as const

function onCode(status: number, body: nock.Body): void {
  nock('https://login.microsoftonline.com').post(`/${TENANT}/oauth2/v2.0/devicecode`).reply(status, body)
}

const pending = { error: 'authorization_pending', error_description: 'AADSTS70016: waiting', error_codes: [70016] }

test('the code is shown, the answer is waited for, and the access token is masked', async () => {
  const wire = testWire()
  onCode(200, code)
  onToken(400, pending)
  onToken(200, granted)
  const tokens = await signIn({ wire })
  expect(tokens).toEqual({ accessToken: ACCESS_TOKEN, refreshToken: undefined, expiresAt: expect.any(Number) })
  expect(shown).toEqual([
    {
      address: code.verification_uri,
      code: 'ABC123',
      message: code.message,
      expiresAt: wire.clock.now() + 15 * MINUTE,
    },
  ])
  expect(masked).toContain(ACCESS_TOKEN)
})

test('it asks for Azure DevOps, as the given app', async () => {
  const bodies: URLSearchParams[] = []
  nock('https://login.microsoftonline.com')
    .post(
      `/${TENANT}/oauth2/v2.0/devicecode`,
      (body: Record<string, string>) => bodies.push(new URLSearchParams(body)) > 0,
    )
    .reply(200, { ...code, expires_in: undefined })
  onToken(200, granted)
  await signIn()
  expect(bodies[0]?.get('client_id')).toBe('client-of-the-bot')
  expect(bodies[0]?.get('scope')).toContain('499b84ac-1321-427f-aa17-267ca6975798/.default')
  expect(shown).toHaveLength(1)
})

test.each([
  [53003, 'administrator', 'authorization code'],
  [530036, 'administrator', 'authorization code'],
  [50057, 'account-owner', 'disabled'],
])('AADSTS%i while waiting is explained, though the library drops the code', async (number, remedy, hint) => {
  onCode(200, code)
  onToken(400, refusal(number))
  expect(await failureOf(signIn())).toMatchObject({
    kind: 'sign-in',
    codes: [number],
    remedy,
    hint: expect.stringContaining(hint),
  })
})

test('an app that is no public client is refused before a code is shown', async () => {
  onCode(401, refusal(7000218, 'invalid_client'))
  expect(await failureOf(signIn())).toMatchObject({
    kind: 'sign-in',
    codes: [7000218],
    hint: expect.stringContaining('Allow public client flows'),
  })
  expect(shown).toEqual([])
})

test('a refusal that is no JSON is quoted without its mark-up', async () => {
  onCode(403, '<html><title>Blocked by proxy</title></html>')
  expect(await failureOf(signIn())).toMatchObject({ kind: 'sign-in', status: 403, said: 'Blocked by proxy' })
})

test('a network failure is told as one', async () => {
  nock('https://login.microsoftonline.com').post(/./).replyWithError('no route')
  expect(await failureOf(signIn())).toMatchObject({ kind: 'unreachable', said: expect.stringContaining('no route') })
})

test('an answer without a code is unreadable', async () => {
  onCode(200, { hello: 'world' })
  expect(await failureOf(signIn())).toMatchObject({
    kind: 'unreadable',
    said: expect.stringContaining('verification_uri'),
  })
})

test('nobody signs in before the code expires', async () => {
  onCode(200, { ...code, expires_in: -1 })
  expect(await failureOf(signIn())).toMatchObject({
    kind: 'sign-in',
    hint: expect.stringContaining('Nobody signed in'),
  })
})

test('nobody signs in before the time limit, and the asking ends', async () => {
  const wire = testWire()
  onCode(200, code)
  const failure = await failureOf(
    signIn({
      wire,
      show: () => {
        wire.clock.pass(10 * MINUTE)
      },
    }),
  )
  expect(failure).toMatchObject({ kind: 'sign-in', hint: expect.stringContaining('within 10 minutes') })
})

test.each([new Error('stop'), 'stop'])('a cancelled run ends at once (%s)', async (reason) => {
  const cancel = new AbortController()
  onCode(200, code)
  const failure = await failureOf(
    signIn({
      wire: testWire({ cancel: cancel.signal }),
      show: () => {
        cancel.abort(reason)
      },
    }),
  )
  expect(failure).toMatchObject({ kind: 'cancelled', fateUnknown: false })
})

test('another authority is asked alone, and not the public cloud about it', async () => {
  const authority = 'https://login.contoso.example'
  nock(authority)
    .get(`/${TENANT}/v2.0/.well-known/openid-configuration`)
    .reply(200, {
      issuer: `${authority}/${TENANT}/v2.0`,
      authorization_endpoint: `${authority}/${TENANT}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/${TENANT}/oauth2/v2.0/token`,
      jwks_uri: `${authority}/${TENANT}/keys`,
    })
  nock(authority).post(`/${TENANT}/oauth2/v2.0/devicecode`).reply(200, code)
  nock(authority).post(`/${TENANT}/oauth2/v2.0/token`).query(true).reply(200, granted)
  expect((await signIn({ authority })).accessToken).toBe(ACCESS_TOKEN)
})

test('an authority that sends the code elsewhere is not followed', async () => {
  const authority = 'https://login.contoso.example'
  nock(authority)
    .get(`/${TENANT}/v2.0/.well-known/openid-configuration`)
    .reply(200, {
      issuer: `${authority}/${TENANT}/v2.0`,
      authorization_endpoint: 'https://evil.example/authorize',
      token_endpoint: 'https://evil.example/token',
      jwks_uri: 'https://evil.example/keys',
    })
  expect(await failureOf(signIn({ authority }))).toMatchObject({
    kind: 'input',
    hint: expect.stringContaining('AZURE_AUTHORITY_HOST'),
  })
})

test('a redirect is not followed', async () => {
  nock('https://login.microsoftonline.com')
    .post(/devicecode/)
    .reply(307, '', { location: '/elsewhere' })
  expect(await failureOf(signIn())).toMatchObject({ kind: 'sign-in', status: 307 })
})

test('tokens cut off in the middle are not quoted', async () => {
  onCode(200, code)
  onToken(200, `{"access_token":"${ACCESS_TOKEN}","refre`, { 'content-type': 'application/json' })
  const failure = await failureOf(signIn())
  expect(failure).toMatchObject({ kind: 'unreadable', status: 200 })
  expect(`${failure.stack} ${String(failure.cause)}`).not.toContain(ACCESS_TOKEN)
})
