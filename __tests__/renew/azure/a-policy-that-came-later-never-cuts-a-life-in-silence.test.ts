import { expect, test } from '@jest/globals'
import type { Fault } from '../../emulator/wire.ts'
import { changesOf } from '../../requests.ts'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, type Seed, seedLive, seedManaged } from '../../world.ts'
import { daysLeft } from '../github/writes.ts'

const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'
const refused = { kind: 'status', status: 401, times: Infinity } as const
const WHAT_TO_DO = /Run `operation: renew` with `force: true` at once, and have the policy's maximum lifespan raised/

type OldPat = ReturnType<typeof seedLive>

/** The live PAT is older than the tenant allows by now: it has nine days left of its thirty, and none may live longer than seven. */
async function switchedOn(seed: Seed = { ageDays: 21, daysLeft: 9 }): Promise<{ scene: Scene; old: OldPat }> {
  const scene = await createScene()
  const old = seedLive(scene, seed)
  scene.ado.policies.maximumLifespanDays = 7
  return { scene, old }
}

const works = (scene: Scene, { token }: OldPat): boolean => scene.ado.accepts(token)

test('a fallback knows by its own PAT that the old one would lose: it is not asked for, and its end stays', async () => {
  const { scene, old } = await switchedOn()
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(daysLeft(scene, old)).toBeCloseTo(9, 3)
  expect(works(scene, old)).toBe(true)
  expect(changesOf(told).filter((change) => change === 'change')).toHaveLength(1)
  expect(told.warnings.join('\n')).toMatch(
    /leaves no room to extend .*cannot be extended: their builds stop on 2026-11-30/s,
  )
})

test('a delivery that fails leaves the old PAT as it was, and the next run makes it good', async () => {
  const { scene, old } = await switchedOn()
  scene.fault({ ...refused, method: 'PUT', at: `orgs/hmcts/actions/secrets/${SECRET}` })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'failed', live: { expiresAt: expect.closeTo(old.validTo, -3) } })
  expect(warnings.join('\n')).toContain(`The policy leaves no room to extend "${old.displayName}"`)
  expect(works(scene, old)).toBe(true)
  scene.emulator.faults.clear()
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
})

test('a maximum that still has room for the old PAT moves its end', async () => {
  const { scene, old } = await switchedOn({ ageDays: 10, daysLeft: 3 })
  scene.ado.policies.maximumLifespanDays = 20
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { warnings } = await scene.run()
  expect(daysLeft(scene, old)).toBeCloseTo(10, 3)
  expect(warnings.join('\n')).toContain('it is kept alive meanwhile')
})

const cases: readonly (readonly [string, Fault])[] = [
  ['GitHub refuses the credential before anything is minted', { ...refused, at: 'secrets/public-key' }],
  ['the mint is refused', { ...refused, status: 403, method: 'POST', at: PATS }],
]

test.each(cases)('%s: what the policy took is told with the end that was granted', async (_, fault) => {
  const { scene, old } = await switchedOn()
  scene.fault(fault)
  const { conclusion, warnings, log } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'failed', live: { expiresAt: expect.closeTo(old.validTo, -3) } })
  expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['expired'])
  expect(log.filter((line) => line.startsWith('error: '))).toEqual([
    `error: ${warnings.find((line) => line.startsWith('The policy cut the life of')) ?? ''}`,
  ])
  expect(warnings.join('\n')).toContain(
    `"${old.displayName}" when it was to be extended: its end went from 2026-11-30 08:00 UTC to 2026-11-07 08:00 UTC; it has ended, and builds that use it fail.`,
  )
  expect(warnings.join('\n')).toMatch(WHAT_TO_DO)
})

test('in a standing fallback the run is due then, and fails with the day since which builds fail', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  await scene.run()
  old.validTo = scene.clock.now() + 4 * 86_400_000
  scene.ado.policies.maximumLifespanDays = 7
  scene.daysPass(1)
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringContaining(
      'The builds of every repository that has no copy fail since 2026-11-01 08:00 UTC.',
    ),
    live: { expiresAt: expect.closeTo(old.validTo, -3) },
  })
  expect(warnings.join('\n')).toMatch(/its end went from 2026-11-25 .* to 2026-11-01 /)
})

test('`extend` fails with that sentence, however near the new end is', async () => {
  const { scene, old } = await switchedOn({ ageDays: 2, daysLeft: 9 })
  const { conclusion } = await scene.run({ operation: 'extend' })
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toMatch(
    /its end went from 2026-11-30 08:00 UTC to 2026-11-26 08:00 UTC; builds that use it fail from then on\./,
  )
  expect(conclusion.failure).toMatch(WHAT_TO_DO)
  expect(daysLeft(scene, old)).toBeCloseTo(5, 3)
})

test('of several candidates the answer about the first spares the others', async () => {
  const scene = await createScene()
  const raced = seedManaged(scene, { ageDays: 21.01, daysLeft: 9 })
  const live = seedLive(scene, { ageDays: 21, daysLeft: 9 })
  scene.ado.policies.maximumLifespanDays = 7
  const told = await scene.run({ operation: 'extend' })
  expect(changesOf(told)).toEqual(['change'])
  expect([raced, live].map((pat) => works(scene, pat))).toEqual([false, true])
  expect(told.conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringContaining('ends 2026-11-30 08:00 UTC. The policy allows no more'),
  })
})
