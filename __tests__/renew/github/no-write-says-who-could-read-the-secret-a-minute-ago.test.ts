import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive, seedSecret } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, writes } from './writes.ts'

const MINUTE = 60_000
const PUT = { method: 'PUT', at: ORGANIZATION_SECRET } as const
const PAGES = { method: 'GET', at: `${ORGANIZATION_SECRET}/repositories` } as const

/** When the first write comes, app-b is taken off the secret's list. */
async function takenOffMeanwhile(): Promise<Scene> {
  const scene = await createScene()
  const old = seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] })
  const act = () => {
    const access = { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] } as const
    seedSecret(scene, 'hmcts', old, { ...access, writtenDaysAgo: 20 })
  }
  scene.fault({ ...PUT, kind: 'act', act })
  return scene
}

function selected({ github }: Scene): readonly number[] | undefined {
  return github.secret('hmcts', 'actions', SECRET)?.selectedRepositoryIds
}

test('nor after tries that hung until they were given up', async () => {
  const scene = await takenOffMeanwhile()
  const act = () => {
    scene.clock.pass(30_000)
  }
  scene.fault({ ...PUT, kind: 'act', times: 3, act })
  scene.fault({ ...PUT, kind: 'reset-before', times: 3 })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(writes(told)).toHaveLength(4)
  expect(selected(scene)).toEqual([scene.github.repository('hmcts/app-a').id])
  expect(scene.held()).toBe(newest(scene))
})

test('nor after a key that changed, and whose successor had to be waited for', async () => {
  const scene = await takenOffMeanwhile()
  scene.fault({
    ...PUT,
    kind: 'act',
    act: () => {
      scene.github.rotateKey('hmcts', 'actions')
      scene.github.limitNext(1, { method: 'GET', at: 'secrets/public-key', retryAfter: 20 * 60 })
    },
  })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(selected(scene)).toEqual([scene.github.repository('hmcts/app-a').id])
  expect(scene.held()).toBe(newest(scene))
})

test('a reading that always takes more than a minute is given up 45 minutes after the mint, and nothing is written', async () => {
  const scene = await createScene()
  const names = Array.from({ length: 250 }, (_, index) => `hmcts/selected-${index}`)
  for (const name of names) scene.github.addRepository(name)
  const old = seedLive(scene, { visibility: 'selected', selectedRepositories: names })
  const act = () => {
    scene.clock.pass(25_000)
  }
  scene.fault({ ...PAGES, kind: 'act', times: Infinity, act })
  const began = scene.clock.now()
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(/no write starts more than 45 minutes after the PAT was minted/)
  expect(writes(told)).toEqual([])
  // One reading more is under way when the time is over.
  expect((scene.clock.now() - began) / MINUTE).toBeLessThan(48)
  expect([scene.held(), newest(scene).revoked]).toEqual([old, true])
})

test('a GitHub that fails slowly at every write has failed at it for good once the second reading is too old', async () => {
  const scene = await createScene()
  seedLive(scene)
  const act = () => {
    scene.clock.pass(25_000)
  }
  scene.fault({ ...PUT, kind: 'act', times: Infinity, act })
  scene.fault({ ...PUT, kind: 'status', status: 502, times: Infinity })
  const began = scene.clock.now()
  const told = await scene.run({ repositories: 'app-a' })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(writes(told).filter((line) => line.endsWith(ORGANIZATION_SECRET)).length).toBeLessThanOrEqual(6)
  expect((scene.clock.now() - began) / MINUTE).toBeLessThan(4)
})

test('what a try of unknown fate may have written stays, though who can read the secret cannot be read again', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({
    ...PUT,
    kind: 'act',
    act: () => {
      scene.clock.pass(2 * MINUTE)
      scene.github.refuse({ home: 'hmcts', status: 403 })
    },
  })
  scene.fault({ ...PUT, kind: 'reset-after' })
  const { conclusion, warnings } = await scene.run({ fallback: 'none' })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('403') })
  expect(warnings.join('\n')).toContain('stays, unfinished: a place holds it, or may.')
  expect(newest(scene).revoked).toBe(false)
})
