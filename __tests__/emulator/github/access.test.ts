import { describe, expect, test } from '@jest/globals'
import { asker, emulate, sealFor } from './harness.ts'

const org = '/orgs/hmcts/actions/secrets'

describe('tokens', () => {
  test('that are unknown, expired or revoked get 401, and after ten of those even good ones 403 for a while', async () => {
    const { ask, github, app, clock } = await emulate()
    const expiring = github.token({ kind: 'app', expiresAt: clock.now() + 3_600_000 })
    expect((await ask('GET /orgs/hmcts', { token: expiring })).status).toBe(200)
    clock.wait(3_600_000)
    const expired = await ask('GET /orgs/hmcts', { token: expiring })
    expect([expired.status, expired.json.message]).toEqual([401, 'Bad credentials'])
    expect((await ask('GET /orgs/hmcts', { headers: { authorization: `token ${app}` } })).status).toBe(200)
    for (let i = 0; i < 9; i++) await ask('GET /orgs/hmcts', { token: 'ghs_madeUp' })
    expect((await ask('GET /orgs/hmcts')).status).toBe(403)
    clock.wait(300_000)
    expect((await ask('GET /orgs/hmcts')).status).toBe(200)
    github.revokeToken(app)
    expect((await ask('GET /orgs/hmcts')).status).toBe(401)
  })

  test.each([
    ['app', 'Resource not accessible by integration'],
    ['fine-grained', 'Resource not accessible by personal access token'],
    ['github-token', 'Resource not accessible by integration'],
    ['classic', 'Must have admin rights to Repository.'],
  ] as const)('(%s) without permission get 403', async (kind, message) => {
    const { ask, github } = await emulate()
    const token = github.token({ kind, permissions: { organization_secrets: 'read' }, scopes: ['repo'] })
    const body = { ...(await sealFor(ask, org, 'x')), visibility: 'all' }
    const answer = await ask(`PUT ${org}/X`, { token, body })
    expect([answer.status, answer.json.message]).toEqual([403, message])
    expect(answer.headers['x-ratelimit-remaining']).not.toBe('0')
    if (kind === 'classic') {
      expect(answer.headers).toMatchObject({ 'x-oauth-scopes': 'repo', 'x-accepted-oauth-scopes': 'admin:org' })
    } else {
      expect(answer.headers['x-accepted-github-permissions']).toBe('organization_secrets=write')
    }
    expect((await ask(`GET ${org}/public-key`, { token })).status).toBe(
      kind === 'classic' || kind === 'github-token' ? 403 : 200,
    )
  })

  test('of the workflow never reach secrets, whatever they are given; they do reach issues', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/app')
    const permissions = { secrets: 'write', issues: 'write' } as const
    const token = github.token({ kind: 'github-token', permissions, repositories: ['app'] })
    expect((await ask('GET /repos/hmcts/app/actions/secrets/public-key', { token })).status).toBe(403)
    expect((await ask('GET /repos/hmcts/app/issues', { token })).status).toBe(200)
  })

  test('do not see private repositories that they do not cover', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/covered')
    github.addRepository('hmcts/hidden')
    github.addRepository('hmcts/open', { visibility: 'public' })
    const narrow = github.token({ kind: 'app', permissions: { secrets: 'write' }, repositories: ['covered'] })
    const classic = github.token({ kind: 'classic', scopes: ['admin:org'] })
    for (const token of [narrow, classic]) {
      expect((await ask('GET /repos/hmcts/hidden/actions/secrets', { token })).status).toBe(404)
      expect((await ask('GET /repos/hmcts/open', { token })).status).toBe(200)
      expect((await ask('GET /repos/hmcts/open/actions/secrets', { token })).status).toBe(403)
    }
    expect((await ask('GET /installation/repositories', { token: narrow })).json.total_count).toBe(1)
    expect((await ask('GET /installation/repositories', { token: classic })).status).toBe(403)
  })

  test('that SSO has not been authorised for are told where to go, or simply 404', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/open', { visibility: 'public' })
    github.addRepository('hmcts/hidden')
    const token = github.token({ kind: 'classic', scopes: ['admin:org', 'repo'], sso: 'required' })
    const refused = await ask(`GET ${org}/public-key`, { token })
    expect(refused.status).toBe(403)
    expect(refused.headers['x-github-sso']).toMatch(
      /^required; url=https:\/\/github\.com\/orgs\/hmcts\/sso\?authorization_request=\w+/,
    )
    const partial = await ask('GET /orgs/hmcts/repos', { token })
    expect([partial.status, partial.body]).toMatchObject([200, [{ name: 'open' }]])
    expect(partial.headers['x-github-sso']).toMatch(/^partial-results; organizations=\d+$/)
    github.modes.ssoHides = true
    expect((await ask(`GET ${org}/public-key`, { token })).status).toBe(404)
  })

  test('for Codespaces secrets of the organization are classic ones', async () => {
    const { ask, github } = await emulate()
    const path = '/orgs/hmcts/codespaces/secrets/public-key'
    const permissions = { organization_codespaces_secrets: 'write' } as const
    for (const kind of ['app', 'fine-grained'] as const) {
      expect((await ask(`GET ${path}`, { token: github.token({ kind, permissions }) })).status).toBe(403)
    }
    const classic = github.token({ kind: 'classic', scopes: ['admin:org'] })
    expect((await ask(`GET ${path}`, { token: classic })).status).toBe(200)
    const member = github.token({ kind: 'classic', scopes: ['admin:org'], role: 'member' })
    expect((await ask(`GET ${path}`, { token: member })).status).toBe(403)
  })
})

