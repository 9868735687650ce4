import { afterEach, beforeEach, expect, test } from '@jest/globals'
import nock from 'nock'
import { cancelled } from '../../src/errors.ts'
import { githubAssertion } from '../../src/entra/github-assertion.ts'
import { testWire } from '../wire.ts'
import { failureOf, secretsMaskedInto } from './tenant.ts'

const masked: string[] = []

beforeEach(() => {
  masked.length = 0
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = 'https://oidc.example/token?api-version=2.0'
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'request-token'
})

afterEach(() => {
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_URL
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN
})

function onRequest(status: number, body: nock.Body, audience = 'api://AzureADTokenExchange'): nock.Interceptor {
  const interceptor = nock('https://oidc.example', { reqheaders: { authorization: 'Bearer request-token' } })
    .get('/token')
    .query({ 'api-version': '2.0', audience })
  interceptor.reply(status, body, { location: 'https://elsewhere.example/' })
  return interceptor
}

function assertion(audience?: string, wire = testWire()): Promise<string> {
  return githubAssertion(wire, secretsMaskedInto(masked), audience)
}

test('for the audience that Microsoft Entra expects, masked', async () => {
  onRequest(200, { value: 'the-assertion' })
  expect(await assertion()).toBe('the-assertion')
  expect(masked).toEqual(expect.arrayContaining(['request-token', 'the-assertion']))
})

test('for another audience', async () => {
  onRequest(200, { value: 'the-assertion' }, 'api://AzureADTokenExchangeUSGov')
  expect(await assertion('api://AzureADTokenExchangeUSGov')).toBe('the-assertion')
})

test.each([
  ['no address', 'ACTIONS_ID_TOKEN_REQUEST_URL'],
  ['no token', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
])('a job without the permission (%s) is told which one', async (_, variable) => {
  process.env[variable] = ''
  expect(await failureOf(assertion())).toMatchObject({
    kind: 'input',
    hint: expect.stringContaining('permissions: id-token: write'),
  })
})

test('a refusal is quoted', async () => {
  onRequest(403, { message: 'no, request-token may not' })
  expect(await failureOf(assertion())).toMatchObject({
    kind: 'sign-in',
    status: 403,
    said: 'no, *** may not',
    hint: expect.stringContaining('permissions: id-token: write'),
  })
})

test('a redirect is not followed', async () => {
  onRequest(302, '')
  expect(await failureOf(assertion())).toMatchObject({ kind: 'sign-in', status: 302 })
})

test.each([
  ['trouble', 503, { message: 'later' }],
  ['a limit', 429, ''],
  ['no token', 200, { value: '' }],
  ['half a body', 200, '{"value": "the-'],
])('%s is sat out', async (_, status, body) => {
  onRequest(status, body)
  onRequest(200, { value: 'the-assertion' })
  expect(await assertion()).toBe('the-assertion')
})

test('trouble that stays is no reason to begin the redemption again', async () => {
  for (let time = 0; time < 4; time += 1) onRequest(503, 'no')
  const wire = testWire()
  expect(await failureOf(assertion(undefined, wire))).toMatchObject({ kind: 'sign-in', status: 503 })
  expect(wire.clock.slept).toEqual([1000, 2000, 4000])
})

test('a cancelled run does not wait for it', async () => {
  const cancel = new AbortController()
  const fetch = (_: string, { signal }: RequestInit): Promise<Response> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error)
      })
      cancel.abort(cancelled('go on', false, 'SIGINT'))
    })
  expect((await failureOf(assertion(undefined, testWire({ cancel: cancel.signal, fetch })))).kind).toBe('cancelled')
})
