import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged } from '../../world.ts'
import { alive, newest, stateOf, writes } from '../github/writes.ts'

const both = { repositories: 'app-a, app-b' }

async function refusedWithAppB(): Promise<{ scene: Scene; mendAppB: () => void }> {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const mendAppB = scene.github.refuse({ home: 'hmcts/app-b', status: 403, method: 'PUT' })
  return { scene, mendAppB }
}

test('one repository that fails fails the run, and does not stop the others', async () => {
  const { scene } = await refusedWithAppB()
  const { conclusion, log, warnings } = await scene.run(both)
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    deliveredTo: 'repositories',
    repositoriesWritten: ['hmcts/app-a'],
    repositoriesFailed: ['hmcts/app-b'],
  })
  expect(conclusion.failure).toMatch(/Could not write 1 of 2 repositories \(hmcts\/app-b\)/)
  const refused = /Fallback to repositories, because GitHub refused .*missing permission organization_secrets=write/
  expect(conclusion.reason).toMatch(refused)
  expect(
    warnings.filter((warning) => /^Fallback: .*not all of them could be written\..* 403/.test(warning)),
  ).toHaveLength(1)
  expect(stateOf(newest(scene))).toBe('pending')
  expect(newest(scene).revoked).toBe(false)
  expect(log.join('\n')).toMatch(/stays, unfinished: a place holds it, or may/)
})

test('the next run delivers only to the one that lags, and the run after that is not due', async () => {
  const { scene, mendAppB } = await refusedWithAppB()
  await scene.run(both)
  const first = newest(scene)
  mendAppB()
  scene.daysPass(1)
  const second = await scene.run(both)
  expect(second.conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-b'] })
  expect(second.conclusion.reason).toMatch(/an earlier run stopped between minting and delivering/)
  expect(writes(second).filter((line) => line.includes('app-a'))).toEqual([])
  expect(scene.held('hmcts/app-a')).toBe(first)
  expect(scene.held('hmcts/app-b')).toBe(newest(scene))
  expect(stateOf(newest(scene))).toBe('fallback')
  scene.daysPass(1)
  const third = await scene.run(both)
  expect(third.conclusion.outcome).toBe('not-due')
  expect(writes(third)).toEqual([])
  expect(alive(scene)).toHaveLength(3)
})

test('a repository that fails every day gets a new PAT every day, and nothing that a place holds is revoked', async () => {
  const { scene } = await refusedWithAppB()
  for (let day = 0; day < 5; day += 1) {
    const { conclusion } = await scene.run(both)
    expect(conclusion).toMatchObject({ outcome: 'failed', repositoriesFailed: ['hmcts/app-b'] })
    for (const home of ['hmcts', 'hmcts/app-a']) expect(scene.held(home)).toMatchObject({ revoked: false })
    scene.daysPass(1)
  }
  expect(alive(scene).length).toBeLessThanOrEqual(3)
})

test('what reached a repository before its run was stopped is left alone until it is near its end', async () => {
  const { scene, mendAppB } = await refusedWithAppB()
  await scene.run(both)
  mendAppB()
  scene.daysPass(21)
  await scene.run(both)
  expect(scene.held('hmcts/app-a')).toBe(newest(scene))
  expect(scene.held('hmcts/app-b')).toBe(newest(scene))
})

test('a repository that is added to a standing fallback gets a PAT at the same time as the others, and then it stands', async () => {
  const { scene, mendAppB } = await refusedWithAppB()
  mendAppB()
  await scene.run({ repositories: 'app-a' })
  scene.daysPass(1)
  const { conclusion } = await scene.run(both)
  expect(conclusion.outcome).toBe('renewed')
  expect(conclusion.reason).toMatch(/^an earlier fallback did not reach every one of `repositories`/)
  for (let day = 0; day < 4; day += 1) {
    scene.daysPass(1)
    expect((await scene.run(both)).conclusion.outcome).toBe('not-due')
  }
})

test('a fallback that was stopped after its last write, before it was marked, is through with the next run', async () => {
  const { scene, mendAppB } = await refusedWithAppB()
  mendAppB()
  scene.fault({ kind: 'status', status: 503, method: 'PUT', at: '_apis/tokens/pats', times: Infinity })
  const first = await scene.run(both)
  expect(first.conclusion.outcome).toBe('renewed')
  expect(stateOf(newest(scene))).toBe('pending')
  scene.emulator.faults.clear()
  scene.daysPass(1)
  expect((await scene.run(both)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  for (const home of ['hmcts/app-a', 'hmcts/app-b']) expect(scene.held(home)).toBe(newest(scene))
  scene.daysPass(1)
  expect((await scene.run(both)).conclusion.outcome).toBe('not-due')
})

test('a repository that failed every write: the PAT is revoked, and the old one extended half a day short of healthy', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.github.refuse({ at: /secrets/, method: 'PUT', status: 403 })
  for (let day = 0; day < 8; day += 1) {
    const { conclusion } = await scene.run(both)
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', superseded: [] })
    expect(newest(scene).revoked).toBe(true)
    expect(alive(scene)).toEqual([old])
    expect((old.validTo - scene.clock.now()) / 86_400_000).toBeCloseTo(9.5, 1)
    scene.daysPass(1)
  }
  expect(scene.ado.accepts(old.token)).toBe(true)
})

test('of racing runs that left several candidates, each is extended when delivery fails', async () => {
  const scene = await createScene()
  const earlier = seedManaged(scene, { ageDays: 27.02, daysLeft: 2.98 })
  const live = seedLive(scene)
  const pending = seedManaged(scene, { ageDays: 26.9, daysLeft: 3.1, state: ' pending' })
  const old = seedManaged(scene, { ageDays: 28, daysLeft: 2 })
  scene.github.refuse({ at: /secrets/, method: 'PUT', status: 403 })
  await scene.run()
  for (const pat of [earlier, live, pending]) expect((pat.validTo - scene.clock.now()) / 86_400_000).toBeGreaterThan(9)
  expect((old.validTo - scene.clock.now()) / 86_400_000).toBeCloseTo(2, 3)
})