describe('repositories', () => {
  test('that were renamed redirect: 301 for GET, 307 for the rest, to their number', async () => {
    const { ask, github } = await emulate()
    const { id } = github.addRepository('hmcts/old')
    github.renameRepository('hmcts/old', 'hmcts/new')
    const got = await ask('GET /repos/hmcts/old/actions/secrets?per_page=100')
    const location = `https://api.github.com/repositories/${id}/actions/secrets`
    expect([got.status, got.headers.location]).toEqual([301, `${location}?per_page=100`])
    const put = await ask('PUT /repos/hmcts/old/actions/secrets/X', { body: {} })
    expect([put.status, put.headers.location]).toEqual([307, `${location}/X`])
    const body = await sealFor(ask, `/repositories/${id}/actions/secrets`, 'x')
    expect((await ask(`PUT /repositories/${id}/actions/secrets/X`, { body })).status).toBe(201)
    expect(github.secret('hmcts/new', 'actions', 'X')?.value).toBe('x')
    const repository = await ask('GET /repos/hmcts/new')
    expect(repository.json).toMatchObject({ full_name: 'hmcts/new', archived: false, visibility: 'private' })
  })

  test('that are archived are read-only, disabled ones shut', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/app', { archived: true })
    expect((await ask('GET /repos/hmcts/app/actions/secrets')).status).toBe(200)
    const put = await ask('PUT /repos/hmcts/app/actions/secrets/X', { body: {} })
    expect([put.status, put.json.message]).toEqual([403, 'Repository was archived so is read-only.'])
    github.repository('hmcts/app').disabled = true
    expect((await ask('GET /repos/hmcts/app')).status).toBe(403)
  })

  test('of a user have no organization, those of another organization are not the App’s', async () => {
    const { ask, github } = await emulate()
    github.addUser('somebody')
    github.addRepository('somebody/thing')
    github.addOrganization('others')
    const token = github.token({ kind: 'app', owner: 'somebody', permissions: { secrets: 'write' } })
    expect((await ask('GET /orgs/somebody/actions/secrets/public-key', { token })).status).toBe(404)
    expect((await ask('GET /repos/somebody/thing/actions/secrets/public-key', { token })).status).toBe(200)
    expect((await ask('GET /orgs/others/actions/secrets/public-key')).status).toBe(403)
  })
})

