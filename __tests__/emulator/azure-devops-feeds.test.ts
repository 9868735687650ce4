import { describe, expect, test } from '@jest/globals'
import { createFeed } from './azure-devops/azure-devops.ts'
import { basic, createAzureDevOpsWorld } from './azure-devops/test-world.ts'

const FEED = 'https://pkgs.dev.azure.com/hmcts/Artifacts/_packaging/hmcts-lib'
const INDEX = `${FEED}/nuget/v3/index.json`
const FEEDS = 'https://feeds.dev.azure.com/hmcts'

describe('a feed', () => {
  test('takes PATs and access tokens, by any name; challenges all else three times', async () => {
    const world = createAzureDevOpsWorld()
    const values = [world.ado.seedPat().token, world.entra.issueUserToken(), world.entra.issueAppToken()]
    for (const value of values) expect((await world.get(INDEX, { authorization: basic(value) })).status).toBe(200)
    expect((await world.get(INDEX, { authorization: `Bearer ${values[2] ?? ''}` })).status).toBe(200)
    for (const headers of [{}, { authorization: basic('made up') }, { authorization: 'Bearer made-up' }]) {
      const refused = await world.get(INDEX, headers)
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(/^Bearer .+, Basic realm=.+, TFS-Federated$/),
      ])
    }
  })

  test('says why for an expired PAT, not for a revoked one', async () => {
    const world = createAzureDevOpsWorld()
    const expired = await world.get(INDEX, { authorization: basic(world.ado.seedPat({ daysLeft: -1 }).token) })
    expect([expired.status, expired.headers.get('x-tfs-serviceerror')]).toEqual([
      401,
      expect.stringContaining('has+expired'),
    ])
    const revoked = world.ado.seedPat({ revoked: true })
    expect((await world.get(INDEX, { authorization: basic(revoked.token) })).json.message).toMatch(/^TF400813/)
  })

  test('refuses PATs without a role or scope, blocked, too new, never used, or global too long', async () => {
    const world = createAzureDevOpsWorld()
    const { ado, entra } = world
    const status = async (value: string): Promise<number> =>
      (await world.get(INDEX, { authorization: basic(value) })).status
    const { token } = ado.seedPat({ daysLeft: 300 })
    expect(await status(ado.seedPat({ scope: 'vso.code' }).token)).toBe(401)
    ado.feed.roles[entra.user.oid] = 'none'
    expect([await status(token), ado.accepts(token)]).toEqual([403, false])
    ado.feed.roles[entra.user.oid] = 'contributor'
    ado.user.conditionalAccessBlocksPats = true
    expect((await world.get(INDEX, { authorization: basic(token) })).json.message).toMatch(/^VS403463/)
    expect(await status(token)).toBe(403)
    ado.behaviour.conditionalAccessStatus = 401
    expect(await status(token)).toBe(401)
    ado.user.conditionalAccessBlocksPats = false
    const unused = ado.seedPat({ daysLeft: 300, unused: true }).token
    const global = ado.seedPat({ daysLeft: 300, global: true }).token
    expect([ado.accepts(unused), ado.accepts(global), ado.accepts(token)]).toEqual([true, true, true])
    world.pass(91 * 24 * 60 * 60 * 1000)
    expect([await status(unused), await status(global), await status(token)]).toEqual([401, 401, 200])
    ado.user.disabled = true
    expect(await status(token)).toBe(401)
  })

  test('learns of new and revoked PATs late, if asked to', async () => {
    const world = createAzureDevOpsWorld()
    Object.assign(world.ado.behaviour, { propagationSeconds: 20, revocationLagSeconds: 30 })
    const validTo = new Date(world.ado.now() + 1e9).toISOString()
    const minted = await world.pats(
      'POST',
      {},
      { displayName: 'a', scope: 'vso.packaging_write', validTo, allOrgs: false },
    )
    const { token, authorizationId } = minted.json.patToken as Readonly<Record<string, string>>
    expect(world.ado.accepts(token ?? '')).toBe(false)
    world.pass(20_000)
    expect(world.ado.accepts(token ?? '')).toBe(true)
    await world.pats('DELETE', { authorizationId: authorizationId ?? '' })
    expect(world.ado.accepts(token ?? '')).toBe(true)
    world.pass(30_000)
    expect(world.ado.accepts(token ?? '')).toBe(false)
  })

  test('that is anonymous proves nothing', async () => {
    const world = createAzureDevOpsWorld()
    world.ado.feed.anonymous = true
    for (const headers of [{}, { authorization: basic('made up') }])
      expect((await world.get(INDEX, headers)).status).toBe(200)
    expect(world.ado.accepts('made up')).toBe(false)
    expect((await world.get(`${FEED}/maven/v1/a/b.pom`, {}, 'PUT')).status).toBe(401)
  })

  test('is found under its own project only, in any case, by view', async () => {
    const feeds = [createFeed({ name: 'hmcts-lib', project: 'Artifacts' }), createFeed({ name: 'shared' })]
    const world = createAzureDevOpsWorld({ feeds })
    for (const feed of feeds) feed.roles[world.entra.user.oid] = 'reader'
    const headers = { authorization: basic(world.ado.seedPat().token) }
    const status = async (path: string): Promise<number> =>
      (await world.get(`${FEEDS}${path}?api-version=7.1`, headers)).status
    expect(await status('/Artifacts/_apis/packaging/feeds/HMCTS-Lib@Release')).toBe(200)
    expect(await status('/_apis/packaging/feeds/hmcts-lib')).toBe(404)
    expect(await status('/_apis/packaging/Feeds/shared')).toBe(200)
    expect(await status('/Artifacts/_apis/packaging/feeds/shared')).toBe(404)
    const list = await world.get(`${FEEDS}/_apis/packaging/feeds`, headers)
    expect(list.json).toMatchObject({
      count: 2,
      value: [{ name: 'hmcts-lib', project: { name: 'Artifacts' } }, { name: 'shared' }],
    })
    const permissions = await world.get(`${FEEDS}/Artifacts/_apis/packaging/Feeds/hmcts-lib/permissions`, headers)
    expect(permissions.text).not.toContain(world.entra.user.oid)
    expect(world.emulator.unknown).toEqual([])
  })

  test('serves npm, Maven and PyPI, and lets publishers publish', async () => {
    const world = createAzureDevOpsWorld()
    const headers = { authorization: basic(world.ado.seedPat().token) }
    const status = async (path: string, method = 'GET'): Promise<number> =>
      (await world.get(`${FEED}/${path}`, headers, method)).status
    expect((await world.get(`${FEED}/npm/registry/@hmcts%2fsample`, headers)).json).toMatchObject({
      'dist-tags': { latest: '1.0.0' },
    })
    expect(await status('npm/registry/hmcts-sample/-/hmcts-sample-1.0.0.tgz')).toBe(200)
    expect([
      await status('npm/registry/-/npm/v1/security/audits/quick', 'POST'),
      await status('npm/registry/none'),
    ]).toEqual([404, 404])
    expect([
      await status('maven/v1/uk/gov/hmcts/sample/1.0.0/sample-1.0.0.jar.sha1'),
      await status('pypi/simple/'),
    ]).toEqual([200, 200])
    expect(await status('maven/v1/a/1/a-1.pom', 'PUT')).toBe(201)
    world.ado.feed.roles[world.entra.user.oid] = 'collaborator'
    expect(await status('maven/v1/a/1/a-1.pom', 'PUT')).toBe(403)
    expect(world.emulator.unknown).toEqual([])
  })
})

