import { describe, it } from '@jest/globals'
import { nockEachTest } from './github.ts'
import { expectRefusal, no, type RefusedWrite } from './refused-write.ts'

nockEachTest()

/** facts/github.md 1.3 and design.md step 6. A 5xx only counts once the retries are spent. */
const cases: readonly RefusedWrite[] = [
  {
    what: 'an App, or GITHUB_TOKEN, without the permission',
    status: 403,
    headers: { 'x-accepted-github-permissions': 'organization_secrets=write' },
    body: no('Resource not accessible by integration'),
    refusal: 'no-permission',
    missing: 'organization_secrets=write',
    hint: /lacks organization_secrets=write.*GITHUB_TOKEN: that one can never write secrets.*create-github-app-token/,
  },
  {
    what: 'a fine-grained token without the permission',
    status: 403,
    headers: { 'x-accepted-github-permissions': 'organization_secrets=read,metadata=read; secrets=read' },
    body: no('Resource not accessible by personal access token'),
    refusal: 'no-permission',
    missing: 'organization_secrets=write,metadata=read; secrets=write',
    hint: /fine-grained personal access token in github-token lacks organization_secrets=write/,
  },
  {
    what: 'a classic token without the scope',
    status: 403,
    headers: { 'x-oauth-scopes': 'repo', 'x-accepted-oauth-scopes': 'admin:org' },
    body: no('Must have admin rights to Repository.'),
    refusal: 'no-permission',
    missing: 'admin:org',
    hint: /lacks the scope admin:org.*secrets of organization hmcts/,
  },
  {
    what: 'a classic token where no scope is named',
    status: 403,
    headers: { 'x-oauth-scopes': '', 'x-accepted-oauth-scopes': '' },
    body: no('Forbidden'),
    refusal: 'no-permission',
    missing: 'admin:org',
    hint: /scope admin:org/,
  },
  {
    what: 'a 403 without a word',
    status: 403,
    body: '',
    refusal: 'no-permission',
    missing: 'organization_secrets=write',
    hint: /lacks organization_secrets=write\. Use the installation token/,
  },
  {
    what: 'SSO not authorized',
    status: 403,
    headers: { 'x-github-sso': 'required; url=https://ghe.example/orgs/hmcts/sso?authorization_request=SECRET42' },
    body: no('Resource protected by organization SAML enforcement.'),
    refusal: 'sso',
    hint: /settings of the token on ghe\.example, chooses "Configure SSO"/,
  },
  {
    what: 'SSO not authorized, hidden as a 404',
    status: 404,
    headers: { 'x-github-sso': 'required; url=nonsense' },
    body: no('Not Found'),
    refusal: 'sso',
    hint: /settings of the token on GitHub,/,
  },
  {
    what: 'SAML in words only',
    status: 403,
    body: no('Resource protected by organization SAML enforcement.'),
    refusal: 'sso',
    hint: /SAML/,
  },
  {
    what: 'partial results are no refusal by SSO',
    status: 403,
    headers: { 'x-github-sso': 'partial-results; organizations=21955855' },
    body: no('Forbidden'),
    refusal: 'no-permission',
    missing: 'organization_secrets=write',
    hint: /lacks/,
  },
  {
    what: 'single sign-on that is only mentioned',
    status: 403,
    headers: { 'x-github-sso': 'not required' },
    body: no('Forbidden'),
    refusal: 'no-permission',
    missing: 'organization_secrets=write',
    hint: /lacks/,
  },
  {
    what: 'an IP allow list',
    status: 403,
    body: no('The `hmcts` organization has an IP allow list enabled, and your IP address is not permitted.'),
    refusal: 'ip-not-allowed',
    hint: /runner's address/,
  },
  {
    what: 'an organization that is archived',
    status: 403,
    body: no('Organization was archived so is read-only.'),
    refusal: 'archived',
    hint: /archived/,
  },
  {
    what: 'a user account, or an organization out of sight',
    status: 404,
    body: no('Not Found'),
    refusal: 'no-organization-secrets',
    missing: 'organization_secrets=write',
    hint: /a user account has no organization secrets.*Check github-organization/,
  },
  {
    what: 'a secret refused by its name',
    status: 422,
    body: { message: 'Validation failed', errors: ['feed_token is not allowed here'] },
    refusal: 'secret-refused',
    hint: /Check secret-name \(FEED_TOKEN/,
  },
  {
    what: 'a refused secret name',
    status: 422,
    body: { message: 'Validation failed', errors: [{ field: 'secret_name', code: 'invalid' }] },
    refusal: 'secret-refused',
    hint: /Check secret-name/,
  },
  ...[
    no('Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_).'),
    no('Secret names must not start with GITHUB_.'),
    { message: 'Validation Failed', errors: [{ resource: 'Secret', field: 'name', code: 'invalid' }] },
    { message: 'Validation Failed', errors: [{ resource: 'OrganizationSecret', field: 'name', code: 'custom' }] },
  ].map((body) => ({
    what: `a secret name refused as ${JSON.stringify(body).slice(0, 80)}`,
    status: 422,
    body,
    refusal: 'secret-refused' as const,
    hint: /Check secret-name/,
  })),
  {
    what: 'a broken GitHub',
    status: 502,
    body: '<html><style>b {}</style><body>Unicorn!</body></html>',
    refusal: 'server-error',
    asked: 4,
    hint: /githubstatus/,
  },
]

describe('an organization write falls back after', () => {
  it.each(cases)('$status: $what', (refused) => expectRefusal(refused, true))
})
