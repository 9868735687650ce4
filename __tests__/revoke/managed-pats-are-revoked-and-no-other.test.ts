import { expect, test } from '@jest/globals'
import { cancelled } from '../../src/errors.ts'
import { changesOf, revoked } from '../requests.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../world.ts'

const revoke = (scene: Scene, pats = 'superseded', inputs: Readonly<Record<string, string>> = {}): Promise<Told> =>
  scene.run({ operation: 'revoke', 'revoke-pats': pats, ...inputs })

test('superseded PATs go at once, whatever the grace time', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  seedLive(scene, { ageDays: 0.5, daysLeft: 29 })
  const told = await revoke(scene)
  expect(told.conclusion).toMatchObject({
    operation: 'revoke',
    outcome: 'revoked',
    reason: '1 PAT is revoked (revoke-pats: superseded)',
    superseded: [],
    revoked: [{ authorizationId: old.authorizationId }],
    failure: undefined,
  })
  expect(revoked(scene)).toEqual([true, false])
  expect(changesOf(told)).toEqual(['revoke'])
  expect(told.warnings).toEqual([])
  expect(told.log).toContain(`Revoked "${old.displayName}" (${old.authorizationId}): it is superseded.`)
})

test('one that a stale copy may hold is not superseded', async () => {
  const scene = await createScene()
  const [held, free] = [10, 8].map((ageDays) => seedManaged(scene, { ageDays, daysLeft: 20 }))
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  if (held === undefined) throw new Error('nothing was seeded')
  seedSecret(scene, 'hmcts/app-a', held)
  const { conclusion } = await revoke(scene, 'superseded', { repositories: 'app-a' })
  expect(conclusion.revoked).toMatchObject([{ authorizationId: free?.authorizationId }])
  expect(revoked(scene)).toEqual([false, true, false])
})

test('nothing superseded is nothing to do, and a success', async () => {
  const scene = await createScene()
  seedLive(scene)
  const told = await revoke(scene)
  expect(told.conclusion).toMatchObject({ outcome: 'revoked', revoked: [], failure: undefined })
  expect(changesOf(told)).toEqual([])
})

test('a place that cannot be read fails nothing where nothing is superseded', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  scene.fault({ kind: 'status', status: 403, at: '/repos/hmcts/app-a/', times: Infinity })
  const { conclusion } = await revoke(scene, 'superseded', { repositories: 'app-a' })
  expect(conclusion).toMatchObject({ outcome: 'revoked', reason: 'nothing is superseded that no place may hold' })
})

test('a place that cannot be read may hold any: nothing is revoked', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  scene.fault({ kind: 'status', status: 403, at: '/repos/hmcts/app-a/', times: Infinity })
  const { conclusion } = await revoke(scene, 'superseded', { repositories: 'app-a' })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('may hold any of') })
  expect(revoked(scene)).toEqual([false, false])
})

test('all is the switch for an incident: the live PAT goes too, and the run says what stops and how to go on', async () => {
  const scene = await createScene()
  const expired = seedManaged(scene, { ageDays: 40, daysLeft: -10 })
  seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  const live = seedLive(scene, { ageDays: 2, daysLeft: 28 })
  seedSecret(scene, 'hmcts/app-a', live)
  seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' pending' })
  const others = [scene.ado.seedPat(), seedManaged(scene, { slot: 'hmcts/app-b' })]
  const told = await revoke(scene, 'all', { repositories: 'app-a' })
  expect(told.conclusion).toMatchObject({ outcome: 'revoked', live: undefined, failure: undefined })
  expect(told.conclusion.revoked).toHaveLength(4)
  expect(scene.ado.pats.filter((pat) => !pat.revoked)).toEqual(others)
  expect(expired.revoked).toBe(true)
  expect(told.warnings).toEqual([
    'Builds fail from now on where they use AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts, AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a: that PAT is revoked. To mint a new one and deliver it, run `operation: renew` with `force: true`.',
  ])
  const renewed = await scene.run({ force: 'true', repositories: 'app-a' })
  expect(renewed.conclusion.outcome).toBe('renewed')
  expect(scene.ado.accepts(scene.held()?.token ?? '')).toBe(true)
})

