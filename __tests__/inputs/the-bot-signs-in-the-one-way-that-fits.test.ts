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
])('%j', (given, bot) => {
  expect(inputsOf(given).bot).toMatchObject(bot)
})

const nobody = { 'bot-access-token': '' } as const
const incomplete: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
  [{}, 'bot-refresh-token', 'bot-refresh-token (or key-vault-refresh-token, bot-access-token, or bot-credential:'],
  [{ 'bot-credential': 'access-token' }, 'bot-access-token', 'bot-access-token'],
  [{ 'bot-credential': 'refresh-token', ...app }, 'bot-refresh-token', 'bot-refresh-token'],
  [{ 'bot-refresh-token': 'r' }, 'azure-tenant-id', 'azure-tenant-id and azure-client-id'],
  [{ 'bot-credential': 'device-code' }, 'azure-client-id', 'azure-tenant-id and azure-client-id'],
]

test.each(incomplete)(
  'without a whole way to sign in (%j) a run that needs the bot is refused at once',
  (given, name) => {
    for (const operation of ['renew', 'check', 'extend', 'revoke', 'audit'])
      expect(refusalOf({ ...nobody, operation, ...given })).toMatch(
        new RegExp(`${name}: is (blank, and operation ${operation} needs|required and was blank)`),
      )
    for (const more of [{ target: 'repositories' }, { target: 'repositories', 'current-pat': 'p', force: 'true' }])
      expect(refusalOf({ ...nobody, ...given, ...more })).toMatch(new RegExp(`${name}: is (blank|required)`))
  },
)

test.each(incomplete)(
  '%j is no mistake while the feed may still take the PAT of the repository',
  (given, _, wanted) => {
    const { bot } = inputsOf({ ...nobody, target: 'repositories', 'current-pat': 'p', ...given })
    expect(bot).toMatchObject({ kind: 'missing', wanted: expect.stringContaining(wanted) })
  },
)

test.each([
  [{ 'bot-refresh-token': 'a\nb\nc' }],
  [{ 'bot-access-token': 'a\nb' }],
  [{ 'bot-credential': 'password' }],
  [{ 'key-vault-refresh-token': 'bot-token' }],
  [{ operation: 'renwe', ...nobody }],
  [{ 'bot-refresh-token': 'r', ...app, 'azure-client-id': 'my app' }],
  [{ 'bot-refresh-token': 'r', ...app, 'azure-tenant-id': 'common' }],
])('what is wrong is told once, and not again as what is then missing (%j)', (given) => {
  expect(refusalOf(given)).toContain('one input cannot be used')
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
  expect(failure).toContain(
    'azure-tenant-id: is required and was blank; expected the id that names the app registration',
  )
  expect(failure).toContain('azure-client-id: is required')
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
