import { expect, test } from '@jest/globals'
import { newest, ORGANIZATION_SECRET, writes } from '../renew/github/writes.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

const names = Array.from({ length: 20 }, (_, index) => `lib-${index}`)

test('trap 12: many repositories are written without a stampede: at most ten requests at once', async () => {
  const scene = await createScene()
  for (const name of names) scene.github.addRepository(`hmcts/${name}`)
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  scene.github.limits.enforce = true
  scene.github.latency = 5
  let most = 0
  const act = () => (most = Math.max(most, scene.github.limits.inFlight + 1))
  scene.fault({ kind: 'act', at: 'api.github.com', times: Infinity, act })
  const { conclusion } = await scene.run({ repositories: names.join() })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(conclusion.repositoriesWritten).toHaveLength(20)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(10)
  expect(scene.github.limits.answered).toBe(0)
})

for (const status of [403, 429] as const) {
  test(`trap 12: a ${status} that stays is asked again once a wait, not more often by retries on top`, async () => {
    const scene = await createScene()
    seedLive(scene)
    scene.github.limitNext(Infinity, { method: 'PUT', at: ORGANIZATION_SECRET, status, retryAfter: 300 })
    const told = await scene.run({ 'max-wait-minutes': '11' })
    expect(told.conclusion.outcome).toBe('failed')
    expect(writes(told)).toHaveLength(3)
    expect(scene.github.limits.premature).toBe(0)
  })
}

test('trap 12: a 503 with Retry-After is asked again after that, not before', async () => {
  const scene = await createScene()
  seedLive(scene)
  const headers = { 'retry-after': '90' }
  scene.fault({ kind: 'status', status: 503, method: 'PUT', at: ORGANIZATION_SECRET, headers })
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
  expect(scene.clock.slept).toContain(90_000)
})

test('trap 13: an hour until the reset is not waited for: the job fails at once and says how long it would be', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const began = scene.clock.now()
  scene.github.limitNext(1, { method: 'GET', at: ORGANIZATION_SECRET, primary: true, retryAfter: 3600 })
  const { conclusion } = await scene.run()
  expect(conclusion.failure).toMatch(/asks to wait 360\d s, and max-wait-minutes leaves less/)
  expect(scene.clock.now() - began).toBeLessThan(60_000)
  expect(scene.held()).toBe(old)
})

test('trap 13: a token that expires during the sweep stops it: what is written stays, and nothing asks again', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const many = Array.from({ length: 40 }, (_, index) => `app-${index}`)
  for (const name of many) scene.github.addRepository(`hmcts/${name}`)
  const act = () => {
    scene.github.revokeToken(scene.githubToken)
  }
  scene.fault({ kind: 'act', method: 'PUT', at: /app-2\//, act })
  const told = await scene.run({ repositories: many.join() })
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'repositories' })
  expect(told.conclusion.repositoriesWritten.length + told.conclusion.repositoriesFailed.length).toBe(40)
  for (const name of told.conclusion.repositoriesWritten) expect(scene.held(name)).toBe(newest(scene))
  expect(newest(scene).revoked).toBe(false)
  // Those that were under way.
  const refused = scene.emulator.transcript.filter(({ answered }) => answered === 401)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(8)
})
