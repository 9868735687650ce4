import { expect, test } from '@jest/globals'
import type { AccessToken } from '../emulator/entra/model.ts'
import type { Finding } from '../../src/report/result.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'

const healthy = { ageDays: 10, daysLeft: 20 }

async function findingsOf(scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<readonly Finding[]> {
  const { conclusion } = await scene.run({ operation: 'check', ...inputs })
  return conclusion.findings ?? []
}

const role = async (scene: Scene, inputs?: Readonly<Record<string, string>>): Promise<Finding | undefined> =>
  (await findingsOf(scene, inputs)).find(({ what }) => what.startsWith('Role'))

const tenant = async (scene: Scene, inputs?: Readonly<Record<string, string>>): Promise<Finding | undefined> =>
  (await findingsOf(scene, inputs)).find(({ what }) => what.startsWith('Tenant'))

/** No JWT, so that its claims cannot be read. */
const OPAQUE = 'an-opaque-access-token'

function issued({ entra }: Scene): AccessToken {
  entra.issueUserToken()
  const token = entra.accessTokens.at(-1)
  if (token === undefined) throw new Error('no token was issued')
  return { ...token, value: OPAQUE }
}

async function sceneWithLive(): Promise<Scene> {
  const scene = await createScene()
  seedLive(scene, healthy)
  return scene
}

test('a role of its own is told by its name in the portal', async () => {
  const scene = await sceneWithLive()
  scene.ado.feed.shown.push(scene.entra.user.oid)
  expect(await role(scene)).toMatchObject({ verdict: 'good', words: 'Feed Publisher (Contributor) on hmcts-lib.' })
})

test('a role that may be held through a group is unknown, not missing', async () => {
  const scene = await sceneWithLive()
  expect(await role(scene)).toMatchObject({
    verdict: 'unknown',
    words: expect.stringMatching(/^unknown\. .* Project Collection Administrators, \[hmcts\]\\Artifact publishers: /),
  })
  scene.ado.feed.roles[scene.entra.user.oid] = 'reader'
  scene.ado.feed.shown.push(scene.entra.user.oid)
  expect(await role(scene)).toMatchObject({ verdict: 'unknown' })
})

test('a role that is too low, and no group with a better one: somebody has to act', async () => {
  const scene = await sceneWithLive()
  scene.ado.feed.roles[scene.entra.user.oid] = 'collaborator'
  scene.ado.feed.shown.push(scene.entra.user.oid)
  scene.ado.feed.groups.splice(0)
  expect(await role(scene)).toMatchObject({
    verdict: 'amiss',
    words: expect.stringMatching(
      /^its own role on hmcts-lib is only Feed and Upstream Reader \(Collaborator\), .*a feed administrator of the organization may publish all the same.* Feed Publisher/,
    ),
  })
})

test('a custom role does not say what it allows: nobody is told to act', async () => {
  const scene = await sceneWithLive()
  scene.ado.feed.roles[scene.entra.user.oid] = 'custom'
  scene.ado.feed.shown.push(scene.entra.user.oid)
  expect(await role(scene)).toMatchObject({
    verdict: 'unknown',
    words: 'unknown. Its own role on hmcts-lib is custom, which does not say whether it may publish.',
  })
})

test('permissions that cannot be seen leave the role unknown, and the check as it is', async () => {
  const scene = await sceneWithLive()
  scene.fault({ kind: 'status', status: 403, at: '/permissions', times: Infinity })
  const { conclusion } = await scene.run({ operation: 'check' })
  expect(conclusion.outcome).toBe('healthy')
  expect(conclusion.findings?.[0]).toMatchObject({
    verdict: 'unknown',
    words: expect.stringContaining('vso.packaging'),
  })
})

test('where no group is shown either, it may be any', async () => {
  const scene = await sceneWithLive()
  scene.ado.feed.groups.splice(0)
  expect(await role(scene)).toMatchObject({ words: expect.stringContaining('through a group:') })
})

test('without a feed there is no role to look for', async () => {
  expect(await role(await sceneWithLive(), { 'ado-feed': '' })).toMatchObject({
    verdict: 'unknown',
    words: 'unknown; ado-feed names no feed.',
  })
})

test('what is not amiss stands in the log', async () => {
  const scene = await sceneWithLive()
  const { log } = await scene.run({ operation: 'check', 'ado-feed': '' })
  expect(log).toContain('Role of the bot on the feed: unknown; ado-feed names no feed.')
  expect(log).toContain('Global PATs of the bot: none.')
})

const OTHER = '99999999-8888-7777-6666-555555555555'

test('the tenant is the one that the bot signed in to, whether or not azure-tenant-id names it', async () => {
  const scene = await sceneWithLive()
  const { tenant: id, tenantDomain } = scene.entra
  expect(await tenant(scene)).toMatchObject({ verdict: 'good', words: `${id}, where the bot signed in.` })
  const good = { verdict: 'good', words: `${id}, as azure-tenant-id says.` }
  expect(await tenant(scene, { 'azure-tenant-id': id.toUpperCase() })).toMatchObject(good)
  expect(await tenant(scene, { 'azure-tenant-id': tenantDomain })).toMatchObject(good)
  expect(await tenant(scene, { 'azure-tenant-id': OTHER })).toMatchObject({
    verdict: 'good',
    words: `${id}, where the bot signed in; azure-tenant-id is another, ${OTHER}.`,
  })
})

/** The bot's access token names no tenant. */
async function sceneWithOpaqueToken(): Promise<Scene> {
  const scene = await sceneWithLive()
  scene.entra.accessTokens.push(issued(scene))
  return scene
}

test.each([
  ['', 'unknown', '; neither the access token nor azure-tenant-id names one to compare.'],
  ['example.org', 'unknown', '; which tenant example.org is cannot be told from here.'],
  [OTHER, 'amiss', `, and azure-tenant-id is ${OTHER}. Users of another tenant are unknown there: set azure-tenant-id`],
])('where the access token names no tenant, azure-tenant-id "%s" is compared', async (id, verdict, words) => {
  const scene = await sceneWithOpaqueToken()
  const found = await tenant(scene, { 'bot-access-token': OPAQUE, 'azure-tenant-id': id })
  expect(found).toMatchObject({ verdict, words: expect.stringContaining(`${scene.entra.tenant}${words}`) })
})

test('so it is where it is the right one', async () => {
  const scene = await sceneWithOpaqueToken()
  const inputs = { 'bot-access-token': OPAQUE, 'azure-tenant-id': scene.entra.tenant }
  expect(await tenant(scene, inputs)).toMatchObject({ verdict: 'good' })
})

test('a tenant that Azure DevOps does not name is no trouble', async () => {
  const scene = await sceneWithLive()
  scene.ado.tenant = 'not a tenant'
  scene.entra.accessTokens.push({ ...issued(scene), tenant: 'not a tenant' })
  expect(await tenant(scene, { 'bot-access-token': OPAQUE })).toMatchObject({
    words: 'unknown; Azure DevOps does not name it.',
  })
})

test.each([
  ['', '', `set azure-tenant-id to ${OTHER} and sign in again`],
  ['the one of the token', '', `set azure-tenant-id to ${OTHER} and sign in again`],
  ['its domain', '', `set azure-tenant-id to ${OTHER} and sign in again`],
  [OTHER, `, though azure-tenant-id is ${OTHER}`, 'take bot-access-token from there, or sign in there on this machine'],
])(
  'a bot of another tenant is told, although it is not taken there (azure-tenant-id: %s)',
  async (id, though, remedy) => {
    const scene = await sceneWithLive()
    const { tenant: signedInTo, tenantDomain } = scene.entra
    scene.ado.tenant = OTHER
    const configured = { 'the one of the token': signedInTo, 'its domain': tenantDomain }[id] ?? id
    const { conclusion, warnings } = await scene.run({ operation: 'check', 'azure-tenant-id': configured })
    expect(conclusion.outcome).toBe('failed')
    expect(conclusion.findings).toMatchObject([{ verdict: 'amiss' }])
    expect(warnings).toContain(
      `Tenant of the organization: hmcts belongs to ${OTHER}, and the bot signed in to ${signedInTo}${though}. Users of another tenant are unknown there: ${remedy}.`,
    )
  },
)

test('an organization without Entra is told', async () => {
  const scene = await sceneWithLive()
  scene.ado.tenant = '00000000-0000-0000-0000-000000000000'
  const { conclusion } = await scene.run({ operation: 'check' })
  expect(conclusion.findings).toMatchObject([{ words: expect.stringContaining('is not connected to Microsoft Entra') }])
})

test('who the tenant is asked as is nobody', async () => {
  const scene = await sceneWithLive()
  await scene.run({ operation: 'check' })
  const asked = scene.emulator.transcript.filter(({ host }) => host === 'dev.azure.com')
  expect(asked.map(({ headers }) => headers.authorization !== undefined).toSorted()).toEqual([false, true])
})

test('a tenant that cannot be told is no trouble', async () => {
  const scene = await sceneWithLive()
  scene.fault({ kind: 'status', status: 503, at: /^dev\.azure\.com/, times: Infinity })
  const { conclusion } = await scene.run({ operation: 'check' })
  expect(conclusion.outcome).toBe('healthy')
  expect(conclusion.findings?.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'good', 'good'])
})

