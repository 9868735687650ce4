import { expect, test } from '@jest/globals'
import nock from 'nock'
import type { FailureKind } from '../../src/errors.ts'
import { onlyNock } from '../only-nock.ts'
import { ACCESS_TOKEN, bot, failureOf, HTML, onMint, SIGN_IN_PAGE, wanted } from './service.ts'

onlyNock()

interface Case {
  readonly name: string
  readonly status: number
  readonly body?: nock.Body
  readonly headers?: nock.ReplyHeaders
  readonly kind: FailureKind
  readonly said?: string
  readonly hint: string
  readonly fateUnknown?: boolean
}

const object = 'https://spsprodweu1.vssps.visualstudio.com/_signin?realm=vssps.dev.azure.com&reply_to=x'

const cases: readonly Case[] = [
  {
    name: 'the sign-in page as 203',
    status: 203,
    body: SIGN_IN_PAGE,
    headers: HTML,
    kind: 'sign-in',
    said: 'Azure DevOps Services | Sign In',
    hint: 'audience 499b84ac',
  },
  {
    name: 'a redirect to the sign-in page',
    status: 302,
    body: '<html>Object moved</html>',
    headers: { ...HTML, location: object },
    kind: 'sign-in',
    said: '',
    hint: 'sign-in page: nothing was done',
  },
  {
    name: 'a redirect to Microsoft Entra',
    status: 302,
    headers: { location: 'https://login.microsoftonline.com/x' },
    kind: 'sign-in',
    hint: 'another tenant',
  },
  {
    name: 'any page as a success',
    status: 200,
    body: SIGN_IN_PAGE,
    headers: HTML,
    kind: 'sign-in',
    hint: 'Conditional Access',
  },
  {
    name: 'a page that calls itself JSON',
    status: 200,
    body: `\n${SIGN_IN_PAGE}`,
    headers: { 'content-type': 'application/json' },
    kind: 'sign-in',
    hint: 'sign-in page',
  },
  { name: 'a page as 401', status: 401, body: SIGN_IN_PAGE, headers: HTML, kind: 'sign-in', hint: 'sign-in page' },
  { name: 'a page as 403', status: 403, body: SIGN_IN_PAGE, headers: HTML, kind: 'sign-in', hint: 'sign-in page' },
  { name: '401', status: 401, kind: 'sign-in', said: '', hint: "does not take the bot's access token" },
  {
    name: '403',
    status: 403,
    body: { message: 'No.' },
    kind: 'refused',
    said: 'No.',
    hint: 'vso.pats_manage or user_impersonation',
  },
  {
    name: 'TF400813',
    status: 401,
    body: { message: "TF400813: The user '' is not authorized", typeKey: 'UnauthorizedRequestException' },
    kind: 'sign-in',
    hint: 'guest or a personal account',
  },
  {
    name: 'TF400813 in a header',
    status: 403,
    headers: { 'x-tfs-serviceerror': 'TF400813%3a+The+user+is+not+authorized' },
    kind: 'sign-in',
    said: 'TF400813: The user is not authorized',
    hint: 'Add the bot to the organization',
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
    name: 'VS403463',
    status: 403,
    body: { message: 'VS403463: The conditional access policy has failed.' },
    kind: 'sign-in',
    hint: "from this runner's network",
  },
  {
    name: 'a service principal',
    status: 403,
    body: { typeKey: 'InvalidAccessException', message: 'Service principals are not allowed to perform this action.' },
    kind: 'sign-in',
    hint: 'PATs belong to users',
  },
  {
    name: 'a service principal, as a server error',
    status: 500,
    body: { message: 'Service principals are not allowed to perform this action.' },
    kind: 'sign-in',
    hint: '(operation: sign-in), or do without a PAT (operation: federate)',
  },
  {
    name: 'a PAT in place of an access token',
    status: 401,
    body: { message: 'The requested operation is not allowed.' },
    kind: 'sign-in',
    hint: 'not with a PAT',
  },
  {
    name: 'its exception alone',
    status: 400,
    body: { typeKey: 'InvalidAccessException', Message: 'Nein.' },
    kind: 'sign-in',
    said: 'Nein.',
    hint: 'Check what bot-access-token holds',
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

test.each(cases)('$name', async ({ status, body = '', headers = {}, kind, said, hint, fateUnknown = false }) => {
  onMint(status, body, headers)
  const failure = await failureOf(bot().azureDevOps.mintPat(wanted))
  expect(failure).toMatchObject({ kind, status, fateUnknown, hint: expect.stringContaining(hint) })
  if (said !== undefined) expect(failure.said).toBe(said)
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
