import { expect, test } from '@jest/globals'
import { needed, reading, refusalOf, withBot } from './reading.ts'

const GUID = '11111111-2222-3333-4444-555555555555'
const FLAG = 'true or false'
const bad: readonly (readonly [name: string, text: string, expected: string])[] = [
  ['operation', 'Renew', 'one of renew, check, extend, revoke, audit, sign-in, federate'],
  ['dry-run', 'yes', FLAG],
  ['force', '1', FLAG],
  ['force', 'tRue', FLAG],
  ['expose-token', 'on', FLAG],
  ['notify-issue', 'no', FLAG],
  ['ado-organization', 'https://dev.azure.com/hmcts', 'the part after https://dev.azure.com/'],
  ['ado-organization', '-hmcts', 'letters, digits and hyphens'],
  ['ado-organization', 'h'.repeat(51), 'the name of an Azure DevOps organization'],
  ['ado-project', '..', 'a name as Azure DevOps shows it'],
  ['ado-project', 'a/b', 'a name as Azure DevOps shows it'],
  ['ado-feed', '../feeds', 'a name as Azure DevOps shows it'],
  ['ado-feed', 'x'.repeat(65), 'at most 64 characters'],
  ['pat-name', 'a\nb', 'one line of at most 100 characters'],
  ['pat-name', 'x'.repeat(101), 'one line of at most 100 characters'],
  ['pat-scope', 'packaging', 'scopes separated by spaces'],
  ['pat-scope', 'vso.packaging_write,vso.drop', 'scopes separated by spaces'],
  ['pat-scope', 'App_Token', 'full access (app_token) is refused'],
  ['pat-lifetime-days', '0', 'a whole number from 1 to 365'],
  ['pat-lifetime-days', '366', 'a whole number from 1 to 365'],
  ['pat-lifetime-days', '30.5', 'a whole number'],
  ['pat-lifetime-days', '1e2', 'a whole number'],
  ['pat-lifetime-days', '-1', 'a whole number'],
  ['pat-lifetime-days', '١٠', 'a whole number'],
  ['renew-before-days', '365', 'a whole number from 0 to 364'],
  ['renew-before-days', '30', 'expected less than pat-lifetime-days (30), got 30'],
  ['revoke-superseded-after-hours', '8761', 'a whole number from 0 to 8760'],
  ['audit-days', '91', 'a whole number from 1 to 90'],
  ['revoke-pats', ',', 'superseded, all, or authorization ids'],
  ['current-pat', 'one\ntwo', 'a single line'],
  ['bot-credential', 'client-secret', 'one of access-token, refresh-token, device-code, cli'],
  ['azure-tenant-id', 'common', "the tenant's GUID or domain"],
  ['azure-tenant-id', 'a/b', "the tenant's GUID or domain"],
  ['azure-client-id', 'my-app', 'a GUID'],
  ['azure-client-auth', 'secret', 'one of none, github-oidc'],
  ['bot-user', 'bot', 'a user principal name'],
  ['bot-access-token', 'a\nb', 'a single line'],
  ['bot-refresh-token', 'a\nb\nc', 'one refresh token, or the newest and the one before it on two lines'],
  ['bot-refresh-token-secret', '1TOKEN', 'a secret name'],
  ['bot-refresh-token-environment', 'x'.repeat(256), 'one line of at most 255 characters'],
  ['key-vault-url', 'hmcts.vault.azure.net', 'the address of a vault, e.g. https://hmcts.vault.azure.net, got'],
  ['key-vault-refresh-token', 'bot_token', 'the name of a vault secret: letters, digits and hyphens'],
  ['key-vault-pat', '../x', 'the name of a vault secret'],
  ['verify-workflow', 'hmcts/app/build.yml', 'owner/repo/file.yml@ref'],
  ['verify-workflow', 'build.yml@main', 'owner/repo/file.yml@ref'],
  ['verify-workflow', 'hmcts/app/../build.yml@main', 'owner/repo/file.yml@ref'],
  ['verify-workflow', 'hmcts/../build.yml@main', 'owner/repo/file.yml@ref'],
  ['verify-workflow', 'hmcts/app/build.sh@main', 'owner/repo/file.yml@ref'],
  ['verify-workflow', 'hmcts/app/build.yml@ma in', 'owner/repo/file.yml@ref'],
  ['verify-workflow', 'hmcts/app/build.yml@', 'owner/repo/file.yml@ref'],
  ['notify-webhook-url', 'http://hooks.example.org/x', 'the https:// address of a Slack-compatible'],
  ['notify-webhook-url', 'https://user:word@hooks.example.org/x', 'the https:// address'],
  ['notify-webhook-url', 'hooks.example.org/x', 'the https:// address'],
  ['github-token', 'a\nb', 'a single line (is a line break stored at its end?)'],
  ['workflow-token', 'a\nb', 'a single line'],
  ['target', 'org', 'one of organization, repositories'],
  ['fallback', 'false', 'one of repositories, none'],
  ['github-organization', 'hmcts/x', 'the login of a GitHub organization'],
  ['repositories', 'app-*', 'repositories as name or owner/name (not "app-*")'],
  ['repositories', 'a/b/c', 'repositories as name or owner/name'],
  ['repositories', 'hmcts/..', 'repositories as name or owner/name'],
  ['repositories', ' , ', 'at least one value'],
  [
    'repositories',
    'app-a, all',
    'either all by itself or names (a repository that is called "all" is named hmcts/all)',
  ],
  ['secret-name', 'GITHUB_TOKEN', 'not beginning with GITHUB_'],
  ['secret-name', 'github_x', 'not beginning with GITHUB_'],
  ['secret-name', 'MY-TOKEN', 'letters, digits and underscores'],
  ['secret-name-base64', 'azure_devops_artifact_token', 'expected another name than secret-name'],
  ['max-wait-minutes', '361', 'a whole number from 0 to 360'],
  ['write-pace', 'fast', 'one of budget, gentle'],
  ['secret-stores', 'actions,environments', 'one of actions, dependabot, codespaces, agents (not "environments")'],
  ['secret-visibility', 'public', 'one of all, private, selected'],
  ['stale-copies', 'delete', 'one of refresh, remove, report'],
]

