import { describe, expect, test } from '@jest/globals'
import { basic, createAzureDevOpsWorld, type AzureDevOpsWorld, type Json } from './azure-devops/test-world.ts'
import { dotNet, stored } from './azure-devops/timestamps.ts'
import { createEntraUser } from './entra/entra.ts'

const DAY = 24 * 60 * 60 * 1000

function asked(world: AzureDevOpsWorld, over: Json = {}): Json {
  const validTo = new Date(world.ado.now() + 30 * DAY).toISOString()
  return { displayName: 'a [hmcts]', scope: 'vso.packaging_write', validTo, allOrgs: false, ...over }
}

const patOf = (answer: { readonly json: Json }): Json => answer.json.patToken as Json

describe('minting', () => {
  test('answers like the example in the specification', async () => {
    const world = createAzureDevOpsWorld()
    const body = asked(world, { scope: 'vso.packaging_write vso.drop_write' })
    const answer = await world.pats('POST', {}, body)
    expect(answer.json).toEqual({
      patToken: {
        displayName: 'a [hmcts]',
        validTo: expect.stringMatching(/^2026-12-21T08:00:00\.\d{2,7}Z$/),
        scope: 'vso.drop_write vso.packaging_write',
        targetAccounts: [world.ado.organization.id],
        validFrom: expect.stringMatching(/^2026-11-21T08:00:00\.\d{2,7}Z$/),
        authorizationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        token: expect.stringMatching(/^[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}$/),
      },
      patTokenError: 'none',
    })
    expect(patOf(answer).validTo).not.toBe(body.validTo)
    expect(world.emulator.transcript[0]?.body).toEqual(body)
    await world.pats('POST', {}, body)
    expect(world.ado.pats).toHaveLength(2)
  })

  test('clamps in silence, or refuses as it used to', async () => {
    const world = createAzureDevOpsWorld()
    world.ado.policies.maximumLifespanDays = 7
    expect(patOf(await world.pats('POST', {}, asked(world))).validTo).toMatch(/^2026-11-28T08:00:00/)
    world.ado.policies.lifespanRefuses = true
    const refusal = await world.pats('POST', {}, asked(world), { version: '7.2-preview.1' })
    expect(refusal).toMatchObject({
      status: 200,
      json: { patToken: null, patTokenError: 'patLifespanPolicyViolation', patTokenErrorMessage: expect.any(String) },
    })
  })

  test.each([
    [{ allOrgs: true }, {}, 'globalPATCreationBlocked'],
    [{ scope: 'app_token' }, { restrictFullScope: true }, 'fullScopePatPolicyViolation'],
    [{}, { creation: 'nobody' }, 'disablePatCreationPolicyViolation'],
    [
      { scope: 'vso.packaging_write vso.drop_write' },
      { creation: 'packaging-only' },
      'disablePatCreationPolicyViolation',
    ],
    [{}, { creation: 'packaging-only' }, 'none'],
    [{ scope: 'vso.packagingwrite' }, {}, 'invalidScope'],
    [{ displayName: ' ' }, {}, 'displayNameRequired'],
    [{ validTo: '2026-11-21T07:00:00Z' }, {}, 'invalidValidTo'],
    [{ validTo: '2027-11-21T09:00:00Z' }, {}, 'invalidValidTo'],
    [{ validTo: '2027-11-21T08:05:00Z' }, {}, 'invalidValidTo'],
  ] as const)('%j under %j: %s', async (over, policies, error) => {
    const world = createAzureDevOpsWorld()
    Object.assign(world.ado.policies, policies)
    expect(await world.pats('POST', {}, asked(world, over))).toMatchObject({
      status: 200,
      json: { patTokenError: error },
    })
    expect(world.ado.pats).toHaveLength(error === 'none' ? 1 : 0)
  })

  test('takes errors nobody has heard of, and bodies that are no JSON', async () => {
    const world = createAzureDevOpsWorld()
    world.ado.nextMintError('somethingNew', 'Ask again tomorrow.')
    expect((await world.pats('POST', {}, asked(world))).json).toEqual({ patToken: null, patTokenError: 'somethingNew' })
    expect(await world.pats('POST', {}, '{"displayName"')).toMatchObject({
      status: 400,
      json: { message: expect.stringMatching(/^TF400898/) },
    })
  })
})

