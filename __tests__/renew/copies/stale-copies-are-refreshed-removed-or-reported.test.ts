import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { newest, writes } from '../github/writes.ts'

const COPY = `/repos/hmcts/app-a/actions/secrets/${SECRET}`
const both = { repositories: 'app-a, app-b' }

/** A live PAT of that age in the organization secret, and a copy in app-a that holds the one before it. */
async function withStaleCopy(ageDays = 10): Promise<{ scene: Scene; earlier: ReturnType<typeof seedManaged> }> {
  const scene = await createScene()
  const earlier = seedManaged(scene, { ageDays: ageDays + 20, daysLeft: 10 - ageDays + 2 })
  seedSecret(scene, 'hmcts/app-a', earlier)
  seedLive(scene, { ageDays, daysLeft: 30 - ageDays })
  return { scene, earlier }
}

describe('stale-copies: refresh', () => {
  test('a copy that hides a live PAT of more than three days makes it due, and gets the new PAT', async () => {
    const { scene } = await withStaleCopy(3.1)
    const told = await scene.run(both)
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', staleCopies: [] })
    expect(told.conclusion.reason).toMatch(/app-a is stale and hides the organization secret/)
    expect(told.conclusion.repositoriesWritten).toEqual(['hmcts/app-a'])
    expect(scene.held('hmcts/app-a')).toBe(newest(scene))
    expect(scene.held('hmcts/app-b')).toBeUndefined()
    expect(told.warnings).toEqual([])
  })

  test('while the live PAT is younger than that it is a warning that names the day the copy stops working', async () => {
    const { scene } = await withStaleCopy(2.9)
    const told = await scene.run(both)
    expect(told.conclusion).toMatchObject({ outcome: 'not-due', staleCopies: ['hmcts/app-a'] })
    expect(told.warnings).toHaveLength(1)
    expect(told.warnings[0]).toMatch(/app-a is stale .* stops working on 2026-11-30.*force: true/)
    expect(writes(told)).toEqual([])
  })

  test('a copy that nobody knows the PAT of is refreshed too, whoever wrote it', async () => {
    const { scene } = await withStaleCopy()
    const value = scene.ado.seedPat({ displayName: 'by hand', ageDays: 100, daysLeft: 1 }).token
    scene.github.seedSecret('hmcts/app-b', 'actions', SECRET, { value, createdAt: '2026-08-01T00:00:00Z' })
    const { conclusion } = await scene.run(both)
    expect(conclusion).toMatchObject({ outcome: 'renewed', staleCopies: [] })
    expect(scene.held('hmcts/app-b')).toBe(newest(scene))
  })

  test('a copy that cannot be refreshed is a warning, is listed, and mints again only after three days', async () => {
    const { scene } = await withStaleCopy()
    scene.github.refuse({ home: 'hmcts/app-a', method: 'PUT', status: 403 })
    const outcomes: string[] = []
    for (let day = 0; day < 9; day += 1) {
      const { conclusion, warnings } = await scene.run(both)
      outcomes.push(conclusion.outcome)
      expect(conclusion.staleCopies).toEqual(['hmcts/app-a'])
      expect(warnings.join('\n')).toMatch(/app-a (stays|is stale)/)
      scene.clock.pass(86_400_000 + 60_000)
    }
    expect(outcomes.filter((outcome) => outcome === 'renewed')).toHaveLength(3)
    expect(outcomes.every((outcome) => ['renewed', 'not-due'].includes(outcome))).toBe(true)
  })

  test('a copy that is gone meanwhile is not made again', async () => {
    const { scene } = await withStaleCopy()
    const act = () => {
      scene.github.deleteSecret('hmcts/app-a', 'actions', SECRET)
    }
    scene.fault({ kind: 'act', method: 'PUT', at: '/orgs/hmcts/actions/secrets', act })
    const { conclusion, warnings } = await scene.run(both)
    expect(conclusion).toMatchObject({ outcome: 'renewed', staleCopies: [], repositoriesWritten: [] })
    expect(scene.held('hmcts/app-a')).toBeUndefined()
    expect(warnings).toEqual([])
  })

  test('a copy that its own repository wrote meanwhile is left alone', async () => {
    const { scene } = await withStaleCopy()
    const own = seedManaged(scene, { slot: 'hmcts/app-a', ageDays: 0, daysLeft: 30 })
    scene.fault({
      kind: 'act',
      method: 'PUT',
      at: '/orgs/hmcts/actions/secrets',
      act: () => {
        scene.github.seedSecret('hmcts/app-a', 'actions', SECRET, { value: own.token })
      },
    })
    const told = await scene.run(both)
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', staleCopies: [], repositoriesWritten: [] })
    expect(scene.held('hmcts/app-a')).toBe(own)
    expect(writes(told)).not.toContain(`PUT ${COPY}`)
  })
})