test('all are those that are left: what was revoked before is not counted again', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 10, daysLeft: 20, revoked: true })
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const { conclusion } = await revoke(scene, 'all')
  expect(conclusion.reason).toBe('1 PAT is revoked (revoke-pats: all)')
  expect(conclusion.revoked).toHaveLength(1)
})

test('builds that failed before fail no more than they did: an expired PAT is revoked without a warning', async () => {
  const scene = await createScene()
  const expired = seedLive(scene, { ageDays: 40, daysLeft: -10 })
  const { warnings } = await revoke(scene, 'all')
  expect(expired.revoked).toBe(true)
  expect(warnings).toEqual([])
})

test('a copy that held a PAT long superseded is named as well, and what nothing held is not told', async () => {
  const scene = await createScene()
  const [held, free] = [20, 10].map((ageDays) => seedManaged(scene, { ageDays, daysLeft: 5 }))
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  if (held === undefined || free === undefined) throw new Error('nothing was seeded')
  seedSecret(scene, 'hmcts/app-a', held)
  expect((await revoke(scene, free.authorizationId, { repositories: 'app-a' })).warnings).toEqual([])
  expect((await revoke(scene, held.authorizationId, { repositories: 'app-a' })).warnings).toEqual([
    expect.stringMatching(
      /^Builds fail from now on where they use AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts\/app-a:/,
    ),
  ])
})

test('an incident does not wait for GitHub', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 40, daysLeft: 5 })
  const live = seedLive(scene)
  scene.fault({ kind: 'status', status: 401, at: 'api.github.com', times: Infinity })
  const { conclusion, warnings } = await revoke(scene, 'all')
  expect(conclusion.outcome).toBe('revoked')
  expect(live.revoked).toBe(true)
  expect(warnings.at(-1)).toContain('where they use the PAT that was live')
})

test('cancelled while GitHub is asked it ends there, and takes nothing for unreadable', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  const cancel = new AbortController()
  const act = (): void => {
    cancel.abort(cancelled('go on', false, 'SIGINT'))
  }
  scene.fault({ kind: 'status', status: 503, at: 'public-key' })
  scene.fault({ kind: 'act', at: 'public-key', after: 1, act })
  const told = await scene.run({ operation: 'revoke', 'revoke-pats': 'all' }, { cancel })
  expect(told.conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('cancelled') })
  expect(told.warnings).toEqual([])
  expect(live.revoked).toBe(false)
})

test.each([401, 500])('what is superseded cannot be told without GitHub (%d)', async (status) => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  scene.fault({ kind: 'status', status, at: 'api.github.com', times: Infinity })
  const { conclusion } = await revoke(scene)
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringContaining('Not every place could be read'),
  })
  expect(revoked(scene)).toEqual([false, false])
})

test('managed PATs are revoked by id, in any case, each once', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const id = old.authorizationId
  const told = await revoke(scene, `${id.toUpperCase()}, ${id}`)
  expect(told.conclusion).toMatchObject({ outcome: 'revoked', reason: '1 PAT is revoked (revoke-pats: by id)' })
  expect(revoked(scene)).toEqual([true, false])
})

test('a PAT that this action did not name is refused, whatever its id; the others go', async () => {
  const scene = await createScene()
  const managed = seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const stranger = scene.ado.seedPat({ displayName: 'made by hand' })
  const otherSlot = seedManaged(scene, { slot: 'hmcts/app-b' })
  const unknown = '11111111-2222-3333-4444-555555555555'
  const ids = [stranger.authorizationId, managed.authorizationId, otherSlot.authorizationId, unknown]
  const told = await revoke(scene, ids.join('\n'))
  expect(told.conclusion.outcome).toBe('failed')
  expect(told.conclusion.failure).toContain('revoke 3 of 4 PATs')
  expect(told.conclusion.failure).toContain('"made by hand"')
  expect(told.conclusion.failure).toContain(`The bot has no PAT ${unknown}`)
  expect(revoked(scene)).toEqual([true, false, false, false])
  expect(changesOf(told)).toEqual(['revoke'])
})