describe('changing', () => {
  test('moves the end and the name and leaves the value', async () => {
    const world = createAzureDevOpsWorld()
    const pat = world.ado.seedPat({ displayName: 'a pending', ageDays: 25, daysLeft: 5 })
    const { token } = pat
    const renamed = await world.pats('PUT', {}, { authorizationId: pat.authorizationId, displayName: 'a' })
    expect(patOf(renamed)).toMatchObject({ displayName: 'a', token: null, scope: 'vso.packaging_write' })
    world.ado.policies.maximumLifespanDays = 40
    const validTo = new Date(world.ado.now() + 30 * DAY).toISOString()
    await world.pats('PUT', {}, { authorizationId: pat.authorizationId, validTo })
    expect(pat.validTo).toBeCloseTo(pat.validFrom + 40 * DAY, -1)
    expect(pat.token).toBe(token)
  })

  test('refuses what is over: 200 with an error', async () => {
    const world = createAzureDevOpsWorld()
    const { ado } = world
    const error = async (body: Json): Promise<unknown> => (await world.pats('PUT', {}, body)).json.patTokenError
    const displayName = 'b'
    expect(await error({ authorizationId: ado.seedPat({ daysLeft: -1 }).authorizationId, displayName })).toBe(
      'expiredPatCannotBeExtended',
    )
    expect(await error({ authorizationId: ado.seedPat({ revoked: true }).authorizationId, displayName })).toBe(
      'invalidToken',
    )
    expect(await error({ authorizationId: crypto.randomUUID(), displayName })).toBe('tokenNotFound')
    const { authorizationId } = ado.seedPat()
    expect(await error({ authorizationId, validTo: '2020-01-01T00:00:00Z' })).toBe('invalidValidTo')
  })

  test('revokes once', async () => {
    const world = createAzureDevOpsWorld()
    const { authorizationId, token } = world.ado.seedPat()
    expect(await world.pats('DELETE', { authorizationId })).toMatchObject({ status: 204, text: '' })
    expect([world.ado.patOf(token)?.revoked, world.ado.accepts(token)]).toEqual([true, false])
    const again = await world.pats('DELETE', { authorizationId })
    expect(again).toMatchObject({ status: 404, json: { typeKey: 'SessionTokenNotFoundException' } })
    world.ado.behaviour.revokedAgainStatus = 204
    expect((await world.pats('DELETE', { authorizationId })).status).toBe(204)
  })
})

describe('reading', () => {
  test('shows 20 where nothing is asked, pages by a token in the body, ends with an empty one', async () => {
    const world = createAzureDevOpsWorld()
    for (let index = 0; index < 45; index += 1) world.ado.seedPat({ displayName: `pat ${index % 3}` })
    const names: unknown[] = []
    let continuationToken = ''
    const sizes: number[] = []
    do {
      const page = await world.pats('GET', continuationToken === '' ? {} : { continuationToken })
      const pats = page.json.patTokens as Json[]
      sizes.push(pats.length)
      names.push(...pats.map((pat) => pat.authorizationId))
      expect(pats.every((pat) => pat.token === null)).toBe(true)
      continuationToken = String(page.json.continuationToken)
    } while (continuationToken !== '')
    expect([sizes, new Set(names).size]).toEqual([[20, 20, 5], 45])
    const many = await world.pats('GET', { $top: '1000', sortByOption: 'displayDate', isSortAscending: 'false' })
    expect(many.json.patTokens).toHaveLength(45)
    const first = await world.pats('GET', { $top: '5' })
    const other = { continuationToken: String(first.json.continuationToken), displayFilterOption: 'all' }
    expect((await world.pats('GET', other)).status).toBe(400)
  })

  test("filters, and shows only the caller's own", async () => {
    const world = createAzureDevOpsWorld()
    world.ado.seedPat({ displayName: 'active' })
    world.ado.seedPat({ displayName: 'expired', daysLeft: -1 })
    world.ado.seedPat({ displayName: 'revoked', revoked: true })
    const others = world.ado.seedPat({
      displayName: 'others',
      owner: createEntraUser('somebody@hmcts.onmicrosoft.com').oid,
    })
    for (const displayFilterOption of ['active', 'expired', 'revoked']) {
      expect((await world.pats('GET', { displayFilterOption })).json.patTokens).toMatchObject([
        { displayName: displayFilterOption },
      ])
    }
    expect((await world.pats('GET', { displayFilterOption: 'all' })).json.patTokens).toHaveLength(3)
    const { authorizationId } = others
    expect((await world.pats('GET', { authorizationId })).json).toEqual({
      patToken: null,
      patTokenError: 'accessDenied',
    })
    const unknown = await world.pats('GET', { authorizationId: crypto.randomUUID() })
    expect(unknown).toMatchObject({ status: 200, json: { patTokenError: 'tokenNotFound' } })
    world.ado.seedPat({ displayName: 'global', global: true })
    expect((await world.pats('GET')).json.patTokens).toMatchObject([{}, { targetAccounts: null }])
  })
})

