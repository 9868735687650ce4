import { expect, test } from '@jest/globals'
import { newest, ORGANIZATION_SECRET } from '../renew/github/writes.ts'
import { createScene } from '../scene.ts'
import { SECRET, seedLive } from '../world.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `hmcts/lib-${index}`)

test('trap 1: a PUT replaces who can read the secret, so what was read is sent back: public repositories keep it', async () => {
  const scene = await createScene()
  scene.github.addRepository('hmcts/open', { visibility: 'public' })
  seedLive(scene, { visibility: 'all' })
  await scene.run({ 'secret-visibility': 'private' })
  expect(scene.github.visibleTo('hmcts/open', 'actions', SECRET)).toBe(newest(scene).token)
})

test('trap 1: `selected` without ids would wipe the list: the ids go along, as whole numbers', async () => {
  const scene = await createScene()
  seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-b'] })
  const { requests } = await scene.run()
  const { id } = scene.github.repository('hmcts/app-b')
  expect(requests.find((line) => line.startsWith('PUT api'))).toContain(`"selected_repository_ids":[${id}]`)
  expect(scene.github.visibleTo('hmcts/app-b', 'actions', SECRET)).toBe(newest(scene).token)
  expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBeUndefined()
})

test('trap 1: visibility other than `selected` is sent without ids, which GitHub would refuse', async () => {
  const scene = await createScene()
  seedLive(scene, { visibility: 'private', selectedRepositories: ['hmcts/app-a'] })
  const { conclusion, requests } = await scene.run()
  expect(conclusion.outcome).toBe('renewed')
  expect(requests.join()).not.toContain('selected_repository_ids')
})

test('trap 2: the 31st and the 131st selected repository keep the secret', async () => {
  const scene = await createScene()
  const selectedRepositories = names(131)
  for (const name of selectedRepositories) scene.github.addRepository(name)
  seedLive(scene, { visibility: 'selected', selectedRepositories })
  await scene.run()
  for (const name of ['hmcts/lib-0', 'hmcts/lib-30', 'hmcts/lib-130']) {
    expect(scene.github.visibleTo(name, 'actions', SECRET)).toBe(newest(scene).token)
  }
})

test('trap 26: success is told by 201 or 204 and by updated_at, and a 204 has no body to parse', async () => {
  const scene = await createScene()
  const created = await scene.run()
  scene.daysPass(1)
  const updated = await scene.run({ force: 'true' })
  expect([created, updated].flatMap(({ conclusion }) => conclusion.receipts.map(({ did }) => did))).toEqual([
    'created',
    'updated',
  ])
  expect([...created.warnings, ...updated.warnings]).toEqual([])
})

test('trap 26: an updated_at that never moves is told, though GitHub said 204', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.modes.eventual = { seconds: 60 }
  const { conclusion, warnings, requests } = await scene.run()
  expect(conclusion.outcome).toBe('renewed')
  expect(warnings).toEqual([expect.stringMatching(/still shows the old date of its last write/)])
  expect(requests.filter((line) => line === `PUT api.github.com${ORGANIZATION_SECRET}`)).toEqual([])
  expect(requests.filter((line) => line.startsWith('PUT api.github.com'))).toHaveLength(1)
})
