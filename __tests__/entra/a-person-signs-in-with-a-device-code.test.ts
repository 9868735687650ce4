import { expect, test } from '@jest/globals'
import nock from 'nock'
import { type DeviceCodePrompt, signInWithDeviceCode } from '../../src/entra/device-code.ts'
import type { Tokens } from '../../src/entra/token-endpoint.ts'
import { type TestWire, testWire } from '../wire.ts'
import { ACCESS_TOKEN, app, failureOf, granted, onToken, refusal, ROLLED, secretsMaskedInto, TENANT } from './tenant.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DEVICE_CODE = 'GAQABAAEAAAD-device-code'
const masked: string[] = []
const shown: DeviceCodePrompt[] = []

interface Setting {
  readonly wire?: TestWire
  readonly refreshToken?: boolean
  readonly assertion?: () => Promise<string>
  readonly show?: (prompt: DeviceCodePrompt) => void
}

function signIn({ wire = testWire(), refreshToken = true, assertion, show }: Setting = {}): Promise<Tokens> {
  masked.length = 0
  shown.length = 0
  return signInWithDeviceCode(wire, {
    app: { ...app, assertion },
    refreshToken,
    limit: 10 * MINUTE,
    secrets: secretsMaskedInto(masked),
    show: (prompt) => {
      shown.push(prompt)
      show?.(prompt)
    },
  })
}

const code = {
  user_code: 'ABC123',
  device_code: DEVICE_CODE,
  verification_uri: 'https://microsoft.com/devicelogin',
  expires_in: 900,
  interval: 5,
  message: 'Open https://microsoft.com/devicelogin and enter ABC123.',
} as const

const bodies: URLSearchParams[] = []

function onCode(status: number, body: nock.Body): void {
  bodies.length = 0
  nock('https://login.microsoftonline.com')
    .post(
      `/${TENANT}/oauth2/v2.0/devicecode`,
      (form: Record<string, string>) => bodies.push(new URLSearchParams(form)) > 0,
    )
    .reply(status, body)
}

const pending = { error: 'authorization_pending', error_description: 'AADSTS70016: waiting', error_codes: [70016] }

test('the code is shown, the answer is waited for, and both tokens and the device code are masked', async () => {
  const wire = testWire()
  onCode(200, code)
  onToken(400, pending)
  onToken(400, pending)
  onToken(200, granted)
  const began = wire.clock.now()
  const tokens = await signIn({ wire })
  expect(tokens).toEqual({ accessToken: ACCESS_TOKEN, refreshToken: ROLLED, expiresAt: began + 3615 * SECOND })
  expect(shown).toEqual([{ address: code.verification_uri, code: 'ABC123' }])
  expect(masked).toEqual(expect.arrayContaining([DEVICE_CODE, ACCESS_TOKEN, ROLLED]))
  expect(masked).not.toContain('ABC123')
  expect(wire.clock.slept).toEqual([5 * SECOND, 5 * SECOND, 5 * SECOND])
})

test.each([
  [true, '499b84ac-1321-427f-aa17-267ca6975798/.default offline_access'],
  [false, '499b84ac-1321-427f-aa17-267ca6975798/.default'],
])(
  'it asks for Azure DevOps as the given app, and for a refresh token only where one is wanted (%s)',
  async (refreshToken, scope) => {
    onCode(200, code)
    onToken(200, granted)
    await signIn({ refreshToken })
    expect(Object.fromEntries(bodies[0] ?? [])).toEqual({ client_id: 'client-of-the-bot', scope })
  },
)