describe('who may', () => {
  test('bearers that are none get a page or a redirect, which are no failure to a naive client', async () => {
    const world = createAzureDevOpsWorld()
    expect(await world.pats('GET', {}, undefined, { bearer: 'nonsense' })).toMatchObject({ status: 203, json: {} })
    const redirect = await world.pats('GET', {}, undefined, { authorization: '', suppress: false })
    expect([redirect.status, redirect.headers.get('location')]).toEqual([
      302,
      expect.stringMatching(/^https:\/\/spsprodweu1\..+_signin/),
    ])
    expect((await world.pats('GET', {}, undefined, { bearer: 'nonsense', suppress: false })).status).toBe(302)
    expect((await world.pats('GET', {}, undefined, { authorization: '' })).status).toBe(401)
    expect((await world.pats('DELETE', {}, undefined, { bearer: 'nonsense' })).json.message).toMatch(/^TF400813/)
    world.ado.behaviour.badBearer = 'unauthorized'
    const { entra } = world
    const bad = [
      entra.issueUserToken({ lifetime: -1 }),
      entra.issueUserToken({ audience: 'https://graph.microsoft.com' }),
    ]
    for (const bearer of [...bad, entra.issueUserToken({ tenant: crypto.randomUUID() })]) {
      expect((await world.pats('GET', {}, undefined, { bearer })).status).toBe(401)
    }
  })

  test('neither applications nor PATs may, nor a user without the scope', async () => {
    const world = createAzureDevOpsWorld()
    const application = await world.pats('GET', {}, undefined, { bearer: world.entra.issueAppToken() })
    expect(application.json.message).toBe('Service principals are not allowed to perform this action.')
    const pat = await world.pats('GET', {}, undefined, { authorization: basic(world.ado.seedPat().token) })
    expect(pat.json.message).toBe('The requested operation is not allowed.')
    const bearer = world.entra.issueUserToken({ scopes: ['vso.pats'] })
    expect((await world.pats('GET', {}, undefined, { bearer })).status).toBe(200)
    expect((await world.pats('POST', {}, asked(world), { bearer })).status).toBe(401)
  })

  test('only with a preview version', async () => {
    const world = createAzureDevOpsWorld()
    const plain = await world.pats('GET', {}, undefined, { version: '7.1' })
    expect(plain).toMatchObject({ status: 400, json: { typeKey: 'VssInvalidPreviewVersionException' } })
    expect((await world.pats('GET', {}, undefined, { version: '6.1-preview' })).status).toBe(200)
  })

  test('not too often', async () => {
    const world = createAzureDevOpsWorld()
    world.ado.throttleNext(1, 12)
    world.ado.delayNext(1, 3)
    const blocked = await world.pats('GET')
    expect([blocked.status, blocked.headers.get('retry-after'), blocked.json.message]).toEqual([
      429,
      '12',
      expect.stringMatching(/^TF400733/),
    ])
    const delayed = await world.pats('GET')
    expect([delayed.status, delayed.headers.get('retry-after'), delayed.headers.get('x-ratelimit-limit')]).toEqual([
      200,
      '3',
      '200',
    ])
    expect((await world.pats('GET')).headers.get('retry-after')).toBeNull()
  })
})

test('dates are kept in ticks of a 300th of a second and printed as .NET does', () => {
  const at = (text: string): string => dotNet(stored(Date.parse(text)))
  expect(at('2020-12-01T23:46:23.319Z')).toBe('2020-12-01T23:46:23.32Z')
  expect(at('2020-12-01T23:46:23.320Z')).toBe('2020-12-01T23:46:23.3233333Z')
  expect(at('2020-12-01T23:46:23.999Z')).toBe('2020-12-01T23:46:24Z')
})
