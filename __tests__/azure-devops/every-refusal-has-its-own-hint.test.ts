import { expect, test } from '@jest/globals'
import type nock from 'nock'
import { expectFailure, type RefusedCase } from './refused-cases.ts'
import { ACCESS_TOKEN, bot, failureOf, HTML, onMint, SIGN_IN_PAGE, wanted } from './service.ts'

const cases: readonly RefusedCase[] = [
  {
    name: '403',
    status: 403,
    body: { message: 'No.' },
    kind: 'refused',
    said: 'No.',
    hint: 'vso.pats_manage or user_impersonation',
  },
  {
    name: 'a header badly encoded',
    status: 400,
    headers: { 'x-tfs-serviceerror': '100%+wrong' },
    kind: 'refused',
    said: '100% wrong',
    hint: 'for the reason it gives',
  },
  {
    name: 'a version no longer taken',
    status: 400,
    body: {
      typeKey: 'VssInvalidPreviewVersionException',
      message: 'The requested version "7.1" of the resource is under preview.',
    },
    kind: 'refused',
    hint: 'newest release',
  },
  {
    name: 'a body not understood',
    status: 400,
    body: { message: 'TF400898: An Internal Error Occurred.' },
    kind: 'refused',
    hint: 'unusual characters',
  },
  {
    name: '400',
    status: 400,
    body: 'Bad Request',
    kind: 'refused',
    said: 'Bad Request',
    hint: 'for the reason it gives',
  },
  {
    name: 'a page as 400',
    status: 400,
    body: '<html><h2>Bad Request - Invalid Hostname</h2></html>',
    headers: HTML,
    kind: 'refused',
    said: 'Bad Request - Invalid Hostname',
    hint: 'for the reason it gives',
  },
  {
    name: '404',
    status: 404,
    body: SIGN_IN_PAGE,
    headers: HTML,
    kind: 'refused',
    hint: 'There is no such organization',
  },
  {
    name: 'another redirect',
    status: 307,
    headers: { location: 'https://evil.example/' },
    kind: 'refused',
    hint: 'Redirects are never followed',
  },
  {
    name: '503',
    status: 503,
    body: '<html>Our services are not available</html>',
    headers: HTML,
    kind: 'unavailable',
    said: 'Our services are not available',
    hint: 'https://status.dev.azure.com',
    fateUnknown: true,
  },
  {
    name: 'plain text as a success',
    status: 200,
    body: 'OK',
    headers: { 'content-type': 'text/plain' },
    kind: 'unreadable',
    said: '',
    hint: 'something unexpected',
    fateUnknown: true,
  },
  {
    name: 'broken JSON as a success',
    status: 200,
    body: '{',
    headers: { 'content-type': 'application/json' },
    kind: 'unreadable',
    said: '',
    hint: 'something unexpected',
    fateUnknown: true,
  },
  {
    name: 'another success',
    status: 201,
    body: {},
    kind: 'unreadable',
    hint: 'something unexpected',
    fateUnknown: true,
  },
]

test.each(cases)('$name', async (refused) => {
  await expectFailure(refused)
})

test.each<[string, number, nock.Body]>([
  ['429', 429, 'slow down'],
  ['TF400733', 403, { message: 'TF400733: The request has been canceled: it exceeded usage' }],
])('%s is a rate limit, which ends the run when waiting would take too long', async (_name, status, body) => {
  onMint(status, body, { 'retry-after': '7200' })
  expect(await failureOf(bot().azureDevOps.mintPat(wanted))).toMatchObject({
    kind: 'rate-limited',
    status,
    retryAfter: 7_200_000,
    hint: expect.stringContaining('max-wait-minutes'),
  })
})

test.each([
  ['JSON', { message: `who is ${ACCESS_TOKEN}?` }, {}],
  ['a header', '', { 'x-tfs-serviceerror': encodeURIComponent(`who is ${ACCESS_TOKEN}?`) }],
  ['plain text', `who is ${ACCESS_TOKEN}?`, {}],
  ['a text with mark-up inside', `who is ${ACCESS_TOKEN.slice(0, 9)}<b>${ACCESS_TOKEN.slice(9)}?`, {}],
])('an access token that comes back in %s is not repeated', async (_name, body, headers) => {
  onMint(400, body, headers)
  const failure = await failureOf(bot().azureDevOps.mintPat(wanted))
  expect(failure.message).not.toContain(ACCESS_TOKEN)
})