test.each(bad)('%s: %j is refused with what was expected', (name, text, expected) => {
  const failure = refusalOf({ [name]: text })
  expect(failure).toContain(`${name}: `)
  expect(failure).toContain(expected)
  expect(failure).toContain('Nothing was asked of any service.')
})

test('a life no longer than renew-before-days is refused', () => {
  const failure = refusalOf({ 'pat-lifetime-days': '10' })
  expect(failure).toContain('renew-before-days: expected less than pat-lifetime-days (10), got 10, which also stands')
  expect(refusalOf({ 'pat-lifetime-days': '10', 'renew-before-days': '11' })).toContain('(10), got 11.')
})

test.each([
  [{ 'pat-lifetime-days': '90 days', 'renew-before-days': '40' }],
  [{ 'secret-name': 'MY-SECRET', 'secret-name-base64': 'AZURE_DEVOPS_ARTIFACT_TOKEN' }],
  [{ operation: 'fedrate', 'github-token': '' }],
  [{ 'github-token': 'a\nb' }],
])('what hangs on a bad input is no second problem (%j)', (given) => {
  expect(refusalOf(given)).toContain('one input cannot be used')
})

test.each([
  {},
  { target: 'repositories', repositories: 'hmcts/app' },
  { 'bot-refresh-token': 'r', 'azure-tenant-id': GUID, 'azure-client-id': GUID, repositories: 'hmcts/app' },
  { 'notify-issue': 'true', 'workflow-token': 't', repositories: 'hmcts/app' },
  { repositories: 'hmcts/app', 'github-organization': '' },
])('a runner that does not say which repository it is cannot serve %j', (given) => {
  const failure = refusalOf({ 'github-organization': 'hmcts', ...given }, {})
  expect(failure).toContain(
    'one input cannot be used. the environment variable GITHUB_REPOSITORY: is not set; expected',
  )
  expect(refusalOf({ 'github-organization': 'hmcts', ...given }, { GITHUB_REPOSITORY: 'app' })).toContain(
    'one input cannot be used. the environment variable GITHUB_REPOSITORY: expected owner/name, got "app"',
  )
})

test.each([
  { repositories: 'hmcts/app', 'github-organization': 'hmcts' },
  { repositories: 'all', 'github-organization': 'hmcts' },
  { operation: 'federate', 'azure-tenant-id': GUID, 'azure-client-id': GUID },
  { operation: 'audit' },
])('which repository it is makes no difference to %j', (given) => {
  expect(reading({ ...needed, ...withBot(given) }, {}).failure).toBeUndefined()
})

test.each(['ado-organization', 'github-token'])('%s is required', (name) => {
  const failure = refusalOf({ [name]: '' })
  expect(failure).toContain(`${name}: is required and was blank; expected `)
  expect(failure).toContain('make sure that this workflow can see it')
})

test('all problems are told at once, and counted', () => {
  const given = Object.fromEntries(bad.map(([name, text]) => [name, text]))
  // What the one is compared with is bad itself.
  const names = Object.keys(given).filter((name) => !['renew-before-days', 'secret-name-base64'].includes(name))
  const failure = refusalOf(given)
  expect(names.filter((name) => !failure.includes(`${name}: `))).toEqual([])
  expect(failure).toMatch(/^Could not start: \d\d inputs cannot be used\./)
  expect(refusalOf({ force: 'maybe' })).toMatch(/^Could not start: one input cannot be used\./)
})

test.each([
  [
    { GITHUB_REPOSITORY: 'hmcts/.github', GITHUB_API_URL: 'http://ghe' },
    'GITHUB_API_URL: expected an https:// address',
  ],
  [
    { GITHUB_REPOSITORY: 'hmcts/.github', AZURE_AUTHORITY_HOST: 'http://login' },
    'AZURE_AUTHORITY_HOST: expected an https',
  ],
  [{ GITHUB_REPOSITORY: 'a b' }, 'GITHUB_REPOSITORY: expected'],
])('the environment %j is refused', (env, expected) => {
  expect(refusalOf({}, env as Record<string, string>)).toContain(expected)
})

test('GitHub Enterprise and sovereign clouds come from the environment', () => {
  const env = {
    GITHUB_REPOSITORY: 'acme/ops',
    GITHUB_API_URL: 'https://ghe.acme.com/api/v3/',
    AZURE_AUTHORITY_HOST: 'login.microsoftonline.us',
  }
  const bot = { 'bot-refresh-token': 'x', 'azure-tenant-id': GUID, 'azure-client-id': GUID }
  const { inputs } = reading({ ...needed, ...bot }, env)
  expect(inputs).toMatchObject({
    apiUrl: 'https://ghe.acme.com/api/v3',
    organization: 'acme',
    repositories: ['acme/ops'],
  })
  expect(inputs?.bot).toMatchObject({ app: { authority: 'https://login.microsoftonline.us' } })
})
