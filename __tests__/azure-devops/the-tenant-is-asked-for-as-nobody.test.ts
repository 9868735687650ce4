import { expect, test } from '@jest/globals'
import nock from 'nock'
import { readTenant } from '../../src/azure-devops/connection-data.ts'
import { viewOrganization } from '../../src/azure-devops/organization.ts'
import { Secrets } from '../../src/secrets.ts'
import { type TestWire, testWire } from '../wire.ts'
import { ACCESS_TOKEN, failureOf, HTML, type SentRequest, SIGN_IN_PAGE } from './service.ts'

const TENANT = '11111111-2222-3333-4444-55555555555A'
const secrets = new Secrets(() => undefined)

function connectionData(): nock.Interceptor {
  return nock('https://dev.azure.com').get('/hmcts/_apis/connectionData').query({ 'api-version': '7.1-preview.1' })
}

const tenant = (wire: TestWire = testWire()): Promise<string | undefined> => readTenant(wire, 'hmcts', secrets)

test('no credential goes along, and no redirect is followed', async () => {
  const sent: SentRequest[] = []
  const wire = testWire({
    fetch: (url, init) => {
      sent.push({ url, init })
      return globalThis.fetch(url, init)
    },
  })
  connectionData().reply(401, '', { 'x-vss-resourcetenant': TENANT })
  expect(await tenant(wire)).toBe(TENANT.toLowerCase())
  expect(sent[0]?.init).toEqual({
    method: 'GET',
    headers: {
      'user-agent': 'ado-artifacts-token-renewal',
      accept: 'application/json',
      'x-tfs-fedauthredirect': 'Suppress',
    },
    redirect: 'manual',
    signal: expect.any(AbortSignal),
  })
})

test.each<[number, nock.Body, Readonly<Record<string, string>>]>([
  [200, {}, {}],
  [203, SIGN_IN_PAGE, HTML],
  [302, '', { location: 'https://elsewhere.example/_signin' }],
  [401, { message: 'TF400813' }, {}],
])('%d names the tenant all the same', async (status, body, headers) => {
  connectionData().reply(status, body, { ...headers, 'x-vss-resourcetenant': TENANT })
  expect(await tenant()).toBe(TENANT.toLowerCase())
})

test.each([{}, { 'x-vss-resourcetenant': 'none' }])('an answer without a tenant says nothing: %j', async (headers) => {
  connectionData().reply(401, '', headers)
  expect(await tenant()).toBeUndefined()
})

test('there is no tenant of an organization that is not there', async () => {
  connectionData().reply(404, { message: 'no' }, { 'x-vss-resourcetenant': TENANT })
  expect(await failureOf(tenant())).toMatchObject({
    kind: 'refused',
    hint: expect.stringContaining('ado-organization'),
  })
})

test('trouble that passes is sat out', async () => {
  connectionData().reply(503, '', { 'x-vss-resourcetenant': TENANT })
  connectionData().reply(429, '', { 'retry-after': '5' })
  connectionData().reply(401, '', { 'x-vss-resourcetenant': TENANT })
  const wire = testWire()
  expect(await tenant(wire)).toBe(TENANT.toLowerCase())
  expect(wire.clock.slept).toEqual([1000, 5000])
})

test('who is signed in is asked as the bot', async () => {
  const view = viewOrganization(testWire(), { organization: 'hmcts', accessToken: ACCESS_TOKEN, secrets })
  connectionData()
    .matchHeader('authorization', `Bearer ${ACCESS_TOKEN}`)
    .reply(200, { authenticatedUser: { id: 'abc', descriptor: 'type;name', subjectDescriptor: 'aad.x' } })
  expect(await view.identity()).toEqual({ id: 'abc', descriptor: 'type;name' })
  connectionData().times(4).reply(200, {})
  expect(await failureOf(view.identity())).toMatchObject({ kind: 'unreadable' })
})
