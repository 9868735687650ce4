import { expect, test } from '@jest/globals'
import { alive, changesOf, verbsOf, withoutIds } from '../requests.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

const DAY = 86_400_000

test('trap 4: a renewal mints a new value and leaves the end of the old PAT alone', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { validTo } = old
  await scene.run()
  expect(scene.held()?.token).not.toBe(old.token)
  expect(old).toMatchObject({ validTo, revoked: false })
})

test('trap 4: an expired PAT is renewed all the same, and never extended', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 31, daysLeft: -1 })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'renewed' })
  expect(changesOf(told)).toEqual(['mint', 'write', 'change'])
  expect(alive(scene)).toEqual([scene.held()])
})

test('trap 5: marking a PAT expects no value back, and the list is read in the shape it really has', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await scene.run()
  expect(told.warnings).toEqual([])
  expect(told.conclusion.pats.map(({ pat }) => pat.authorizationId)).toEqual([
    scene.held()?.authorizationId,
    old.authorizationId,
  ])
})

test.each([200, 404] as const)('trap 5: revoking a PAT that is gone already is no trouble (%i)', async (status) => {
  const scene = await createScene()
  const old = seedLive(scene)
  await scene.run()
  scene.daysPass(2)
  const body =
    status === 200 ? { patToken: null, patTokenError: 'tokenNotFound' } : { typeKey: 'SessionTokenNotFoundException' }
  scene.fault({ kind: 'status', method: 'DELETE', status, body })
  const told = await scene.run()
  expect(told.warnings).toEqual([])
  expect(told.conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
  expect(told.log.join('\n')).toContain(`(${old.authorizationId}): it is superseded.`)
})

test('trap 6: a policy cuts the life silently: every later date comes from what was granted', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 7
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings).toEqual([
    expect.stringContaining('The new PAT ends 2026-11-28 08:00 UTC, not 2026-12-21 08:00 UTC as asked'),
  ])
  expect(told.warnings[0]).toContain('Set pat-lifetime-days to what the policy allows.')
  const { live, dueAt } = told.conclusion
  expect((live?.expiresAt ?? 0) - scene.clock.now()).toBeLessThanOrEqual(7 * DAY + 100)
  expect(((dueAt ?? 0) - scene.clock.now()) / DAY).toBeCloseTo((7 * 2) / 3, 3)
})

test('trap 6: a life cut to 7 days is due by its own third, not by renew-before-days', async () => {
  const scene = await createScene()
  scene.ado.policies.maximumLifespanDays = 7
  await scene.run()
  scene.daysPass(4)
  expect((await scene.run()).conclusion.outcome).toBe('not-due')
  scene.daysPass(1)
  expect((await scene.run()).conclusion).toMatchObject({
    outcome: 'renewed',
    reason: expect.stringContaining('the live PAT is near its end: 20'),
  })
})

test('trap 6: an end that was only rounded is no shorter life', async () => {
  const scene = await createScene()
  const told = await scene.run({ 'pat-lifetime-days': '7', 'renew-before-days': '2' })
  expect(told.warnings).toEqual([])
  expect(withoutIds(told).join()).toContain('"validTo":"2026-11-28T08:00:00.000Z"')
  expect(scene.held()?.validTo).not.toBe(Date.parse('2026-11-28T08:00:00.000Z'))
})

test('trap 6: where the policy refuses instead of cutting, the failure says what to lower', async () => {
  const scene = await createScene()
  Object.assign(scene.ado.policies, { maximumLifespanDays: 7, lifespanRefuses: true })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('pat-lifetime-days') })
  expect(verbsOf(told).filter((verb) => verb === 'mint')).toHaveLength(1)
})