test('connectionData shows the tenant to all, the user to some', async () => {
  const world = createAzureDevOpsWorld()
  const url = 'https://dev.azure.com/hmcts/_apis/connectionData'
  const suppress = { 'x-tfs-fedauthredirect': 'Suppress' }
  const nobody = await world.get(`${url}?api-version=7.1-preview.1`, suppress)
  expect([nobody.status, nobody.headers.get('x-vss-resourcetenant')]).toEqual([401, world.ado.tenant])
  const authorization = basic(world.ado.seedPat().token)
  expect((await world.get(`${url}?api-version=7.1`, { authorization })).status).toBe(400)
  const known = await world.get(`${url}?api-version=7.1-preview.1`, { authorization })
  expect(known.json).toMatchObject({
    authenticatedUser: { id: world.entra.user.oid, properties: { Account: { $value: world.entra.user.upn } } },
  })
  world.ado.behaviour.connectionDataTakesPackaging = false
  expect((await world.get(`${url}?api-version=7.1-preview.1`, { authorization })).status).toBe(401)
})

test('what it does not know is recorded, of the audit service too', async () => {
  const world = createAzureDevOpsWorld()
  expect((await world.get('https://auditservice.dev.azure.com/hmcts/_apis/audit/streams')).status).toBe(404)
  expect(world.emulator.unknown).toHaveLength(1)
  expect((await world.get('https://vssps.dev.azure.com/other/_apis/tokens/pats')).status).toBe(404)
  expect(world.emulator.unknown).toHaveLength(1)
})
