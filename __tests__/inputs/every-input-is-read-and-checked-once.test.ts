import { expect, test } from '@jest/globals'
import { inputsOf } from './reading.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const GUID = '11111111-2222-3333-4444-555555555555'

test('what is not given has its default', () => {
  expect(inputsOf()).toEqual({
    operation: 'renew',
    dryRun: false,
    feed: { organization: 'hmcts', project: undefined, feed: undefined },
    patName: 'AZURE_DEVOPS_ARTIFACT_TOKEN',
    scopes: ['vso.packaging_write'],
    patLifetime: 30 * DAY,
    renewBeforeDays: 10,
    force: false,
    grace: 24 * HOUR,
    revokePats: 'superseded',
    auditPeriod: 30 * DAY,
    currentPat: undefined,
    bot: { kind: 'access-token', accessToken: 'eyJ.of.the-bot' },
    app: undefined,
    tenant: undefined,
    botUser: undefined,
    githubToken: 'ghs_token-of-the-app',
    apiUrl: 'https://api.github.com',
    thisRepository: 'hmcts/.github',
    target: 'organization',
    fallback: 'repositories',
    organization: 'hmcts',
    repositories: ['hmcts/.github'],
    secretName: 'AZURE_DEVOPS_ARTIFACT_TOKEN',
    secretNameBase64: undefined,
    maxWait: HOUR / 2,
    writePace: 'budget',
    stores: ['actions'],
    visibility: 'private',
    staleCopies: 'refresh',
    exposeToken: false,
    afterwards: { verifyWorkflow: undefined, workflowToken: undefined, notifyIssue: false, webhookUrl: undefined },
  })
})

const good: readonly (readonly [name: string, text: string, key: string, value: unknown])[] = [
  ['operation', 'renew', 'operation', 'renew'],
  ['dry-run', 'true', 'dryRun', true],
  ['dry-run', 'True', 'dryRun', true],
  ['dry-run', 'TRUE', 'dryRun', true],
  ['dry-run', 'FALSE', 'dryRun', false],
  ['ado-organization', 'my-org-2', 'feed.organization', 'my-org-2'],
  ['ado-project', 'My Project (new)', 'feed.project', 'My Project (new)'],
  ['ado-project', 'Größe & Übersicht', 'feed.project', 'Größe & Übersicht'],
  ['ado-feed', 'hmcts-lib', 'feed.feed', 'hmcts-lib'],
  ['ado-feed', 'hmcts-lib@Release', 'feed.feed', 'hmcts-lib@Release'],
  ['pat-name', 'Second PAT', 'patName', 'Second PAT'],
  [
    'pat-scope',
    'vso.packaging_write  vso.drop_write vso.drop_write',
    'scopes',
    ['vso.packaging_write', 'vso.drop_write'],
  ],
  ['pat-lifetime-days', '365', 'patLifetime', 365 * DAY],
  ['renew-before-days', '0', 'renewBeforeDays', 0],
  ['renew-before-days', '29', 'renewBeforeDays', 29],
  ['force', 'true', 'force', true],
  ['revoke-superseded-after-hours', '0', 'grace', 0],
  ['revoke-superseded-after-hours', '8760', 'grace', 8760 * HOUR],
  ['revoke-pats', 'all', 'revokePats', 'all'],
  ['revoke-pats', `${GUID},${GUID}`, 'revokePats', [GUID]],
  ['audit-days', '90', 'auditPeriod', 90 * DAY],
  ['azure-tenant-id', 'hmcts.onmicrosoft.com', 'tenant', 'hmcts.onmicrosoft.com'],
  ['current-pat', 'whatever it is', 'currentPat', 'whatever it is'],
  ['bot-user', 'bot@example.org', 'botUser', 'bot@example.org'],
  ['github-token', 'ghp_x', 'githubToken', 'ghp_x'],
  ['target', 'repositories', 'target', 'repositories'],
  ['fallback', 'none', 'fallback', 'none'],
  ['github-organization', 'other-org', 'organization', 'other-org'],
  ['repositories', 'app-a, hmcts/app-b', 'repositories', ['hmcts/app-a', 'hmcts/app-b']],
  ['repositories', 'app-a\r\nother/app-b,,\n', 'repositories', ['hmcts/app-a', 'other/app-b']],
  ['repositories', 'app-a,HMCTS/App-A', 'repositories', ['hmcts/app-a']],
  ['repositories', '.github', 'repositories', ['hmcts/.github']],
  ['secret-name', '_lower_1', 'secretName', '_lower_1'],
  ['secret-name-base64', 'NPM_PASSWORD', 'secretNameBase64', 'NPM_PASSWORD'],
  ['repositories', 'all', 'repositories', 'all'],
  ['max-wait-minutes', '0', 'maxWait', 0],
  ['write-pace', 'gentle', 'writePace', 'gentle'],
  ['secret-stores', 'actions,dependabot', 'stores', ['actions', 'dependabot']],
  ['secret-stores', 'codespaces\nagents\ncodespaces', 'stores', ['codespaces', 'agents']],
  ['secret-visibility', 'selected', 'visibility', 'selected'],
  ['stale-copies', 'remove', 'staleCopies', 'remove'],
  ['expose-token', 'true', 'exposeToken', true],
  ['bot-access-token', 'eyJ', 'bot', { kind: 'access-token', accessToken: 'eyJ' }],
  ['bot-credential', 'cli', 'bot', { kind: 'cli' }],
]

test.each(good)('%s: %j is taken', (name, text, key, value) => {
  expect(inputsOf({ [name]: text })).toHaveProperty(key, value)
})

test('pat-name follows secret-name', () => {
  expect(inputsOf({ 'secret-name': 'OTHER' }).patName).toBe('OTHER')
})

test('bare names in repositories belong to github-organization', () => {
  expect(inputsOf({ 'github-organization': 'other', repositories: 'app' }).repositories).toEqual(['other/app'])
})
