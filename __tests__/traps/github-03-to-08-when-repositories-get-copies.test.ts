import { expect, test } from '@jest/globals'
import { newest, ORGANIZATION_SECRET, writes } from '../renew/github/writes.ts'
import { createScene } from '../scene.ts'
import { SECRET, seedLive } from '../world.ts'

const both = { repositories: 'app-a, app-b' }
const inRepositories = (told: Parameters<typeof writes>[0]) => writes(told).filter((line) => line.includes('/repos/'))

test('trap 3: secrets are read when a run is queued, so later steps get the new PAT as an output', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const queuedWith = scene.github.visibleTo('hmcts/.github', 'actions', SECRET)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { conclusion, masked } = await scene.run({ 'expose-token': 'true' })
  expect(queuedWith).toBe(old.token)
  expect(conclusion.token).toBe(newest(scene).token)
  expect(conclusion.token).not.toBe(queuedWith)
  expect(masked).toContain(conclusion.token)
})

test('trap 3: what a run queued before still holds goes on working', async () => {
  const scene = await createScene()
  seedLive(scene)
  const queuedWith = scene.github.visibleTo('hmcts/app-a', 'actions', SECRET) ?? ''
  await scene.run()
  scene.daysPass(0.9)
  await scene.run()
  expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).not.toBe(queuedWith)
  expect(scene.ado.accepts(queuedWith)).toBe(true)
})

test('trap 4: a copy left by a fallback does not hide later renewals: it is refreshed with the organization secret', async () => {
  const scene = await createScene()
  seedLive(scene)
  const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
  await scene.run(both)
  mend()
  for (let day = 0; day < 60; day += 1) {
    scene.clock.pass(86_401_000)
    const { conclusion } = await scene.run(both)
    expect(conclusion.staleCopies).toEqual([])
    for (const name of ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b']) {
      expect(scene.ado.accepts(scene.github.visibleTo(name, 'actions', SECRET) ?? '')).toBe(true)
    }
  }
  expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBe(scene.held()?.token)
})

test('trap 5: a secondary limit is a 403 too, and starts no stampede into the repositories', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.limitNext(3, { at: ORGANIZATION_SECRET, status: 403 })
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(inRepositories(told)).toEqual([])
})

test('trap 5: a 403 with x-ratelimit-remaining: 0 is the hourly limit', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.limitNext(1, { method: 'PUT', at: ORGANIZATION_SECRET, primary: true, retryAfter: 600, message: 'No' })
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(inRepositories(told)).toEqual([])
})

test('trap 5: a 403 for want of SSO is said to be that, not a missing permission', async () => {
  const scene = await createScene()
  seedLive(scene)
  const token = scene.github.token({ kind: 'classic', scopes: ['admin:org', 'repo'], sso: 'required' })
  const { conclusion } = await scene.run({ 'github-token': token })
  expect(conclusion.failure).toMatch(/SAML single sign-on.*Configure SSO/)
  expect(conclusion.failure).not.toMatch(/lacks/)
})

test.each([1, 2, 3])(
  'trap 5: whichever request is the last of its hour (%i), a copy that is not there is none',
  async (left) => {
    const scene = await createScene()
    seedLive(scene, { ageDays: 5, daysLeft: 25 })
    scene.github.spend(scene.githubToken, 5000 - left)
    const { conclusion, log } = await scene.run({ repositories: 'app-a, app-b', 'max-wait-minutes': '61' })
    expect([conclusion.outcome, conclusion.staleCopies]).toEqual(['not-due', []])
    expect(log.join('\n')).toMatch(/Waiting 3[56]\d\d s/)
  },
)

test('trap 6: a 404 of the metadata, where the key can be read, means that there is no secret yet', async () => {
  const scene = await createScene()
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(writes(told)).toEqual([`PUT ${ORGANIZATION_SECRET}`])
})

test('trap 6: a 404 of the key means no access, and nothing is created blindly', async () => {
  const scene = await createScene()
  seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
  scene.github.refuse({ home: 'hmcts', status: 404, method: 'GET' })
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(writes(told).filter((line) => line.includes('/orgs/'))).toEqual([])
})

for (const [what, status, message] of [
  ['a 401', 401, 'Bad credentials'],
  ['a 422 that does not name the secret', 422, 'Invalid request.\n\n"visibility" wasn\'t supplied.'],
] as const) {
  test(`trap 7: ${what} does not fall back`, async () => {
    const scene = await createScene()
    seedLive(scene)
    scene.github.refuse({ home: 'hmcts', method: 'PUT', status, message })
    const told = await scene.run(both)
    expect(told.conclusion.outcome).toBe('failed')
    expect(inRepositories(told)).toEqual([])
  })
}

test('trap 7: a broken network does not fall back', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'reset-before', method: 'PUT', at: '/orgs/', times: Infinity })
  const told = await scene.run(both)
  expect(told.conclusion.outcome).toBe('failed')
  expect(inRepositories(told)).toEqual([])
})

test('trap 7: a 5xx falls back only once the retries are spent', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 500, method: 'PUT', at: '/orgs/', times: Infinity })
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(writes(told).slice(0, 4)).toEqual(Array.from({ length: 4 }, () => `PUT ${ORGANIZATION_SECRET}`))
})

test("trap 8: the workflow's own GITHUB_TOKEN can never write secrets, and the failure says so and what does", async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await scene.run({ 'github-token': scene.github.token({ kind: 'github-token' }) })
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(/GITHUB_TOKEN: that one can never write secrets.*create-github-app-token/)
  expect(scene.held()).toBe(old)
  expect(newest(scene).revoked).toBe(true)
})