test('global PATs of the bot are told, those made by hand too', async () => {
  const scene = await sceneWithLive()
  const global = scene.ado.seedPat({ displayName: 'made by hand', global: true })
  scene.ado.seedPat({ displayName: 'gone', global: true, revoked: true })
  const { warnings } = await scene.run({ operation: 'check' })
  expect(warnings).toEqual([
    `Global PATs of the bot: "made by hand" (${global.authorizationId}). Global PATs stop working on 2026-12-01: replace each by one of this organization alone.`,
  ])
})

test('one that has ended is no trouble, not even at the very moment', async () => {
  const scene = await sceneWithLive()
  const { validTo } = scene.ado.seedPat({ displayName: 'made by hand', global: true, daysLeft: 1 })
  scene.clock.pass(validTo - scene.clock.now() - 1)
  expect((await scene.run({ operation: 'check' })).warnings).toHaveLength(1)
  scene.clock.pass(1)
  expect((await scene.run({ operation: 'check' })).warnings).toEqual([])
})

test('from the first of December on they have stopped working', async () => {
  const scene = await sceneWithLive()
  scene.ado.seedPat({ displayName: 'made by hand', global: true, daysLeft: 30 })
  scene.clock.moveTo(Date.parse('2026-12-01T00:00:00Z'))
  const { warnings } = await scene.run({ operation: 'check' })
  expect(warnings.join()).toContain('Global PATs have stopped working on 2026-12-01')
})

/** Cancels the check at that request. */
function cancelledAt(scene: Scene, at: string): AbortController {
  const cancel = new AbortController()
  const act = () => {
    cancel.abort(new Error('stop'))
  }
  scene.fault({ kind: 'act', at, act })
  return cancel
}

test('a cancelled check says so', async () => {
  const scene = await sceneWithLive()
  const cancel = cancelledAt(scene, '/permissions')
  const { conclusion } = await scene.run({ operation: 'check' }, { cancel })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('cancelled') })
})

test('one that fails, and is cancelled while it looks up the tenant, still tells its own failure', async () => {
  const scene = await sceneWithLive()
  scene.fault({ kind: 'status', status: 403, at: '/_apis/tokens/pats', times: Infinity })
  const cancel = cancelledAt(scene, '/_apis/connectionData')
  const { conclusion } = await scene.run({ operation: 'check' }, { cancel })
  expect(cancel.signal.aborted).toBe(true)
  expect(conclusion).toMatchObject({ outcome: 'failed', findings: [] })
  expect(conclusion.failure).toMatch(/^Could not list the PATs.* 403/)
})
