import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import nock from 'nock'
import { githubAssertion } from '../../src/entra/github-assertion.ts'
import { failureOf } from './tenant.ts'

let printed = ''

beforeEach(() => {
  printed = ''
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = 'https://oidc.example/token?api-version=2.0'
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'request-token'
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})

afterEach(() => {
  jest.restoreAllMocks()
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_URL
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN
})

function onRequest(audience: string, status: number, body: nock.Body): void {
  nock('https://oidc.example', { reqheaders: { authorization: 'Bearer request-token' } })
    .get('/token')
    .query({ 'api-version': '2.0', audience })
    .reply(status, body)
}

test('for the audience that Microsoft Entra expects, masked', async () => {
  onRequest('api://AzureADTokenExchange', 200, { value: 'the-assertion' })
  expect(await githubAssertion()).toBe('the-assertion')
  expect(printed).toContain('::add-mask::the-assertion')
})

test('for another audience', async () => {
  onRequest('api://AzureADTokenExchangeUSGov', 200, { value: 'the-assertion' })
  expect(await githubAssertion('api://AzureADTokenExchangeUSGov')).toBe('the-assertion')
})

test('a job without the permission is told which one', async () => {
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_URL
  expect(await failureOf(githubAssertion())).toMatchObject({
    kind: 'input',
    hint: expect.stringContaining('permissions: id-token: write'),
  })
})

test('a refusal is quoted', async () => {
  onRequest('api://AzureADTokenExchange', 403, { message: 'no' })
  expect(await failureOf(githubAssertion())).toMatchObject({
    kind: 'sign-in',
    said: expect.stringContaining('403'),
    hint: expect.stringContaining('permissions: id-token: write'),
  })
})
