import { describe, expect, test } from '@jest/globals'
import { recordEvent } from './azure-devops/audit-log.ts'
import { type Answer, type AzureDevOpsWorld, createAzureDevOpsWorld } from './azure-devops/test-world.ts'

const LOG = 'https://auditservice.dev.azure.com/hmcts/_apis/audit/auditlog'

type Entry = Readonly<Record<string, unknown>>

function look(
  world: AzureDevOpsWorld,
  query: Readonly<Record<string, string>> = {},
  token = world.entra.issueUserToken(),
): Promise<Answer> {
  const search = new URLSearchParams({ 'api-version': '7.1-preview.1', ...query }).toString()
  return world.get(`${LOG}?${search}`, {
    authorization: `Bearer ${token}`,
    'x-tfs-fedauthredirect': 'Suppress',
    'user-agent': 'look',
  })
}

const entriesIn = ({ json }: Answer): readonly Entry[] => json.decoratedAuditLogEntries as readonly Entry[]

describe('the audit log', () => {
  test('records changes of PATs with who did it, from where and with what; refused ones leave nothing', async () => {
    const world = createAzureDevOpsWorld()
    const validTo = new Date(world.ado.now() + 1e9).toISOString()
    const wanted = { displayName: 'a', scope: 'vso.packaging_write', validTo, allOrgs: false }
    const minted = await world.pats('POST', {}, wanted)
    const { authorizationId } = minted.json.patToken as { readonly authorizationId: string }
    await world.pats('PUT', {}, { authorizationId, displayName: 'b' })
    await world.pats('DELETE', { authorizationId })
    await world.pats('DELETE', { authorizationId })
    await world.pats('POST', {}, { ...wanted, scope: 'nonsense' })
    await world.pats('GET')
    const entries = entriesIn(await look(world))
    expect(entries.map(({ actionId, data }) => [actionId, data])).toEqual([
      ['Token.PatRevokeEvent', { DisplayName: 'b' }],
      ['Token.PatUpdateEvent', { DisplayName: 'b' }],
      ['Token.PatCreateEvent', { DisplayName: 'a' }],
    ])
    expect(entries[0]).toMatchObject({ actorUPN: world.entra.user.upn, userAgent: 'node', ipAddress: '20.102.38.117' })
    // Looking is recorded as well.
    expect(entriesIn(await look(world))[0]).toMatchObject({ actionId: 'AuditLog.AccessLog', userAgent: 'look' })
  })

  test('comes in pages, for the time asked for', async () => {
    const world = createAzureDevOpsWorld()
    const now = world.ado.now()
    for (const age of [5, 4, 3, 2, 1]) recordEvent(world.ado, { actionId: `Git.${age}`, at: now - age * 1000 })
    const times = { startTime: new Date(now - 4000).toISOString(), endTime: new Date(now - 2000).toISOString() }
    const first = await look(world, { ...times, batchSize: '2' })
    expect(entriesIn(first).map(({ actionId }) => actionId)).toEqual(['Git.2', 'Git.3'])
    expect(first.json.hasMore).toBe(true)
    const next = await look(world, {
      ...times,
      batchSize: '2',
      continuationToken: String(first.json.continuationToken),
    })
    expect(entriesIn(next).map(({ actionId }) => actionId)).toEqual(['Git.4'])
    expect(next.json.hasMore).toBe(false)
  })

  test('is for those who may view it, by a token with the scope for it, while it is on', async () => {
    const world = createAzureDevOpsWorld()
    const { ado, entra } = world
    const status = async (token?: string): Promise<number> => (await look(world, {}, token)).status
    expect(await status(entra.issueUserToken({ scopes: ['vso.auditlog'] }))).toBe(200)
    expect(await status(entra.issueUserToken({ scopes: ['vso.pats_manage'] }))).toBe(401)
    expect((await world.get(LOG, { authorization: `Bearer ${entra.issueUserToken()}` })).status).toBe(400)
    ado.audit.visibleToBot = false
    expect(await status()).toBe(403)
    ado.audit.visibleToBot = true
    ado.audit.enabled = false
    expect(await status()).toBe(400)
    ado.audit.whenOff = 'empty'
    expect(await status()).toBe(200)
    expect(world.emulator.unknown).toEqual([])
  })
})

test('the permissions of a feed show users whose role is their own, with ids where they are asked for', async () => {
  const world = createAzureDevOpsWorld()
  const { oid, upn } = world.entra.user
  world.ado.feed.shown.push(oid)
  const list = async (query: string): Promise<readonly Entry[]> => {
    const url = `https://feeds.dev.azure.com/hmcts/Artifacts/_apis/packaging/Feeds/hmcts-lib/permissions${query}`
    const { json } = await world.get(url, { authorization: `Bearer ${world.entra.issueUserToken()}` })
    return json.value as readonly Entry[]
  }
  expect((await list('')).at(-1)).toMatchObject({ role: 'contributor', identityId: null })
  expect((await list('?includeIds=true')).at(-1)).toMatchObject({
    identityId: oid,
    identityDescriptor: expect.stringMatching(new RegExp(`^Microsoft\\.IdentityModel\\.Claims.*${upn}$`)),
  })
})
