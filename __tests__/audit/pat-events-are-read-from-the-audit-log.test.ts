import { expect, test } from '@jest/globals'
import { recordEvent } from '../emulator/azure-devops/audit-log.ts'
import { verbsOf } from '../requests.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { seedLive } from '../world.ts'

const DAY = 86_400_000
const audit = (scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<Told> =>
  scene.run({ operation: 'audit', 'github-token': '', ...inputs })

test('what a renewal did is found, as done by this action; GitHub is not asked', async () => {
  const scene = await createScene()
  seedLive(scene)
  await scene.run()
  scene.daysPass(1)
  const told = await audit(scene)
  expect(told.conclusion).toMatchObject({
    operation: 'audit',
    outcome: 'audited',
    reason: '2 PAT events in 30 days',
    failure: undefined,
  })
  const { upn } = scene.entra.user
  expect(told.conclusion.events).toEqual([
    {
      when: expect.stringMatching(/^2026-11-21T08:00:/),
      who: upn,
      action: 'Token.PatUpdateEvent',
      displayName: scene.held()?.displayName,
      ipAddress: '20.102.38.117',
      userAgent: 'ado-artifacts-token-renewal',
      managed: true,
      foreign: false,
    },
    expect.objectContaining({ action: 'Token.PatCreateEvent', managed: true, foreign: false }),
  ])
  expect(verbsOf(told)).toEqual(['audit'])
  expect(told.warnings).toEqual([])
})

test('a managed PAT that something else changed is flagged, and told as a warning', async () => {
  const scene = await createScene()
  const { displayName } = seedLive(scene)
  const somebody = { actorUPN: 'mallory@example.org', ipAddress: '198.51.100.7', userAgent: 'Mozilla/5.0' }
  recordEvent(scene.ado, { actionId: 'Token.PatUpdateEvent', displayName, ...somebody })
  recordEvent(scene.ado, { actionId: 'Token.PatPublicDiscoveryEvent', displayName })
  recordEvent(scene.ado, { actionId: 'Token.PatExpiredEvent', displayName })
  recordEvent(scene.ado, { actionId: 'Token.PatUpdateEvent', displayName, userAgent: ' ado-artifacts-token-renewal/2' })
  recordEvent(scene.ado, { actionId: 'Token.PatCreateEvent', displayName: 'made by hand', ...somebody })
  recordEvent(scene.ado, { actionId: 'Git.RefUpdatePoliciesBypassed', ...somebody })
  const { conclusion, warnings } = await audit(scene)
  expect(conclusion.events?.map(({ action, managed, foreign }) => [action, managed, foreign])).toEqual([
    ['Token.PatCreateEvent', false, false],
    ['Token.PatUpdateEvent', true, false],
    ['Token.PatExpiredEvent', true, false],
    ['Token.PatPublicDiscoveryEvent', true, true],
    ['Token.PatUpdateEvent', true, true],
  ])
  expect(warnings).toEqual([
    expect.stringContaining('Token.PatPublicDiscoveryEvent'),
    expect.stringContaining('by mallory@example.org from 198.51.100.7 with "Mozilla/5.0"'),
  ])
})

test('only the days asked for are read', async () => {
  const scene = await createScene()
  for (const ageDays of [1, 6, 8, 89])
    recordEvent(scene.ado, {
      actionId: 'Token.PatCreateEvent',
      displayName: `${ageDays}`,
      at: scene.clock.now() - ageDays * DAY,
    })
  const namesIn = async (days: string): Promise<readonly string[] | undefined> =>
    (await audit(scene, { 'audit-days': days })).conclusion.events?.map(({ displayName }) => displayName)
  expect((await namesIn('7'))?.toSorted()).toEqual(['1', '6'])
  expect(await namesIn('90')).toHaveLength(4)
})

test('every page is read', async () => {
  const scene = await createScene()
  scene.ado.audit.longestPage = 3
  for (let index = 0; index < 10; index++)
    recordEvent(scene.ado, {
      actionId: index % 2 === 0 ? 'Token.PatCreateEvent' : 'Git.CreateRepo',
      displayName: `${index}`,
    })
  const told = await audit(scene)
  expect(told.conclusion.events?.map(({ displayName }) => displayName)).toHaveLength(5)
  expect(verbsOf(told)).toEqual(['audit', 'audit', 'audit', 'audit'])
})

test('pages that go in circles end the run', async () => {
  const scene = await createScene()
  recordEvent(scene.ado, { actionId: 'Token.PatCreateEvent', displayName: 'a' })
  scene.ado.audit.goesInCircles = true
  const { conclusion } = await audit(scene)
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('the same next page again') })
})

