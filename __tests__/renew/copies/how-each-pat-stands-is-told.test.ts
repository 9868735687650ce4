import { expect, test } from '@jest/globals'
import { createScene } from '../../scene.ts'
import { seedLive, seedManaged } from '../../world.ts'

test('how each PAT stands, which one this run minted, and when it retires', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 60, daysLeft: -30 })
  const ending = seedManaged(scene, { ageDays: 30, daysLeft: 1 })
  seedLive(scene)
  scene.clock.pass(ending.validTo - scene.clock.now())
  const grace = 24 * 3_600_000
  const { conclusion } = await scene.run({ 'expose-token': 'true' })
  const written = conclusion.receipts[0]?.at ?? 0
  expect(conclusion.pats.map(({ standing, minted, retiresAt }) => ({ standing, minted, retiresAt }))).toEqual([
    { standing: 'live', minted: true, retiresAt: undefined },
    { standing: 'superseded', minted: false, retiresAt: written + grace },
    { standing: 'expired', minted: false, retiresAt: undefined },
    { standing: 'expired', minted: false, retiresAt: undefined },
  ])
  expect(conclusion.token).toBe(scene.held()?.token)
  const next = (await scene.run({ 'expose-token': 'true' })).conclusion
  expect([next.outcome, next.token]).toEqual(['not-due', undefined])
})

test('what should have been retired at once and was not has no day', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 500, method: 'DELETE', at: '_apis/tokens/pats', times: Infinity })
  const { conclusion } = await scene.run({ 'revoke-superseded-after-hours': '0' })
  const superseded = conclusion.pats.filter(({ standing }) => standing === 'superseded')
  expect(superseded).toHaveLength(1)
  expect(superseded[0]).not.toHaveProperty('retiresAt')
})
