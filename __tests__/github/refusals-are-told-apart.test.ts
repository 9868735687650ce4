import { describe, expect, it } from '@jest/globals'
import nock from 'nock'
import type { Refusal } from '../../src/github/refusals.ts'
import { rules } from '../../src/github/refusals.ts'
import { DAY } from '../../src/clock.ts'
import { WaitBudget } from '../../src/retry.ts'
import { VirtualClock } from '../wire.ts'
import { API, connected, failureOf, nockEachTest, organization, placeIn, repository } from './github.ts'

nockEachTest()

interface Case {
  readonly what: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly refusal: Refusal
  readonly fallsBack: boolean
  /** Requests in all. */
  readonly asked?: number
  readonly missing?: string
  readonly hint: RegExp
}

const no = (message: string): unknown => ({ message, documentation_url: 'https://docs.github.com/rest' })

/** Refusals of a write to the organization: facts/github.md 1.3, row by row, and design.md step 6. */
const cases: readonly Case[] = [
  {
    what: 'an expired or revoked token',
    status: 401,
    body: no('Bad credentials'),
    refusal: 'bad-credential',
    fallsBack: false,
    hint: /expired .* Make a new one/,
  },
  {
    what: 'the lockout after bad credentials',
    status: 403,
    body: no('Maximum number of login attempts exceeded. Please try again later.'),
    refusal: 'bad-credential',
    fallsBack: false,
    hint: /locks out/,
  },
  {
    what: 'an App, or GITHUB_TOKEN, without the permission',
    status: 403,
    headers: { 'x-accepted-github-permissions': 'organization_secrets=write' },
    body: no('Resource not accessible by integration'),
    refusal: 'no-permission',
    fallsBack: true,
    missing: 'organization_secrets=write',
    hint: /lacks organization_secrets=write.*GITHUB_TOKEN: that one can never write secrets.*create-github-app-token/,
  },
  {
    what: 'a fine-grained token without the permission',
    status: 403,
    headers: { 'x-accepted-github-permissions': 'organization_secrets=read,metadata=read; secrets=read' },
    body: no('Resource not accessible by personal access token'),
    refusal: 'no-permission',
    fallsBack: true,
    missing: 'organization_secrets=write,metadata=read; secrets=write',
    hint: /fine-grained personal access token in github-token lacks organization_secrets=write/,
  },
  {
    what: 'a classic token without the scope',
    status: 403,
    headers: { 'x-oauth-scopes': 'repo', 'x-accepted-oauth-scopes': 'admin:org' },
    body: no('Must have admin rights to Repository.'),
    refusal: 'no-permission',
    fallsBack: true,
    missing: 'admin:org',
    hint: /lacks the scope admin:org.*secrets of organization hmcts/,
  },
  {
    what: 'a classic token where no scope is named',
    status: 403,
    headers: { 'x-oauth-scopes': '', 'x-accepted-oauth-scopes': '' },
    body: no('Forbidden'),
    refusal: 'no-permission',
    fallsBack: true,
    missing: 'admin:org',
    hint: /scope admin:org/,
  },
  {
    what: 'a 403 without a word',
    status: 403,
    body: '',
    refusal: 'no-permission',
    fallsBack: true,
    missing: 'organization_secrets=write',
    hint: /lacks organization_secrets=write\. Use the installation token/,
  },
  {
    what: 'SSO not authorized',
    status: 403,
    headers: { 'x-github-sso': 'required; url=https://ghe.example/orgs/hmcts/sso?authorization_request=SECRET42' },
    body: no('Resource protected by organization SAML enforcement.'),
    refusal: 'sso',
    fallsBack: true,
    hint: /settings of the token on ghe\.example, chooses "Configure SSO"/,
  },
  {
    what: 'SSO not authorized, hidden as a 404',
    status: 404,
    headers: { 'x-github-sso': 'required; url=nonsense' },
    body: no('Not Found'),
    refusal: 'sso',
    fallsBack: true,
    hint: /settings of the token on GitHub,/,
  },
  {
    what: 'SAML in words only',
    status: 403,
    body: no('Resource protected by organization SAML enforcement.'),
    refusal: 'sso',
    fallsBack: true,
    hint: /SAML/,
  },
  {
    what: 'partial results are no refusal by SSO',
    status: 403,
    headers: { 'x-github-sso': 'partial-results; organizations=21955855' },
    body: no('Forbidden'),
    refusal: 'no-permission',
    fallsBack: true,
    missing: 'organization_secrets=write',
    hint: /lacks/,
  },
  {
    what: 'an IP allow list',
    status: 403,
    body: no('The `hmcts` organization has an IP allow list enabled, and your IP address is not permitted.'),
    refusal: 'ip-not-allowed',
    fallsBack: true,
    hint: /runner's address/,
  },
  {
    what: 'a user account, or an organization out of sight',
    status: 404,
    body: no('Not Found'),
    refusal: 'no-organization-secrets',
    fallsBack: true,
    missing: 'organization_secrets=write',
    hint: /a user account has no organization secrets.*Check github-organization/,
  },
  {
    what: 'a 404 with the last request of the hour',
    status: 404,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795219200' },
    body: no('Not Found'),
    refusal: 'no-organization-secrets',
    fallsBack: true,
    missing: 'organization_secrets=write',
    hint: /github-organization/,
  },
  {
    what: '429',
    status: 429,
    headers: { 'retry-after': '172800' },
    body: no('Too many requests'),
    refusal: 'rate-limited',
    fallsBack: false,
    hint: /max-wait-minutes/,
  },
  {
    what: 'a secondary limit by its words',
    status: 403,
    headers: { 'retry-after': '172800' },
    body: no('You have exceeded a secondary rate limit.'),
    refusal: 'rate-limited',
    fallsBack: false,
    hint: /max-wait-minutes/,
  },
  {
    what: 'a secondary limit by Retry-After alone, even with 404',
    status: 404,
    headers: { 'retry-after': '172800' },
    refusal: 'rate-limited',
    fallsBack: false,
    hint: /max-wait-minutes/,
  },
  {
    what: 'the primary limit by its headers alone',
    status: 403,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000000' },
    body: no('Resource not accessible by integration'),
    refusal: 'rate-limited',
    fallsBack: false,
    hint: /max-wait-minutes/,
  },
  {
    what: 'a renamed organization',
    status: 301,
    headers: { location: 'https://api.github.com/organizations/1/actions/secrets/FEED_TOKEN' },
    refusal: 'moved',
    fallsBack: false,
    hint: /organization hmcts has probably been renamed.*github-organization/,
  },
  {
    what: 'a conflict',
    status: 409,
    body: no('Conflict'),
    refusal: 'stale-key',
    fallsBack: false,
    hint: /public key changed/,
  },
  {
    what: 'a secret refused by its name',
    status: 422,
    body: { message: 'Validation failed', errors: ['feed_token is not allowed here'] },
    refusal: 'secret-refused',
    fallsBack: true,
    hint: /Check secret-name \(FEED_TOKEN/,
  },
  {
    what: 'a refused secret name',
    status: 422,
    body: { message: 'Validation failed', errors: [{ field: 'secret_name', code: 'invalid' }] },
    refusal: 'secret-refused',
    fallsBack: true,
    hint: /Check secret-name/,
  },
  {
    what: 'a missing visibility',
    status: 422,
    body: no('Invalid request.\n\n"visibility" wasn\'t supplied.'),
    refusal: 'invalid',
    fallsBack: false,
    hint: /newest release/,
  },
  {
    what: 'a key id that is none',
    status: 422,
    body: { message: 'Bad request', errors: 'key_id is invalid for MY_FEED_TOKEN_OLD' },
    refusal: 'invalid',
    fallsBack: false,
    hint: /newest release/,
  },
  { what: 'a bad request', status: 400, body: no('Bad'), refusal: 'invalid', fallsBack: false, hint: /newest release/ },
  {
    what: 'a broken GitHub',
    status: 502,
    body: '<html><style>b {}</style><body>Unicorn!</body></html>',
    refusal: 'server-error',
    fallsBack: true,
    asked: 4,
    hint: /githubstatus/,
  },
  {
    what: 'a broken GitHub that asks for a long wait',
    status: 503,
    headers: { 'retry-after': '172800' },
    refusal: 'server-error',
    fallsBack: false,
    hint: /max-wait-minutes/,
  },
  {
    what: 'a success that is none',
    status: 200,
    body: '<html>Sign in to the proxy</html>',
    refusal: 'unreadable',
    fallsBack: false,
    asked: 4,
    hint: /status 200 is not 201 or 204/,
  },
]

describe('a refused write to the organization', () => {
  it.each(cases)('$status: $what', async ({ status, headers = {}, body = '', asked = 1, ...expected }) => {
    const path = '/orgs/hmcts/actions/secrets/FEED_TOKEN'
    const reply = { 'x-github-request-id': 'ABCD:1234', ...headers }
    nock(API)
      .put(path)
      .times(asked)
      .reply(status, body as nock.Body, reply)
    const { github } = await connected()
    const sealed = { keyId: '1', encryptedValue: 'c2VhbGVk' }
    const access = { visibility: 'all', selectedRepositoryIds: [] } as const
    const failure = await failureOf(github.write(placeIn(organization), sealed, access))
    expect(failure).toMatchObject({
      doing: 'write FEED_TOKEN of organization hmcts',
      refusal: expected.refusal,
      fallsBack: expected.fallsBack,
      status,
    })
    expect(failure.missingPermission).toBe(expected.missing)
    expect(failure.hint).toMatch(expected.hint)
    expect(failure.message).not.toMatch(/authorization_request|SECRET42|c2VhbGVk|ghs_|<|\n/)
  })

  it('has a case for every rule', () => {
    const unseen = rules
      .map(({ refusal }) => refusal)
      .filter((refusal) => !cases.some((one) => one.refusal === refusal))
    expect(unseen).toEqual(['archived', 'not-found'])
  })
})

describe('a refusal elsewhere', () => {
  const key = (store: string): string => `/repos/hmcts/rpx/${store}/secrets/public-key`

  it.each([
    ['actions', 'secrets=write'],
    ['dependabot', 'dependabot_secrets=write'],
    ['codespaces', 'codespaces_secrets=write'],
    ['agents', 'agent_secrets=write'],
  ] as const)('of a repository names the permission for %s', async (store, permission) => {
    nock(API)
      .get(key(store))
      .reply(404, no('Not Found') as nock.Body)
    const { github } = await connected()
    expect(await failureOf(github.publicKey(repository, store))).toMatchObject({
      refusal: 'not-found',
      missingPermission: permission,
      hint: `Either GitHub knows no repository hmcts/rpx, or the github-token may not see it. Check repositories; an App must be installed there with ${permission}.`,
    })
  })

  it('of an environment names its permission and its input', async () => {
    const path = '/repos/hmcts/.github/environments/bot/secrets/public-key'
    nock(API).get(path).reply(404)
    const { github } = await connected()
    const home = { kind: 'environment', repository: 'hmcts/.github', environment: 'bot' } as const
    expect(await failureOf(github.publicKey(home, 'actions'))).toMatchObject({
      missingPermission: 'environments=write',
      hint: expect.stringContaining('bot-refresh-token-environment'),
    })
  })

  it('of a repository names the scope of a classic token', async () => {
    nock(API).get(key('actions')).reply(403, '', { 'x-oauth-scopes': 'gist' })
    const { github } = await connected()
    expect((await failureOf(github.publicKey(repository, 'actions'))).missingPermission).toBe('repo')
  })

  it('of an archived repository says so', async () => {
    nock(API)
      .get(key('actions'))
      .reply(403, no('Repository was archived so is read-only.') as nock.Body)
    const { github } = await connected()
    expect(await failureOf(github.publicKey(repository, 'actions'))).toMatchObject({
      refusal: 'archived',
      hint: expect.stringContaining('The repository hmcts/rpx is archived'),
    })
  })

  it("of an organization's Codespaces asks for the one kind of token that does", async () => {
    nock(API)
      .get('/orgs/hmcts/codespaces/secrets/public-key')
      .reply(403, no('Resource not accessible by integration') as nock.Body)
    const { github } = await connected()
    expect((await failureOf(github.publicKey(organization, 'codespaces'))).hint).toMatch(
      /classic personal access token/,
    )
  })

  it('tells the request id, which GitHub asks for', async () => {
    nock(API)
      .get(key('actions'))
      .reply(401, no('Bad credentials') as nock.Body, { 'x-github-request-id': 'AB:12' })
    const { github } = await connected()
    expect((await failureOf(github.publicKey(repository, 'actions'))).message).toBe(
      'Could not read the public key of repository hmcts/rpx (actions). Status: 401. The answer: "Bad credentials". GitHub does not take the github-token: it has expired (installation tokens of an App live for one hour), was revoked, or is cut off. It was not tried again, since GitHub locks out whoever repeats a bad credential. Make a new one. GitHub knows this request as AB:12.',
    )
  })

  it('of a secret is not taken for its absence', async () => {
    const clock = new VirtualClock()
    const { github } = await connected({ clock, waits: new WaitBudget(clock, 0) })
    nock(API).get('/orgs/hmcts/actions/secrets/FEED_TOKEN').reply(404, '', { 'x-github-sso': 'required; url=x' })
    expect((await failureOf(github.secret(placeIn(organization)))).refusal).toBe('sso')
    nock(API).delete('/repos/hmcts/rpx/actions/secrets/FEED_TOKEN').reply(403)
    expect((await failureOf(github.remove(placeIn(repository)))).refusal).toBe('no-permission')
  })
})

describe('the budget for waits', () => {
  it('ends with the same refusal and never falls back', async () => {
    const clock = new VirtualClock()
    const { github } = await connected({ clock, waits: new WaitBudget(clock, DAY) })
    nock(API).get('/orgs/hmcts/actions/secrets/public-key').reply(429, '', { 'retry-after': '172800' })
    expect(await failureOf(github.publicKey(organization, 'actions'))).toMatchObject({
      refusal: 'rate-limited',
      kind: 'rate-limited',
      fallsBack: false,
      retryAfter: 2 * DAY,
      status: 429,
    })
  })
})