test.each([401, 403] as const)('a missing permission (%d) is said plainly', async (refusalStatus) => {
  const scene = await createScene()
  Object.assign(scene.ado.audit, { visibleToBot: false, refusalStatus })
  const { conclusion } = await audit(scene)
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion).not.toHaveProperty('events')
  expect(conclusion.failure).toContain('needs the permission "View audit log"')
})

test('an app registration without the scope is told which one', async () => {
  const scene = await createScene()
  const token = scene.entra.issueUserToken({ scopes: ['vso.pats_manage'] })
  const { conclusion } = await audit(scene, { 'bot-access-token': token })
  expect(conclusion.failure).toContain('the delegated permission vso.auditlog')
})

test('auditing switched off is said plainly, whether it is refused or the log is empty', async () => {
  const scene = await createScene()
  scene.ado.audit.enabled = false
  expect((await audit(scene)).conclusion.failure).toContain('Auditing is switched off.')
  scene.ado.audit.whenOff = 'empty'
  const { conclusion, warnings } = await audit(scene)
  expect(conclusion).toMatchObject({ outcome: 'audited', events: [] })
  expect(warnings).toEqual([expect.stringContaining('Auditing is probably switched off')])
})

test('an organization without Entra has no audit log', async () => {
  const scene = await createScene()
  scene.fault({ kind: 'status', status: 404, at: 'auditservice', body: { message: 'Not found.' } })
  expect((await audit(scene)).conclusion.failure).toContain('only organizations connected to Microsoft Entra have one')
})

test('a failure that passes is sat out', async () => {
  const scene = await createScene()
  scene.fault({ kind: 'status', status: 503, at: 'auditservice', times: 2 })
  expect((await audit(scene)).conclusion.outcome).toBe('audited')
})

test('a refresh token can only be rolled where the new one can be stored', async () => {
  const scene = await createScene()
  const given = {
    'bot-access-token': '',
    'bot-refresh-token': scene.entra.issueRefreshToken(),
    'azure-tenant-id': scene.entra.tenant,
    'azure-client-id': scene.entra.application.clientId,
  }
  await expect(audit(scene, given)).rejects.toThrow('github-token: is required')
  scene.github.seedSecret('hmcts/.github', 'actions', 'ADO_BOT_REFRESH_TOKEN', { value: given['bot-refresh-token'] })
  const told = await audit(scene, { ...given, 'github-token': scene.githubToken })
  expect(told.conclusion.outcome).toBe('audited')
  expect(verbsOf(told)).toEqual(expect.arrayContaining(['redeem', 'write', 'audit']))
  expect(verbsOf(told).at(-1)).toBe('audit')
})

test('what the log leaves out is told as unknown, and whoever left no name may still be this action', async () => {
  const scene = await createScene()
  const { displayName } = seedLive(scene)
  const entry = { id: 'a', timestamp: '2026-11-20T08:00:00Z' }
  const decoratedAuditLogEntries = [
    { ...entry, actionId: 'Token.PatUpdateEvent', data: { DisplayName: displayName } },
    { ...entry, actionId: 'Token.PatCreateEvent' },
  ]
  scene.fault({ kind: 'status', status: 200, at: 'auditlog', body: { decoratedAuditLogEntries, hasMore: false } })
  const { conclusion, warnings, log } = await audit(scene)
  const unknown = { who: '', ipAddress: '', userAgent: '' }
  expect(conclusion.events).toEqual([
    expect.objectContaining({ ...unknown, displayName, managed: true, foreign: true }),
    expect.objectContaining({ ...unknown, displayName: '', managed: false, foreign: false }),
  ])
  const by = 'by somebody unknown from an unknown address with "no user agent".'
  expect(warnings).toEqual([expect.stringContaining(`Token.PatUpdateEvent "${displayName}" ${by}`)])
  expect(log).toContain(`2026-11-20 08:00 UTC Token.PatCreateEvent "" ${by}`)
})

test('one event is one, and no plural', async () => {
  const scene = await createScene()
  recordEvent(scene.ado, { actionId: 'Token.PatCreateEvent', displayName: 'a' })
  expect((await audit(scene)).conclusion.reason).toBe('1 PAT event in 30 days')
})
