import { expect, test } from '@jest/globals'
import { changesOf, verbsOf } from '../requests.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../world.ts'

const check = (scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<Told> =>
  scene.run({ operation: 'check', ...inputs })

test('a PAT with enough days left is healthy, and nothing is written', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 10, daysLeft: 20 })
  const told = await check(scene)
  expect(told.conclusion).toMatchObject({
    operation: 'check',
    outcome: 'healthy',
    live: { authorizationId: live.authorizationId },
    pats: [{ standing: 'live' }],
    failure: undefined,
  })
  expect(told.warnings).toEqual([])
  expect(new Set(verbsOf(told))).toEqual(new Set(['list', 'key', 'look', 'connect', 'permissions']))
  expect(told.log.join('\n')).toMatch(
    /PAT "AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\] .*: live, scope vso\.packaging_write, /,
  )
})

test('a PAT near its end is due: a warning, and no failure', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { conclusion, warnings } = await check(scene)
  expect(conclusion).toMatchObject({
    outcome: 'due',
    reason: expect.stringContaining('the live PAT is near its end'),
    failure: undefined,
  })
  expect(warnings).toEqual([`A renewal is due: ${conclusion.reason}.`])
})

test('force makes nothing due: a check asks how things stand', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  expect((await check(scene, { force: 'true' })).conclusion.outcome).toBe('healthy')
})

test('an expired PAT fails the check, and the failure says what to run', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 31, daysLeft: -1 })
  const { conclusion } = await check(scene)
  expect(conclusion).toMatchObject({ outcome: 'expired', reason: expect.stringContaining('ended 2026-11-20') })
  expect(conclusion.failure).toMatch(/^Builds that use the PAT fail: .* Run `operation: renew`/)
})

test('a global PAT has ended once all of them stop', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 10, daysLeft: 20, global: true })
  const early = await check(scene)
  expect(early.conclusion).toMatchObject({
    outcome: 'due',
    reason: expect.stringContaining('global PATs stop working'),
  })
  expect(early.warnings).toContainEqual(
    expect.stringMatching(/^Global PATs of the bot: .* Global PATs stop working on 2026-12-01: replace each/),
  )
  scene.daysPass(11)
  expect((await check(scene)).conclusion).toMatchObject({
    outcome: 'expired',
    reason: expect.stringContaining('with all global PATs'),
  })
})

test('no live PAT is missing; an unfinished one is no live one', async () => {
  const scene = await createScene()
  expect((await check(scene)).conclusion).toMatchObject({
    outcome: 'missing',
    failure: expect.stringContaining('Run `operation: renew` to mint one.'),
  })
  seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' pending' })
  expect((await check(scene)).conclusion).toMatchObject({
    outcome: 'missing',
    reason: expect.stringContaining('stopped between minting and delivering'),
  })
})

test('the current PAT is proved: one that the feed refuses makes a renewal due', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 10, daysLeft: 20 })
  expect((await check(scene, { 'current-pat': live.token })).conclusion.outcome).toBe('healthy')
  live.revoked = true
  seedLive(scene, { ageDays: 5, daysLeft: 20 })
  live.revokedAt = 0
  expect((await check(scene, { 'current-pat': live.token })).conclusion).toMatchObject({
    outcome: 'due',
    reason: 'the feed refuses the PAT that the secret holds now',
  })
})

test('a PAT of somebody else in the secret is told from none at all', async () => {
  const scene = await createScene()
  const byHand = scene.ado.seedPat({ displayName: 'made by hand' })
  const { conclusion } = await check(scene, { 'current-pat': byHand.token })
  expect(conclusion).toMatchObject({ outcome: 'missing', reason: expect.stringContaining('did not mint it') })
})

test('a refused organization secret is told, and the places say so', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  scene.fault({ kind: 'status', status: 403, at: '/orgs/hmcts/', times: Infinity })
  const { conclusion, warnings } = await check(scene)
  expect(conclusion.places?.[0]?.remark).toBe('unknown: GitHub refuses to show it')
  expect(warnings.join('\n')).toContain('GitHub refuses the organization secret.')
})

test('a rolled refresh token is stored, before Azure DevOps is asked anything', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  const refreshToken = scene.entra.issueRefreshToken()
  scene.github.seedSecret('hmcts/.github', 'actions', 'ADO_BOT_REFRESH_TOKEN', { value: refreshToken })
  const told = await check(scene, {
    'bot-access-token': '',
    'bot-refresh-token': refreshToken,
    'azure-tenant-id': scene.entra.tenant,
    'azure-client-id': scene.entra.application.clientId,
  })
  expect(told.conclusion.outcome).toBe('healthy')
  expect(changesOf(told)).toEqual(['write'])
  const asked = told.requests.map((request) => /^\w+ ([^/]+)/.exec(request)?.[1] ?? '')
  const stored = told.requests.findIndex((request) => request.startsWith('PUT api.github.com'))
  expect(asked.findIndex((host) => host.endsWith('azure.com'))).toBeGreaterThan(stored)
})

test('what cannot be read fails the check with its reason', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 401, at: 'api.github.com', times: Infinity })
  const { conclusion } = await check(scene)
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('GitHub') })
  expect(conclusion.pats).toHaveLength(1)
})

test('a standing fallback is told', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 20, daysLeft: 20 })
  const fallback = seedManaged(scene, { ageDays: 5, daysLeft: 25, state: ' fallback' })
  seedSecret(scene, 'hmcts/.github', fallback)
  const { conclusion, warnings } = await check(scene)
  expect(conclusion).toMatchObject({ outcome: 'healthy', staleCopies: [] })
  expect(warnings.join('\n')).toMatch(/A fallback stands/)
  expect(conclusion.places?.map(({ remark }) => remark)).toEqual([
    'written with the live PAT',
    'written with the PAT of the fallback',
  ])
})

test('the log has a line for each PAT that is not revoked, and for each secret', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 40, daysLeft: -10 })
  seedManaged(scene, { ageDays: 30, daysLeft: 5, revoked: true })
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  const { log } = await check(scene, { 'secret-stores': 'actions, dependabot' })
  expect(log).toContain('PATs of the bot: 3; managed ones of this slot: 3.')
  expect(log.filter((line) => /^(?:PAT|Secret) /.test(line))).toEqual([
    expect.stringMatching(/: live, .*, minted 2026-11-11 .*, ends 2026-12-11 08:00 UTC \((?:19|20) days left\)\.$/),
    expect.stringMatching(/: expired, .*, ends 2026-11-11 08:00 UTC\.$/),
    expect.stringMatching(
      /^Secret AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts: written 2026-11-11 \S+ UTC \((?:9|10) days ago\), written with the live PAT\.$/,
    ),
    'Secret AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts (dependabot): does not exist.',
  ])
})

test('a place that cannot be read may hold any PAT, so none is called superseded', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 20, daysLeft: 10 })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  expect((await check(scene)).conclusion.superseded).toHaveLength(1)
  scene.github.refuse({ home: 'hmcts/.github', status: 403 })
  const { conclusion } = await check(scene)
  expect(conclusion.superseded).toEqual([])
  expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['live', 'kept'])
})

test('a bot that cannot sign in fails the check, which finds nothing else', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { conclusion } = await check(scene, { 'bot-user': 'somebody@example.org' })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('bot-user asks for') })
  expect(conclusion.findings).toEqual([])
})

test('a GitHub that takes no credential has nothing to do with the tenant, which is not looked up', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 401, at: 'api.github.com', times: Infinity })
  expect((await check(scene)).conclusion.findings).toEqual([])
})
