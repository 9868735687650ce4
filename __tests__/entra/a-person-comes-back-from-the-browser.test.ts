import { expect, test } from '@jest/globals'
import nock from 'nock'
import { type Loopback, signInByAuthorizationCode } from '../../src/entra/authorization-code.ts'
import type { Tokens } from '../../src/entra/token-endpoint.ts'
import { type TestWire, testWire } from '../wire.ts'
import { ACCESS_TOKEN, app, failureOf, granted, onToken, ROLLED, secretsMaskedInto, TENANT } from './tenant.ts'

const MINUTE = 60_000
const CODE = '1.AUTHORIZATION-CODE'
const masked: string[] = []

function signIn(answer: Loopback['answer'], wire: TestWire = testWire()): Promise<Tokens> {
  masked.length = 0
  return signInByAuthorizationCode(wire, {
    app,
    user: undefined,
    limit: 15 * MINUTE,
    show: () => undefined,
    secrets: secretsMaskedInto(masked),
    loopback: { address: 'http://localhost:50123', answer },
  })
}

const comesBack = (query: Readonly<Record<string, string>>): Loopback['answer'] => {
  return (state) => Promise.resolve(new URLSearchParams({ ...query, state }))
}

/** Nobody comes; the listener ends with the signal. */
const nobody: Loopback['answer'] = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
  })

test('the code is traded with the verifier, and code, verifier and tokens are masked', async () => {
  let form = new URLSearchParams()
  nock('https://login.microsoftonline.com')
    .post(`/${TENANT}/oauth2/v2.0/token`, (body: Record<string, string>) => {
      form = new URLSearchParams(body)
      return true
    })
    .reply(200, granted)
  expect(await signIn(comesBack({ code: CODE }))).toMatchObject({ accessToken: ACCESS_TOKEN, refreshToken: ROLLED })
  expect(Object.fromEntries(form)).toEqual({
    grant_type: 'authorization_code',
    client_id: 'client-of-the-bot',
    code: CODE,
    redirect_uri: 'http://localhost:50123',
    code_verifier: expect.stringMatching(/^[\w-]{64}$/),
    scope: '499b84ac-1321-427f-aa17-267ca6975798/.default offline_access',
  })
  expect(masked).toEqual(expect.arrayContaining([CODE, form.get('code_verifier'), ACCESS_TOKEN, ROLLED]))
})

test('Entra in trouble is asked again with the same code', async () => {
  onToken(503)
  onToken(200, granted)
  expect((await signIn(comesBack({ code: CODE }))).refreshToken).toBe(ROLLED)
})

test.each([
  [{ error: 'access_denied', error_description: 'AADSTS65004: declined' }, 'declined'],
  [{ error: 'interaction_required', error_description: 'AADSTS53003: blocked' }, 'Conditional Access'],
  [{}, 'no answer of Microsoft Entra ID as documented'],
])('coming back with %j is explained', async (query, hint) => {
  expect(await failureOf(signIn(comesBack(query)))).toMatchObject({
    kind: 'sign-in',
    hint: expect.stringContaining(hint),
  })
})

test('nobody comes back within the time', async () => {
  const wire = testWire()
  const failure = failureOf(signIn(nobody, wire))
  wire.clock.pass(15 * MINUTE)
  expect(await failure).toMatchObject({ kind: 'sign-in', hint: expect.stringContaining('within 15 minutes') })
})

test('whoever stops it ends it at once', async () => {
  const cancel = new AbortController()
  const failure = failureOf(signIn(nobody, testWire({ cancel: cancel.signal })))
  cancel.abort(new Error('stop'))
  expect(await failure).toMatchObject({ kind: 'cancelled', fateUnknown: false })
})

test('a listener that breaks is no time-out', async () => {
  const broken = new Error('the port is gone')
  await expect(signIn(() => Promise.reject(broken))).rejects.toBe(broken)
})