describe('stale-copies: remove', () => {
  for (const ageDays of [2, 21]) {
    test(`removes it, with a live PAT of ${ageDays} days, so that the organization secret shows through`, async () => {
      const { scene } = await withStaleCopy(ageDays)
      const told = await scene.run({ ...both, 'stale-copies': 'remove' })
      expect(told.conclusion).toMatchObject({ outcome: ageDays === 2 ? 'not-due' : 'renewed', staleCopies: [] })
      expect(writes(told)).toContain(`DELETE ${COPY}`)
      expect(told.conclusion.receipts.at(-1)).toMatchObject({ did: 'removed' })
      expect(told.log).toContain(
        `Removed the stale copy ${SECRET} of repository hmcts/app-a: its repository now sees the organization secret.`,
      )
      expect(told.conclusion.repositoriesWritten).toEqual([])
      expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBe(scene.held()?.token)
      expect(told.warnings).toEqual([])
    })
  }

  test('what it held is retired by the very run that removes it', async () => {
    const scene = await createScene()
    const earlier = seedManaged(scene, { ageDays: 22, daysLeft: 8 })
    seedSecret(scene, 'hmcts/app-a', earlier)
    seedLive(scene, { ageDays: 2, daysLeft: 28 })
    const { conclusion } = await scene.run({ ...both, 'stale-copies': 'remove' })
    expect(conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
    expect(earlier.revoked).toBe(true)
  })

  test('a copy that is gone meanwhile counts as removed', async () => {
    const { scene } = await withStaleCopy(2)
    const act = () => {
      scene.github.deleteSecret('hmcts/app-a', 'actions', SECRET)
    }
    scene.fault({ kind: 'act', method: 'DELETE', at: COPY, act })
    const { conclusion, warnings } = await scene.run({ ...both, 'stale-copies': 'remove' })
    expect(conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
    expect(warnings).toEqual([])
  })

  test.each([403, 404])('a copy that cannot be removed (%i) is a warning, and is listed', async (status) => {
    const { scene, earlier } = await withStaleCopy(2)
    scene.github.refuse({ home: 'hmcts/app-a', method: 'DELETE', status })
    const { conclusion, warnings } = await scene.run({ ...both, 'stale-copies': 'remove' })
    expect(conclusion).toMatchObject({ outcome: 'not-due', staleCopies: ['hmcts/app-a'], receipts: [] })
    expect([scene.held('hmcts/app-a'), earlier.revoked]).toEqual([earlier, false])
    expect(warnings[0]).toMatch(/The stale copy .*app-a stays\. It stops working on 2026-12-01/)
  })
})

describe('stale-copies: report', () => {
  test('warns at every run, names the day, and writes nothing there, renewed or not', async () => {
    const { scene, earlier } = await withStaleCopy(10)
    const first = await scene.run({ ...both, 'stale-copies': 'report' })
    expect(first.conclusion).toMatchObject({ outcome: 'not-due', staleCopies: ['hmcts/app-a'] })
    expect(first.warnings[0]).toMatch(/app-a is stale .* stops working on .*Delete it, or set stale-copies/)
    scene.daysPass(11)
    const second = await scene.run({ ...both, 'stale-copies': 'report' })
    expect(second.conclusion).toMatchObject({ outcome: 'renewed', staleCopies: ['hmcts/app-a'] })
    expect(second.warnings[0]).toMatch(/stops working since/)
    expect(scene.held('hmcts/app-a')).toBe(earlier)
  })

  test('a copy whose PAT ends at this very moment has stopped working', async () => {
    const { scene, earlier } = await withStaleCopy(2)
    scene.clock.pass(earlier.validTo - scene.clock.now() - 1)
    expect((await scene.run({ ...both, 'stale-copies': 'report' })).warnings[0]).toMatch(/stops working on/)
    scene.clock.pass(1)
    expect((await scene.run({ ...both, 'stale-copies': 'report' })).warnings[0]).toMatch(/stops working since/)
  })

  test('a copy that may hold nothing that is known says so', async () => {
    const { scene } = await withStaleCopy(2)
    const value = 'by hand'
    scene.github.seedSecret('hmcts/app-b', 'actions', SECRET, { value, createdAt: '2026-08-01T00:00:00Z' })
    const { warnings } = await scene.run({ ...both, 'stale-copies': 'report' })
    expect(warnings.join('\n')).toMatch(/app-b .*What it holds is not known, nor when that stops working/)
  })
})

test.each(['remove', 'report'])(
  'with target: repositories there is no stale copy: what an earlier part of the sweep wrote stays (%s)',
  async (policy) => {
    const scene = await createScene()
    const slot = 'hmcts/.github'
    const first = seedManaged(scene, { ageDays: 3, daysLeft: 27, slot, state: ' pending' })
    seedSecret(scene, 'hmcts/app-a', first)
    seedSecret(scene, 'hmcts/app-b', seedManaged(scene, { ageDays: 2, daysLeft: 28, slot }))
    const told = await scene.run({ ...both, target: 'repositories', 'stale-copies': policy })
    expect(told.conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
    expect(told.warnings).toEqual([])
    expect(scene.held('hmcts/app-a')).toBe(first)
  },
)

test('a copy of the very PAT that is live is not stale', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 10, daysLeft: 20 })
  seedSecret(scene, 'hmcts/app-a', live)
  const { conclusion, warnings } = await scene.run(both)
  expect(conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
  expect(warnings).toEqual([])
})

test('a copy written less than a quarter of an hour before the live PAT was minted is not stale: clocks differ', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 10, daysLeft: 20 })
  seedSecret(scene, 'hmcts/app-a', live, { writtenDaysAgo: 10 + 14 / 1440 })
  expect((await scene.run(both)).conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
  seedSecret(scene, 'hmcts/app-a', live, { writtenDaysAgo: 10 + 16 / 1440 })
  expect((await scene.run({ ...both, 'dry-run': 'true' })).conclusion).toMatchObject({ staleCopies: ['hmcts/app-a'] })
})
