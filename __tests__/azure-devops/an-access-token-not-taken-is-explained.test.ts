import { test } from '@jest/globals'
import { expectFailure, type RefusedCase } from './refused-cases.ts'
import { HTML, SIGN_IN_PAGE } from './service.ts'

const object = 'https://spsprodweu1.vssps.visualstudio.com/_signin?realm=vssps.dev.azure.com&reply_to=x'

const cases: readonly RefusedCase[] = [
  { name: '401', status: 401, kind: 'sign-in', said: '', hint: "does not take the bot's access token" },
  { name: 'a page as 401', status: 401, body: SIGN_IN_PAGE, headers: HTML, kind: 'sign-in', hint: 'sign-in page' },
  { name: 'a page as 403', status: 403, body: SIGN_IN_PAGE, headers: HTML, kind: 'sign-in', hint: 'sign-in page' },
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
    fateUnknown: true,
    body: SIGN_IN_PAGE,
    headers: HTML,
    kind: 'sign-in',
    hint: 'Conditional Access',
  },
  {
    name: 'a page that calls itself JSON',
    status: 200,
    fateUnknown: true,
    body: `\n${SIGN_IN_PAGE}`,
    headers: { 'content-type': 'application/json' },
    kind: 'sign-in',
    hint: 'sign-in page',
  },
  {
    name: 'TF400813 for nobody',
    status: 401,
    body: {
      message: "TF400813: The user '' is not authorized to access this resource.",
      typeKey: 'UnauthorizedRequestException',
    },
    kind: 'sign-in',
    hint: "does not take the bot's access token: it has expired, was made for something else",
  },
  {
    name: 'TF400813 for somebody, as of another tenant',
    status: 401,
    body: {
      message: "TF400813: The user '9f2c7c0e-3a52-6d0b-9c1c-1f2f0ac2e4f1' is not authorized to access this resource.",
      typeKey: 'UnauthorizedRequestException',
    },
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
]

test.each(cases)('$name', async (refused) => {
  await expectFailure(refused)
})
