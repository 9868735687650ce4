import { expect, test } from '@jest/globals'
import nock from 'nock'
import { type FeedAddress, type FeedVerdict, probeFeed } from '../../src/azure-devops/probe-feed.ts'
import { Secrets } from '../../src/secrets.ts'
import { type TestWire, testWire } from '../wire.ts'
import { HTML, SIGN_IN_PAGE, VALUE } from './service.ts'

const feed: FeedAddress = { organization: 'hmcts', project: 'Artifacts', feed: 'hmcts-lib' }

function feeds(path = '/hmcts/Artifacts/_apis/packaging/feeds/hmcts-lib'): nock.Interceptor {
  return nock('https://feeds.dev.azure.com').get(path).query({ 'api-version': '7.1' })
}

function probe(address = feed, wire: TestWire = testWire()): Promise<FeedVerdict> {
  const secrets = new Secrets(() => undefined)
  secrets.add(VALUE)
  return probeFeed(wire, address, VALUE, secrets)
}

async function silenceOf(
  probing: Promise<FeedVerdict>,
): Promise<Extract<FeedVerdict, { verdict: 'says-nothing' }>['failure']> {
  const verdict = await probing
  if (verdict.verdict !== 'says-nothing') throw new Error(verdict.verdict)
  return verdict.failure
}

test('the PAT goes as the password of nobody, without redirects', async () => {
  feeds().reply(200, { name: 'hmcts-lib' })
  const sent: [string, RequestInit][] = []
  const wire = testWire({
    fetch: (url, init) => {
      sent.push([url, init])
      return globalThis.fetch(url, init)
    },
  })
  expect(await probe(feed, wire)).toEqual({ verdict: 'accepted' })
  expect(sent).toEqual([
    [
      'https://feeds.dev.azure.com/hmcts/Artifacts/_apis/packaging/feeds/hmcts-lib?api-version=7.1',
      {
        method: 'GET',
        headers: {
          'user-agent': 'ado-artifacts-token-renewal',
          accept: 'application/json',
          'x-tfs-fedauthredirect': 'Suppress',
          authorization: `Basic ${Buffer.from(`:${VALUE}`).toString('base64')}`,
        },
        redirect: 'manual',
        signal: expect.any(AbortSignal),
      },
    ],
  ])
})

test.each<[string, FeedAddress, string]>([
  ['a feed of the organization', { ...feed, project: undefined }, '/hmcts/_apis/packaging/feeds/hmcts-lib'],
  ['the feeds of a project', { ...feed, feed: undefined }, '/hmcts/Artifacts/_apis/packaging/feeds'],
  [
    'the feeds of the organization',
    { organization: 'hmcts', project: undefined, feed: undefined },
    '/hmcts/_apis/packaging/feeds',
  ],
  [
    'unusual names',
    { organization: 'h', project: 'My Project', feed: 'lib@Local' },
    '/h/My%20Project/_apis/packaging/feeds/lib%40Local',
  ],
])('%s', async (_name, address, path) => {
  feeds(path).reply(200, { value: [] })
  expect(await probe(address)).toEqual({ verdict: 'accepted' })
})

test.each<[string, nock.Body, nock.ReplyHeaders, string]>([
  [
    'with words',
    { typeKey: 'AccessCheckException', message: 'Access Denied: The Personal Access Token used has expired.' },
    {},
    '401: Access Denied: The Personal Access Token used has expired.',
  ],
  ['with a page', SIGN_IN_PAGE, HTML, '401: Azure DevOps Services | Sign In'],
  ['with the PAT itself', `no ${VALUE}`, {}, '401: no ***'],
  ['without words', '', {}, '401'],
])('401 %s refuses it', async (_name, body, headers, why) => {
  feeds().reply(401, body, headers)
  expect(await probe()).toEqual({ verdict: 'refused', why })
})

test.each<[string, number, nock.Body, nock.ReplyHeaders, string, string]>([
  ['203', 203, SIGN_IN_PAGE, HTML, 'sign-in', 'once with a browser'],
  ['302', 302, '', { location: 'https://x.visualstudio.com/_signin?realm=x' }, 'sign-in', 'says nothing about the PAT'],
  ['HTML', 200, SIGN_IN_PAGE, HTML, 'sign-in', 'sign-in page'],
  ['another redirect', 301, '', { location: 'https://elsewhere.example/' }, 'refused', 'never followed'],
  ['403', 403, { message: 'no' }, {}, 'refused', 'Feed Publisher (Contributor)'],
  [
    '401 by Conditional Access',
    401,
    { message: 'VS403463: The conditional access policy has failed' },
    {},
    'sign-in',
    'Conditional Access policy of the tenant',
  ],
  [
    '403 by Conditional Access',
    403,
    { message: 'VS403463: The conditional access policy has failed' },
    {},
    'sign-in',
    'Conditional Access policy of the tenant',
  ],
  [
    '404',
    404,
    { message: 'no' },
    {},
    'refused',
    'A feed of the organization is only found with ado-project left blank',
  ],
])('%s says nothing', async (_name, status, body, headers, kind, hint) => {
  feeds().reply(status, body, headers)
  expect(await silenceOf(probe())).toMatchObject({
    kind,
    status,
    doing: 'prove the PAT against feed hmcts-lib of project hmcts/Artifacts',
    hint: expect.stringContaining(hint),
  })
})

test('404 without a project tells of feeds that belong to one', async () => {
  feeds('/hmcts/_apis/packaging/feeds/hmcts-lib').reply(404, {})
  const { hint } = await silenceOf(probe({ ...feed, project: undefined }))
  expect(hint).toContain('needs ado-project')
  expect(hint).toContain('spelling of ado-project and ado-feed')
})

test('404 for the list of feeds tells of the organization', async () => {
  feeds('/hmcts/_apis/packaging/feeds').reply(404, {})
  const failure = await silenceOf(probe({ organization: 'hmcts', project: undefined, feed: undefined }))
  expect(failure.doing).toBe('prove the PAT against the feeds of organization hmcts')
  expect(failure.hint).toContain('spelling of ado-organization and ado-project')
})

test('5xx and network failures are tried again', async () => {
  feeds().reply(503, '')
  feeds().replyWithError('reset')
  feeds().reply(200, [])
  feeds().reply(200, { name: 'hmcts-lib' })
  const wire = testWire()
  expect(await probe(feed, wire)).toEqual({ verdict: 'accepted' })
  expect(wire.clock.slept).toEqual([1000, 2000, 4000])
})

test('5xx that stays says nothing', async () => {
  feeds().times(4).reply(503, '')
  expect(await silenceOf(probe())).toMatchObject({ kind: 'unavailable', fateUnknown: false })
})

test('a cancelled run has no verdict', async () => {
  const cancel = new AbortController()
  const wire = testWire({
    cancel: cancel.signal,
    fetch: () => {
      cancel.abort(new Error('stop'))
      return Promise.reject(new Error('aborted'))
    },
  })
  await expect(probe(feed, wire)).rejects.toThrow()
})

test('what is no failure of the service is thrown on', async () => {
  const secrets = new Secrets(() => undefined)
  secrets.redact = () => {
    throw new RangeError('a bug')
  }
  feeds().reply(401, 'no')
  await expect(probeFeed(testWire(), feed, VALUE, secrets)).rejects.toThrow('a bug')
})
