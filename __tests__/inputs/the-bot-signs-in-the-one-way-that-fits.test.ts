import { expect, test } from '@jest/globals'
import { inputsOf, refusalOf } from './reading.ts'

const app = {
  'azure-tenant-id': 'hmcts.onmicrosoft.com',
  'azure-client-id': '11111111-2222-3333-4444-555555555555',
} as const
const entra = {
  authority: 'https://login.microsoftonline.com',
  tenantId: 'hmcts.onmicrosoft.com',
  clientId: '11111111-2222-3333-4444-555555555555',
  clientAuth: 'none',
}
const home = { secretName: 'ADO_BOT_REFRESH_TOKEN', environment: undefined }

test.each([
  [{ 'bot-access-token': 'a' }, { kind: 'access-token', accessToken: 'a' }],
  [
    { 'bot-refresh-token': 'r', ...app },
    { kind: 'refresh-token', newest: 'r', previous: undefined, app: entra, home },
  ],
  [
    { 'bot-refresh-token': 'r\nq\n', ...app },
    { kind: 'refresh-token', newest: 'r', previous: 'q', app: entra, home },
  ],
  [
    { 'bot-refresh-token': ' r \r\n q ', ...app },
    { kind: 'refresh-token', newest: 'r', previous: 'q', app: entra, home },
  ],
  [
    { 'bot-credential': 'device-code', ...app },
    { kind: 'device-code', app: entra },
  ],
  [{ 'bot-credential': 'cli' }, { kind: 'cli' }],
  [{ 'bot-credential': 'access-token', 'bot-access-token': 'a', 'bot-refresh-token': 'r' }, { kind: 'access-token' }],
  [{ 'bot-credential': 'refresh-token', 'bot-access-token': 'a', 'bot-refresh-token': 'r', ...app }, { newest: 'r' }],
  [{ 'bot-credential': 'access-token' }, { kind: 'missing', wanted: 'bot-access-token' }],
  [
    { 'bot-credential': 'refresh-token', ...app },
    { kind: 'missing', wanted: 'bot-refresh-token' },
  ],
  [{ ...app }, { kind: 'missing' }],
])('%j', (given, bot) => {
  expect(inputsOf(given).bot).toMatchObject(bot)
})

test('the app may sign in by federation, and the token may live in an environment under another name', () => {
  const { bot } = inputsOf({
    ...app,
    'bot-refresh-token': 'r',
    'azure-client-auth': 'github-oidc',
    'bot-refresh-token-secret': 'BOT',
    'bot-refresh-token-environment': 'renewal bot',
  })
  expect(bot).toMatchObject({ app: { clientAuth: 'github-oidc' } })
  expect(bot).toMatchObject({ home: { secretName: 'BOT', environment: 'renewal bot' } })
})

test.each(['refresh-token', 'device-code'])('%s needs the app registration', (kind) => {
  const failure = refusalOf({ 'bot-credential': kind, 'bot-refresh-token': 'r' })
  expect(failure).toContain(`azure-tenant-id and azure-client-id: expected both for bot-credential ${kind}`)
})

test('both tokens are too many', () => {
  const failure = refusalOf({ 'bot-access-token': 'a', 'bot-refresh-token': 'r', ...app })
  expect(failure).toContain('bot-credential: both bot-access-token and bot-refresh-token are given')
})

test.each([
  [{ 'secret-name': 'ado_bot_refresh_token' }],
  [{ 'secret-name-base64': 'ADO_BOT_REFRESH_TOKEN' }],
  [{ 'bot-refresh-token-secret': 'AZURE_DEVOPS_ARTIFACT_TOKEN' }],
])('the refresh token never overwrites the PAT (%j)', (given) => {
  const failure = refusalOf({ 'bot-refresh-token': 'r', ...app, ...given })
  expect(failure).toContain('the refresh token would overwrite the PAT')
})
