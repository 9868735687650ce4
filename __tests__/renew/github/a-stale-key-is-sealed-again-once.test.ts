import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, writes } from './writes.ts'

/** GitHub changes the key right before each of the first `times` writes. */
function rotateBeforeWrites(scene: Scene, times: number, status: 409 | 422, home = 'hmcts'): void {
  scene.fault({
    kind: 'act',
    method: 'PUT',
    at: 'api.github.com',
    times,
    act: () => {
      scene.github.rotateKey(home, 'actions', status)
    },
  })
}

for (const status of [409, 422] as const) {
  test(`a key that changed meanwhile (${status}) is fetched again, and the PAT sealed again`, async () => {
    const scene = await createScene()
    seedLive(scene)
    rotateBeforeWrites(scene, 1, status)
    const { conclusion, requests, warnings } = await scene.run()
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(warnings).toEqual([])
    expect(scene.held()).toBe(newest(scene))
    const onSecrets = requests.filter((line) => /secrets\/public-key|PUT api/.test(line))
    expect(onSecrets.map((line) => line.split(' ')[0])).toEqual(['GET', 'PUT', 'GET', 'PUT'])
    const boxes = requests.flatMap((line) => /"key_id":"(\d+)"/.exec(line)?.[1] ?? [])
    expect(new Set(boxes).size).toBe(2)
  })

  test(`a key that changes every time (${status}) fails the run after two writes, and falls back nowhere`, async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    rotateBeforeWrites(scene, Infinity, status)
    const told = await scene.run()
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(writes(told)).toEqual([`PUT ${ORGANIZATION_SECRET}`, `PUT ${ORGANIZATION_SECRET}`])
    expect(scene.held()).toBe(old)
    expect(newest(scene).revoked).toBe(true)
  })
}

test("a repository's key that changed meanwhile is fetched again too", async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  rotateBeforeWrites(scene, 1, 422, 'hmcts/app-a')
  const { conclusion } = await scene.run({ repositories: 'app-a' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(scene.held('hmcts/app-a')).toBe(newest(scene))
})
