import { expect, test } from '@jest/globals'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, stateOf } from './writes.ts'

const readings = (requests: readonly string[]): number =>
  requests.filter((line) => line === `GET api.github.com${ORGANIZATION_SECRET}`).length

test('an overwritten secret (204) and a created one (201) are both confirmed', async () => {
  const scene = await createScene()
  seedLive(scene)
  const overwritten = await scene.run()
  expect(overwritten.conclusion.receipts).toMatchObject([{ did: 'updated' }])
  scene.github.deleteSecret('hmcts', 'actions', SECRET)
  scene.daysPass(1)
  const created = await scene.run()
  expect(created.conclusion.receipts).toMatchObject([{ did: 'created' }])
  for (const { log, warnings } of [overwritten, created]) {
    expect(warnings).toEqual([])
    expect(log.join('\n')).toMatch(/Confirmed: .* was written, and the same as before can read it \(private\)/)
  }
})

for (const [late, expected] of [
  [1, 'Confirmed'],
  [2, 'Confirmed'],
  [3, 'still shows the old date'],
] as const) {
  test(`${late} readings that show the old date: ${expected}`, async () => {
    const scene = await createScene()
    seedLive(scene)
    scene.github.modes.eventual = { readings: late }
    const { conclusion, requests, log, warnings } = await scene.run()
    expect(conclusion.outcome).toBe('renewed')
    expect(log.filter((line) => line.includes(expected))).toHaveLength(1)
    expect(warnings).toHaveLength(late === 3 ? 1 : 0)
    expect(readings(requests)).toBe(2 + Math.min(3, late + 1))
    expect(stateOf(newest(scene))).toBe('delivered')
  })
}

test('a write that shows after eight seconds is seen by the third reading, ten seconds later', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.modes.eventual = { seconds: 8 }
  const { warnings } = await scene.run()
  expect(warnings).toEqual([])
  expect(scene.clock.slept).toEqual([3000, 7000])
})

test('somebody changing who can read it at the same moment is a warning, and the run has renewed', async () => {
  const scene = await createScene()
  seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] })
  scene.fault({
    kind: 'act',
    method: 'GET',
    at: `${ORGANIZATION_SECRET}/repositories`,
    after: 1,
    act: () => {
      const value = newest(scene).token
      const visibility = 'selected'
      scene.github.seedSecret('hmcts', 'actions', SECRET, { value, visibility, selectedRepositories: ['hmcts/app-b'] })
    },
  })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion.outcome).toBe('renewed')
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/^Who can read .* is not what it was before the write \(2 selected repositories\)/)
})

test('so is a change of its visibility, and the warning says what it was', async () => {
  const scene = await createScene()
  seedLive(scene)
  const act = (): void => {
    scene.github.seedSecret('hmcts', 'actions', SECRET, { value: newest(scene).token, visibility: 'all' })
  }
  scene.fault({ kind: 'act', method: 'GET', at: ORGANIZATION_SECRET, after: 2, act })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion.outcome).toBe('renewed')
  expect(warnings).toEqual([expect.stringMatching(/is not what it was before the write \(private\)/)])
})

test.each([true, false])(
  'a secret that GitHub does not show at once is looked at again (it was there: %s)',
  async (was) => {
    const scene = await createScene()
    if (was) seedLive(scene)
    scene.fault({ kind: 'status', status: 404, method: 'GET', at: ORGANIZATION_SECRET, after: 2 })
    const { log, warnings } = await scene.run()
    expect(warnings).toEqual([])
    expect(log.join('\n')).toContain('Confirmed: ')
  },
)

test('the log says by which name the new PAT is marked', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { log } = await scene.run()
  expect(log).toContain(`Marked the new PAT "${newest(scene).displayName}".`)
})

test('a secret that cannot be read back is a warning, and the run has renewed', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 502, method: 'GET', at: ORGANIZATION_SECRET, after: 2, times: Infinity })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(warnings.join('\n')).toMatch(/GitHub accepted .*, but it could not be read back/)
  expect(stateOf(newest(scene))).toBe('delivered')
})

for (const kind of ['truncated', 'malformed'] as const) {
  test(`an answer to the write whose body is ${kind} still counts by its status`, async () => {
    const scene = await createScene()
    scene.fault({ kind, method: 'PUT', at: ORGANIZATION_SECRET })
    const { conclusion, warnings } = await scene.run()
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(warnings).toEqual([])
  })
}

test('a write whose answer was lost is written once more, and confirmed', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'reset-after', method: 'PUT', at: ORGANIZATION_SECRET })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(warnings).toEqual([])
  expect(scene.github.secret('hmcts', 'actions', SECRET)?.history).toHaveLength(3)
})