test('an app that trusts the workflow proves itself with every request, each time afresh', async () => {
  let count = 0
  onCode(200, code)
  const forms: URLSearchParams[] = []
  const poll = (status: number, body: nock.Body): void => {
    nock('https://login.microsoftonline.com')
      .post(`/${TENANT}/oauth2/v2.0/token`, (form: Record<string, string>) => forms.push(new URLSearchParams(form)) > 0)
      .reply(status, body)
  }
  poll(400, pending)
  poll(200, granted)
  await signIn({ assertion: () => Promise.resolve(`assertion-number-${(count += 1)}`) })
  expect([...bodies, ...forms].map((form) => form.get('client_assertion'))).toEqual([
    'assertion-number-1',
    'assertion-number-2',
    'assertion-number-3',
  ])
  expect(forms[0]?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:device_code')
  expect(masked).toContain('assertion-number-2')
})

test('told to slow down, it waits five seconds longer from then on', async () => {
  const wire = testWire()
  onCode(200, code)
  onToken(400, { ...pending, error: 'slow_down' })
  onToken(429, { ...pending, error: 'slow_down' })
  onToken(400, pending)
  onToken(200, granted)
  await signIn({ wire })
  expect(wire.clock.slept).toEqual([5, 10, 15, 15].map((seconds) => seconds * SECOND))
})

test('faults that pass are sat out while somebody types the code, and the log is told', async () => {
  const wire = testWire()
  onCode(200, code)
  onToken(503, 'Service Unavailable')
  nock('https://login.microsoftonline.com').post(/token/).replyWithError('no route')
  onToken(429, '', { 'retry-after': '40' })
  onToken(200, granted)
  expect((await signIn({ wire })).accessToken).toBe(ACCESS_TOKEN)
  expect(wire.clock.slept).toEqual([5, 10, 20, 40].map((seconds) => seconds * SECOND))
  expect(wire.waited.map(({ failure }) => failure.kind)).toEqual(['unavailable', 'unreachable', 'rate-limited'])
})

test('a fault that does not pass before the code expires is the reason given', async () => {
  onCode(200, { ...code, expires_in: 12 })
  onToken(503, 'Service Unavailable')
  expect(await failureOf(signIn())).toMatchObject({ kind: 'unavailable', status: 503 })
})

test('a code is not asked for blindly: a fault that passes is tried again', async () => {
  onCode(503, '')
  nock('https://login.microsoftonline.com')
    .post(/devicecode/)
    .reply(200, code)
  onToken(200, granted)
  expect((await signIn()).refreshToken).toBe(ROLLED)
})

test.each([
  [53003, 'administrator', 'docs/sign-in.md'],
  [530036, 'administrator', 'docs/sign-in.md'],
  [50057, 'account-owner', 'disabled'],
])('AADSTS%i while waiting ends it and is explained', async (number, remedy, hint) => {
  onCode(200, code)
  onToken(400, refusal(number))
  expect(await failureOf(signIn())).toMatchObject({
    kind: 'sign-in',
    codes: [number],
    remedy,
    hint: expect.stringContaining(hint),
  })
})

test.each([
  [70044, 'authorization_declined', 'declined'],
  [0, 'access_denied', 'declined'],
  [70018, 'bad_verification_code', 'no longer knows the device code'],
  [70020, 'expired_token', 'Nobody signed in'],
  [70020, 'code_expired', 'Nobody signed in'],
])('%i %s ends it and is explained', async (number, error, hint) => {
  onCode(200, code)
  onToken(400, refusal(number, error))
  expect(await failureOf(signIn())).toMatchObject({ kind: 'sign-in', hint: expect.stringContaining(hint) })
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

test.each([
  [{ hello: 'world' }],
  [{ ...code, device_code: '' }],
  [{ ...code, verification_uri: undefined }],
  [{ ...code, user_code: 7 }],
  ['no JSON'],
])('an answer without a whole code is unreadable (%j)', async (body) => {
  onCode(200, body)
  expect(await failureOf(signIn())).toMatchObject({
    kind: 'unreadable',
    hint: expect.stringContaining('a device code'),
  })
  expect(shown).toEqual([])
})

test.each([
  [{ expires_in: 300 }, 'the code expires', 5 * MINUTE],
  [{}, 'the time limit', 10 * MINUTE],
  [{ expires_in: undefined, interval: undefined }, 'the time limit, where the code says none', 10 * MINUTE],
])('nobody signs in before %j: %s', async (given, _, life) => {
  const wire = testWire()
  const began = wire.clock.now()
  onCode(200, { ...code, ...given })
  nock('https://login.microsoftonline.com').post(/token/).times(200).reply(400, pending)
  expect(await failureOf(signIn({ wire }))).toMatchObject({
    kind: 'sign-in',
    hint: expect.stringContaining('Nobody signed in'),
  })
  expect(wire.clock.now() - began).toBe(life)
  nock.cleanAll()
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

test('a redirect is not followed', async () => {
  nock('https://login.microsoftonline.com')
    .post(/devicecode/)
    .reply(307, '', { location: '/elsewhere' })
  expect(await failureOf(signIn())).toMatchObject({ kind: 'sign-in', status: 307 })
})

test('tokens cut off in the middle are not quoted', async () => {
  onCode(200, { ...code, expires_in: 8 })
  onToken(200, `{"access_token":"${ACCESS_TOKEN}","refre`, { 'content-type': 'application/json' })
  const failure = await failureOf(signIn())
  expect(failure).toMatchObject({ kind: 'unreadable', status: 200 })
  expect(`${failure.stack} ${String(failure.cause)}`).not.toContain(ACCESS_TOKEN)
})
