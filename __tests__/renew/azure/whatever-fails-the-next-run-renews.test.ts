import { expect, test } from '@jest/globals'
import type { Fault } from '../../emulator/wire.ts'
import { alive, changesOf, endsWell, revoked } from '../../requests.ts'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged } from '../../world.ts'

const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'
const FEED = 'feeds.dev.azure.com'
const ORG = `api.github.com/orgs/hmcts/actions/secrets/${SECRET}`
const DAY = 86_400_000

const down = { kind: 'status', status: 503, times: Infinity } as const
const denied = { kind: 'status', status: 401, times: Infinity } as const

/** Where it fails, what strikes there, and what the PATs that were seeded and minted are then (revoked or not). */
const steps: readonly (readonly [string, Fault, readonly boolean[]])[] = [
  ['listing the PATs', { ...down, method: 'GET', at: PATS }, [false]],
  ['reading the public key', { ...denied, at: 'secrets/public-key' }, [false]],
  ['reading the secret', { ...denied, at: ORG }, [false]],
  ['minting', { ...denied, method: 'POST', at: PATS }, [false]],
  ['proving', { ...down, at: FEED }, [false, true]],
  ['reading who has access', { ...denied, at: ORG, after: 1 }, [false, true]],
  ['writing', { ...denied, method: 'PUT', at: ORG }, [false, true]],
]

test.each(steps)(
  '%s: the run fails, says what to do next, and leaves the old PAT at work',
  async (_, fault, states) => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.fault(fault)
    const { conclusion } = await scene.run()
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(conclusion.failure).toMatch(/^Could not .*\. .*\b(run|again|later|look|check|sign in|needs?)\b/i)
    expect(conclusion.reason).toBe(conclusion.failure)
    expect(revoked(scene)).toEqual(states)
    expect(scene.held()).toBe(old)
    expect(scene.ado.accepts(old.token)).toBe(true)
  },
)

test.each(steps)('%s: the next clean run renews, and nothing is orphaned', async (_, fault) => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault(fault)
  await scene.run()
  scene.emulator.faults.clear()
  await endsWell(scene)
})

test.each(steps.slice(1))(
  '%s: the live PAT near its end is extended to half a day short of not due',
  async (_, fault) => {
    const scene = await createScene()
    const old = seedLive(scene, { ageDays: 27, daysLeft: 3 })
    scene.fault(fault)
    await scene.run()
    const daysLeft = (old.validTo - scene.clock.now()) / DAY
    expect(daysLeft).toBeCloseTo(9.5, 2)
    scene.emulator.faults.clear()
    expect((await scene.run({ 'dry-run': 'true' })).conclusion.outcome).toBe('planned')
  },
)

test('while the list cannot be read nothing can be extended, and nothing is tried', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { validTo } = old
  scene.fault({ ...down, method: 'GET', at: PATS })
  expect(changesOf(await scene.run())).toEqual([])
  expect(old.validTo).toBe(validTo)
})

test('run after run fails: the PAT never dies, and is due all the while', async () => {
  const scene = await createScene()
  const old = seedLive(scene, { ageDays: 21, daysLeft: 9 })
  scene.fault({ ...denied, method: 'PUT', at: ORG })
  for (let day = 0; day < 60; day += 1) {
    expect((await scene.run()).conclusion.outcome).toBe('failed')
    expect(scene.ado.accepts(old.token)).toBe(true)
    scene.daysPass(1)
  }
  expect(alive(scene)).toEqual([old])
  scene.emulator.faults.clear()
  await endsWell(scene)
})

test('a policy keeps it from living on: it is extended as far as that goes, with a warning', async () => {
  const scene = await createScene()
  const old = seedLive(scene, { ageDays: 27, daysLeft: 3 })
  scene.ado.policies.maximumLifespanDays = 30
  scene.fault({ ...denied, method: 'PUT', at: ORG })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion.outcome).toBe('failed')
  expect(warnings.join('\n')).toContain('The policy leaves no room to extend')
  expect((old.validTo - scene.clock.now()) / DAY).toBeCloseTo(3, 2)
})

test('a PAT that has ended is not extended, and the warning says when it did', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 31, daysLeft: -1 })
  scene.fault({ ...denied, method: 'PUT', at: ORG })
  const told = await scene.run()
  expect(told.warnings.join('\n')).toContain('ended 2026-11-20 08:00 UTC and cannot be extended any more')
  expect(changesOf(told)).not.toContain('change')
})

test('everything the secret may hold is extended, and nothing else', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 27, daysLeft: 3 })
  const raced = seedManaged(scene, { ageDays: 27.02, daysLeft: 3 })
  const unfinished = seedManaged(scene, { ageDays: 26, daysLeft: 4, state: ' pending' })
  const others = [
    seedManaged(scene, { ageDays: 28, daysLeft: 2 }),
    seedManaged(scene, { ageDays: 27, daysLeft: 2, slot: 'hmcts/app-a' }),
    seedManaged(scene, { ageDays: 27, daysLeft: 2, revoked: true }),
    scene.ado.seedPat({ ageDays: 27, daysLeft: 2 }),
  ]
  const ends = others.map(({ validTo }) => validTo)
  scene.fault({ ...denied, method: 'PUT', at: ORG })
  await scene.run()
  for (const pat of [live, raced, unfinished]) expect((pat.validTo - scene.clock.now()) / DAY).toBeCloseTo(9.5, 2)
  expect(others.map(({ validTo }) => validTo)).toEqual(ends)
})

test('where extending fails as well, that is a warning, and the failure stays the first one', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...denied, method: 'PUT', at: ORG })
  scene.fault({ ...down, method: 'PUT', at: PATS })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion.failure).toMatch(/GitHub/)
  expect(warnings.join('\n')).toMatch(/could not be extended and ends 2026-11-24 08:00 UTC/)
})

test('where revoking the new PAT fails, that is a warning, and a later run sees to it', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...denied, method: 'PUT', at: ORG })
  scene.fault({ ...down, method: 'DELETE', at: PATS })
  const { warnings } = await scene.run()
  expect(warnings.join('\n')).toMatch(
    /should be revoked \(it was not delivered\), but is not yet; a later run tries again/,
  )
  expect(alive(scene)).toHaveLength(2)
  scene.emulator.faults.clear()
  scene.daysPass(1)
  await endsWell(scene)
})

test.each(
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].flatMap((nth) =>
    ['503', 'reset', 'lost'].map((how) => [nth, how] as const),
  ),
)('request %i of a renewal meets %s once: renewed', async (nth, how) => {
  const scene = await createScene()
  seedLive(scene)
  const kind = how === '503' ? 'status' : how === 'reset' ? 'reset-before' : 'reset-after'
  scene.fault({ kind, status: 503, at: /./, after: nth - 1 })
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
  scene.daysPass(25)
  await endsWell(scene)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])(
  'from request %i on nothing answers: a later run ends well',
  async (nth) => {
    const scene = await createScene()
    seedLive(scene)
    scene.fault({ ...down, kind: 'reset-before', after: nth - 1 })
    await scene.run()
    scene.emulator.faults.clear()
    scene.daysPass(0.9)
    await scene.run({ force: 'true' })
    scene.daysPass(2)
    expect((await scene.run()).conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
    expect(alive(scene)).toEqual([scene.held()])
  },
)