test('already gone is success: seen in the list, or learnt from the answer', async () => {
  const scene = await createScene()
  const gone = seedManaged(scene, { ageDays: 10, daysLeft: 20, revoked: true })
  const going = seedManaged(scene, { ageDays: 9, daysLeft: 20 })
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  scene.fault({
    kind: 'act',
    method: 'DELETE',
    act: () => {
      going.revoked = true
    },
  })
  const told = await revoke(scene, `${gone.authorizationId},${going.authorizationId}`)
  expect(told.conclusion).toMatchObject({ outcome: 'revoked', failure: undefined })
  expect(told.conclusion.revoked).toHaveLength(2)
  expect(changesOf(told)).toEqual(['revoke'])
  expect(told.log).toContain(`"${gone.displayName}" (${gone.authorizationId}) was revoked before.`)
})

test('one failing does not stop the rest, and is named, in one error: the failure', async () => {
  const scene = await createScene()
  const olds = [10, 8, 6].map((ageDays) => seedManaged(scene, { ageDays, daysLeft: 20 }))
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const stuck = olds[1]?.authorizationId ?? ''
  scene.fault({ kind: 'status', status: 403, method: 'DELETE', at: stuck, times: Infinity })
  const { conclusion, log } = await revoke(scene)
  expect(conclusion).toMatchObject({ outcome: 'failed', superseded: [stuck] })
  expect(conclusion.revoked?.map(({ authorizationId }) => authorizationId)).toEqual(
    [olds[0], olds[2]].map((pat) => pat?.authorizationId),
  )
  expect(log.filter((line) => line.startsWith('error: '))).toEqual([])
  expect(log).toContainEqual(expect.stringContaining(`(${stuck}) is not revoked. `))
  expect(conclusion.failure).toContain(`(${stuck})`)
  expect(conclusion.failure).toContain('2 PATs are revoked.')
  expect(revoked(scene)).toEqual([true, false, true, false])
})

test('in a standing fallback nothing is superseded', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 30, daysLeft: 10 })
  seedLive(scene, { ageDays: 20, daysLeft: 20 })
  seedSecret(scene, 'hmcts/.github', seedManaged(scene, { ageDays: 5, daysLeft: 25, state: ' fallback' }))
  expect((await revoke(scene)).conclusion).toMatchObject({ outcome: 'revoked', revoked: [] })
})

test('nothing left is told as such', async () => {
  const { conclusion } = await revoke(await createScene(), 'all')
  expect(conclusion).toMatchObject({ outcome: 'revoked', reason: 'no PAT of this slot is left to revoke' })
})

test('a dry run plans, and revokes nothing', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  const stranger = scene.ado.seedPat({ displayName: 'made by hand' })
  const gone = seedManaged(scene, { ageDays: 40, daysLeft: 5, revoked: true })
  const ids = [live, stranger, gone].map(({ authorizationId }) => authorizationId)
  const told = await revoke(scene, ids.join(', '), { 'dry-run': 'true' })
  expect(told.conclusion).toMatchObject({ outcome: 'planned', failure: undefined })
  expect(told.conclusion.plan).toEqual([
    `Revoke "${live.displayName}" (${live.authorizationId}): revoke-pats names it.`,
    expect.stringMatching(/^"made by hand" .* so it is left alone\.$/),
  ])
  expect(told.log).toEqual(expect.arrayContaining(told.conclusion.plan.map((line) => `Plan: ${line}`)))
  expect(revoked(scene)).toEqual([false, false, true])
})
