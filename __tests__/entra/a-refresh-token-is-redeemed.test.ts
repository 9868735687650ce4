import { expect, test } from '@jest/globals'
import nock from 'nock'
import { redeemRefreshToken } from '../../src/entra/redeem-refresh-token.ts'
import type { Tokens } from '../../src/entra/token-endpoint.ts'
import { refusesThisRefreshToken } from '../../src/entra/sign-in-failure.ts'
import { testWire } from '../wire.ts'
import {
  ACCESS_TOKEN,
  app,
  failureOf,
  granted,
  onToken,
  REFRESH_TOKEN,
  refusal,
  ROLLED,
  secretsMaskedInto,
  TENANT,
} from './tenant.ts'

const masked: string[] = []
const sent: { url: string; init: RequestInit }[] = []

function redeem(overrides: Partial<typeof app> = {}, wire = testWire()): Promise<Tokens> {
  masked.length = 0
  sent.length = 0
  const fetch: typeof wire.fetch = (url, init) => {
    sent.push({ url, init })
    return globalThis.fetch(url, init)
  }
  return redeemRefreshToken({ ...wire, fetch }, { ...app, ...overrides }, REFRESH_TOKEN, secretsMaskedInto(masked))
}

function formsSent(): Record<string, string>[] {
  return sent.map(({ init }) => Object.fromEntries(new URLSearchParams(typeof init.body === 'string' ? init.body : '')))
}

test('a public client sends the refresh token and asks for the next one', async () => {
  onToken(200, granted)
  const wire = testWire()
  expect(await redeem({}, wire)).toEqual({
    accessToken: ACCESS_TOKEN,
    refreshToken: ROLLED,
    expiresAt: wire.clock.now() + 3_600_000,
  })
  expect(sent).toEqual([
    {
      url: `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`,
      init: {
        method: 'POST',
        headers: {
          'user-agent': 'ado-artifacts-token-renewal',
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        redirect: 'manual',
        signal: expect.any(AbortSignal),
        body: expect.any(String),
      },
    },
  ])
  expect(formsSent()).toEqual([
    {
      grant_type: 'refresh_token',
      client_id: 'client-of-the-bot',
      scope: '499b84ac-1321-427f-aa17-267ca6975798/.default offline_access',
      refresh_token: REFRESH_TOKEN,
    },
  ])
})

test('the refresh token, the access token and the next refresh token are masked', async () => {
  onToken(200, granted)
  await redeem()
  expect(masked).toEqual(expect.arrayContaining([REFRESH_TOKEN, ACCESS_TOKEN, ROLLED]))
})

test('an app that authenticates sends a new assertion with every try, and each is masked', async () => {
  onToken(503)
  onToken(200, granted)
  let count = 0
  await redeem({ assertion: () => Promise.resolve(`assertion-${(count += 1)}`) })
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  expect(formsSent()).toMatchObject([
    { client_assertion_type: type, client_assertion: 'assertion-1' },
    { client_assertion_type: type, client_assertion: 'assertion-2' },
  ])
  expect(masked).toEqual(expect.arrayContaining(['assertion-1', 'assertion-2']))
})

test('the authority may end with a slash, and may be that of a sovereign cloud', async () => {
  nock('https://login.microsoftonline.us').post('/contoso.example/oauth2/v2.0/token').reply(200, granted)
  await redeem({ authority: 'https://login.microsoftonline.us/', tenantId: 'contoso.example' })
  expect(sent[0]?.url).toBe('https://login.microsoftonline.us/contoso.example/oauth2/v2.0/token')
})

test('a number in quotes is a number, and without a next refresh token there is none', async () => {
  onToken(200, { access_token: ACCESS_TOKEN, expires_in: '60' })
  const wire = testWire()
  expect(await redeem({}, wire)).toEqual({
    accessToken: ACCESS_TOKEN,
    refreshToken: undefined,
    expiresAt: wire.clock.now() + 60_000,
  })
})

test.each<[string, nock.Body]>([
  ['no access token', { ...granted, access_token: '' }],
  ['no life', { ...granted, expires_in: undefined }],
  ['no JSON', `{"access_token":"${ACCESS_TOKEN}"`],
])('%s is unreadable after the retries, and masked where it can be', async (_name, body) => {
  for (let i = 0; i < 4; i += 1) onToken(200, body)
  const failure = await failureOf(redeem())
  expect(failure).toMatchObject({ kind: 'unreadable', status: 200 })
  expect(failure.message).not.toContain(ACCESS_TOKEN)
  if (typeof body !== 'string') expect(masked).toContain(ROLLED)
})

test.each([[90033], [90006], [50033], [90024], [90055], [50087]])(
  'AADSTS%i passes: tried again after what Retry-After asks',
  async (code) => {
    const wire = testWire()
    onToken(400, refusal(code), { 'retry-after': '5' })
    onToken(200, granted)
    expect((await redeem({}, wire)).accessToken).toBe(ACCESS_TOKEN)
    expect(wire.clock.slept).toEqual([5000])
  },
)

test('a lost answer is tried again', async () => {
  nock('https://login.microsoftonline.com').post(/./).replyWithError('reset')
  onToken(200, granted)
  expect((await redeem()).accessToken).toBe(ACCESS_TOKEN)
})

test('5xx that stays ends as unavailable', async () => {
  for (let i = 0; i < 4; i += 1) onToken(502, '<html><title>Bad gateway</title></html>')
  expect(await failureOf(redeem())).toMatchObject({
    kind: 'unavailable',
    said: 'Bad gateway',
    hint: expect.stringContaining('in trouble'),
  })
})

test('429 is a rate limit', async () => {
  const wire = testWire()
  onToken(429, '', { 'retry-after': '30' })
  onToken(200, granted)
  await redeem({}, wire)
  expect(wire.clock.slept).toEqual([30_000])
  expect(wire.waited[0]?.failure).toMatchObject({ kind: 'rate-limited', status: 429 })
})

test.each([400, 429, 503])('a loop (AADSTS50196, with %i) is never tried again', async (status) => {
  onToken(status, refusal(50196))
  const failure = await failureOf(redeem())
  expect(failure).toMatchObject({ kind: 'sign-in', codes: [50196], hint: expect.stringContaining('loop') })
  expect(sent).toHaveLength(1)
})

test('a refresh token that is refused is told from everything else', async () => {
  onToken(400, refusal(700082))
  expect(refusesThisRefreshToken(await failureOf(redeem()))).toBe(true)
  onToken(400, refusal(700016, 'unauthorized_client'))
  expect(refusesThisRefreshToken(await failureOf(redeem()))).toBe(false)
  for (let i = 0; i < 4; i += 1) onToken(400, refusal(90033))
  expect(refusesThisRefreshToken(await failureOf(redeem()))).toBe(false)
  expect(refusesThisRefreshToken(new Error('x'))).toBe(false)
})

test('a failure never quotes the refresh token or the assertion', async () => {
  onToken(400, { error: 'invalid_request', error_description: `bad: ${REFRESH_TOKEN} and an-assertion` })
  const failure = await failureOf(redeem({ assertion: () => Promise.resolve('an-assertion') }))
  expect(failure).toMatchObject({ kind: 'sign-in', said: 'bad: *** and ***' })
})

test('a redirect is not followed', async () => {
  onToken(302, '', { location: 'https://evil.example/' })
  expect(await failureOf(redeem())).toMatchObject({
    kind: 'sign-in',
    status: 302,
    hint: expect.stringContaining('the proxy'),
  })
})
