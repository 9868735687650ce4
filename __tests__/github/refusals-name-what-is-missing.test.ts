import { describe, expect, it } from '@jest/globals'
import nock from 'nock'
import { DAY } from '../../src/clock.ts'
import { WaitBudget } from '../../src/retry.ts'
import { VirtualClock } from '../wire.ts'
import { API, connected, failureOf, nockEachTest, organization, placeIn, repository } from './github.ts'
import { no } from './refused-write.ts'

nockEachTest()

describe('a refusal elsewhere', () => {
  const key = (store: string): string => `/repos/hmcts/rpx/${store}/secrets/public-key`

  it.each([
    ['actions', 'secrets=write'],
    ['dependabot', 'dependabot_secrets=write'],
    ['codespaces', 'codespaces_secrets=write'],
    ['agents', 'agent_secrets=write'],
  ] as const)('of a repository names the permission for %s', async (store, permission) => {
    nock(API).get(key(store)).reply(404, no('Not Found'))
    const { github } = await connected()
    expect(await failureOf(github.publicKey(repository, store))).toMatchObject({
      refusal: 'not-found',
      missingPermission: permission,
      hint: `Either GitHub knows no repository hmcts/rpx, or the github-token may not see it. Check repositories; an App must be installed there with ${permission}.`,
    })
  })

  it.each([
    ['allows_permissionless_access=true', 'secrets=write'],
    ['allows_permissionless_access=true; dependabot_secrets=read', 'dependabot_secrets=write'],
  ])('whose header says %j names no permission that is not missing', async (accepted, permission) => {
    nock(API).get(key('actions')).reply(404, no('Not Found'), { 'x-accepted-github-permissions': accepted })
    const { github } = await connected()
    const failure = await failureOf(github.publicKey(repository, 'actions'))
    expect(failure.missingPermission).toBe(permission)
    expect(failure.message).not.toMatch(/permissionless/)
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

  it.each([
    [404, 'Not Found', /The step runs there .* the github-token must cover it too: .* with secrets=write/],
    [
      403,
      'Repository was archived so is read-only.',
      /run the workflow in another repository, after `operation: sign-in`/,
    ],
    [403, 'Repository access blocked', /enable it again, or run the workflow in another repository/],
    [301, 'Moved Permanently', /start a new run, which knows its present name/],
  ])("of the refresh token's home (%d: %s) names no input that is not to blame", async (status, said, words) => {
    nock(API).get(key('actions')).reply(status, no(said))
    const { github } = await connected()
    const { hint } = await failureOf(github.publicKey(repository, 'actions', 'refresh-token'))
    expect(hint).toMatch(words)
    expect(hint).not.toMatch(/(in|of|Check) repositories/)
  })

  it.each([
    ['Organization was archived so is read-only.', /name another one in github-organization/],
    ['Repository access blocked', /name another one in github-organization/],
  ])('of an organization (%s) does not speak of repositories', async (said, words) => {
    nock(API).get('/orgs/hmcts/actions/secrets/public-key').reply(403, no(said))
    const { github } = await connected()
    expect((await failureOf(github.publicKey(organization, 'actions'))).hint).toMatch(words)
  })

  it.each([
    ['plain', 'secret-name'],
    ['base64', 'secret-name-base64'],
    ['refresh-token', 'bot-refresh-token-secret'],
  ] as const)('of the name of a secret (%s) names its input', async (form, input) => {
    nock(API).put('/repos/hmcts/rpx/actions/secrets/FEED_TOKEN').reply(422, no('Invalid secret name'))
    const { github } = await connected()
    const written = github.write({ ...placeIn(repository), form }, { keyId: '1', encryptedValue: 'c2VhbGVk' })
    expect((await failureOf(written)).hint).toContain(`Check ${input} (FEED_TOKEN: `)
  })

  it('of a repository names the scope of a classic token', async () => {
    nock(API).get(key('actions')).reply(403, '', { 'x-oauth-scopes': 'gist' })
    const { github } = await connected()
    expect((await failureOf(github.publicKey(repository, 'actions'))).missingPermission).toBe('repo')
  })

  it('of an archived repository says so', async () => {
    nock(API).get(key('actions')).reply(403, no('Repository was archived so is read-only.'))
    const { github } = await connected()
    expect(await failureOf(github.publicKey(repository, 'actions'))).toMatchObject({
      refusal: 'archived',
      hint: expect.stringContaining('The repository hmcts/rpx is archived'),
    })
  })

  it("of an organization's Codespaces asks for the one kind of token that does", async () => {
    nock(API).get('/orgs/hmcts/codespaces/secrets/public-key').reply(403, no('Resource not accessible by integration'))
    const { github } = await connected()
    expect((await failureOf(github.publicKey(organization, 'codespaces'))).hint).toMatch(
      /classic personal access token/,
    )
  })

  it('tells the request id, which GitHub asks for', async () => {
    nock(API).get(key('actions')).reply(401, no('Bad credentials'), { 'x-github-request-id': 'AB:12' })
    const { github } = await connected()
    expect((await failureOf(github.publicKey(repository, 'actions'))).message).toBe(
      'Could not read the public key of repository hmcts/rpx (actions). Status: 401. The answer: "Bad credentials". GitHub does not take the github-token: it has expired (installation tokens of an App live for one hour), was revoked, or is cut off. It was not tried again, since GitHub locks out whoever repeats a bad credential. Make a new one. GitHub knows this request as AB:12.',
    )
  })

  it('of a secret name is one even where no secret was written', async () => {
    nock(API).get(key('actions')).reply(422, no('Invalid secret name'))
    const { github } = await connected()
    expect(await failureOf(github.publicKey(repository, 'actions'))).toMatchObject({ refusal: 'secret-refused' })
  })

  it('of a secret is not taken for its absence', async () => {
    const { github } = await connected()
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