describe('owners', () => {
  test('are people or organizations, for anybody who asks', async () => {
    const { ask, github } = await emulate()
    github.addUser('somebody')
    const types = ['somebody', 'HMCTS'].map(async (login) => (await ask(`GET /users/${login}`)).json.type)
    expect(await Promise.all(types)).toEqual(['User', 'Organization'])
    expect((await ask('GET /users/nobody')).status).toBe(404)
  })

  test('list their repositories by name, with those of others beside their own unless asked not to; an App is nobody', async () => {
    const { ask, app, github } = await emulate()
    for (const user of ['somebody', 'else']) github.addUser(user)
    github.addRepository('somebody/mine')
    github.addRepository('hmcts/app')
    github.addRepository('else/shared', { collaborators: ['somebody'] })
    github.addRepository('else/other', { visibility: 'public' })
    const listed = async (query: string, scopes: readonly string[] = ['repo']) => {
      const token = github.token({ kind: 'classic', scopes, account: 'somebody' })
      const { body, status } = await ask(`GET /user/repos${query}`, { token })
      return Array.isArray(body) ? body.map((one: { full_name: string }) => one.full_name) : status
    }
    expect(await listed('')).toEqual(['else/shared', 'hmcts/app', 'somebody/mine'])
    expect(await listed('?affiliation=owner')).toEqual(['somebody/mine'])
    expect(await listed('?affiliation=owner', [])).toEqual([])
    expect(await listed('?affiliation=owner&type=all')).toBe(422)
    expect((await ask('GET /user/repos', { token: app })).status).toBe(403)
  })
})

describe('requests', () => {
  test('with a slash at the end are not found; unknown ones say so to the emulator', async () => {
    const { ask } = await emulate()
    const slash = await ask(`GET ${org}/`)
    expect([slash.status, slash.headers['x-emulator-unknown']]).toEqual([404, undefined])
    const unknown = await ask('GET /orgs/hmcts/teams')
    expect([unknown.status, unknown.headers['x-emulator-unknown']]).toEqual([404, '1'])
  })

  test('want a User-Agent and a version that exists, and JSON', async () => {
    const { ask } = await emulate()
    expect((await ask('GET /orgs/hmcts', { headers: { 'user-agent': '' } })).status).toBe(403)
    const versions = ['2022-11-28', '2022-11-29'].map(async (version) =>
      ask('GET /orgs/hmcts', { headers: { 'x-github-api-version': version } }),
    )
    expect((await Promise.all(versions)).map(({ status }) => status)).toEqual([200, 400])
    expect((await ask(`PUT ${org}/X`, { body: '{' })).status).toBe(400)
  })

  test('can be refused for good, by whose secrets or by path', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/app')
    const lift = github.refuse({ home: 'hmcts', method: 'PUT', status: 403 })
    const body = { ...(await sealFor(ask, org, 'x')), visibility: 'all' }
    const refused = await ask(`PUT ${org}/X`, { body })
    expect([refused.status, refused.json.message]).toEqual([403, 'Resource not accessible by integration'])
    expect(refused.headers['x-accepted-github-permissions']).toBe('organization_secrets=write')
    const there = await sealFor(ask, '/repos/hmcts/app/actions/secrets', 'x')
    expect((await ask('PUT /repos/hmcts/app/actions/secrets/X', { body: there })).status).toBe(201)
    lift()
    expect((await ask(`PUT ${org}/X`, { body })).status).toBe(201)
    github.refuse({ at: /public-key$/, status: 502, body: '<html>' })
    expect(await ask(`GET ${org}/public-key`)).toMatchObject({ status: 502, body: '<html>' })
  })

  test('go to another host and base path where GitHub is an Enterprise Server', async () => {
    const { github, app } = await emulate({ host: 'github.example.com/api/v3' })
    const ask = asker(github, app, 'https://github.example.com')
    expect(github.hosts).toEqual(['github.example.com'])
    expect((await ask('GET /api/v3/orgs/hmcts')).json.url).toBe('https://github.example.com/api/v3/orgs/hmcts')
    expect((await ask('GET /orgs/hmcts')).headers['x-emulator-unknown']).toBe('1')
  })
})
