import { describe, expect, test } from '@jest/globals'
import type { Pat } from '../../emulator/azure-devops/azure-devops.ts'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, writes } from './writes.ts'

for (const visibility of ['all', 'private'] as const) {
  test(`a secret that ${visibility} repositories can read goes on so, whatever secret-visibility says`, async () => {
    const scene = await createScene()
    seedLive(scene, { visibility })
    await scene.run({ 'secret-visibility': visibility === 'all' ? 'private' : 'all' })
    expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({ visibility, selectedRepositoryIds: [] })
    expect(scene.held()).toBe(newest(scene))
  })
}

for (const count of [0, 1, 100, 101, 250]) {
  test(`${count} selected repositories are sent back, each and no other`, async () => {
    const scene = await createScene()
    const names = Array.from({ length: count }, (_, index) => `hmcts/selected-${index}`)
    const ids = names.map((name) => scene.github.addRepository(name).id)
    seedLive(scene, { visibility: 'selected', selectedRepositories: names })
    const { conclusion, requests, warnings } = await scene.run()
    expect(conclusion.outcome).toBe('renewed')
    expect(warnings).toEqual([])
    expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({ visibility: 'selected' })
    expect(scene.github.secret('hmcts', 'actions', SECRET)?.selectedRepositoryIds).toEqual(ids)
    const pages = requests.filter((line) => line.includes(`GET api.github.com${ORGANIZATION_SECRET}/repositories`))
    // Before and after the write; that nobody is selected is looked at twice before it is believed.
    expect(pages).toHaveLength(count === 0 ? 3 : 2 * Math.ceil(count / 100))
  })
}

for (const visibility of ['all', 'private', 'selected'] as const) {
  test(`a secret that does not exist yet is created for ${visibility} repositories when secret-visibility says so`, async () => {
    const scene = await createScene()
    const { conclusion, warnings } = await scene.run({ 'secret-visibility': visibility, repositories: 'app-a, app-b' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', reason: 'there is no live PAT of this slot' })
    expect(warnings).toEqual([])
    expect(conclusion.receipts).toMatchObject([{ did: 'created' }])
    const ids = ['hmcts/app-a', 'hmcts/app-b'].map((name) => scene.github.repository(name).id)
    expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({
      visibility,
      selectedRepositoryIds: visibility === 'selected' ? ids : [],
    })
  })
}

test('what somebody changed after preflight is what is sent back', async () => {
  const scene = await createScene()
  const old = seedLive(scene, { visibility: 'all' })
  scene.fault({
    kind: 'act',
    method: 'POST',
    at: '_apis/tokens/pats',
    act: () => {
      scene.github.seedSecret('hmcts', 'actions', SECRET, {
        value: old.token,
        visibility: 'selected',
        selectedRepositories: ['hmcts/app-b'],
        updatedAt: scene.clock.now() - 60_000,
      })
    },
  })
  const { warnings } = await scene.run()
  expect(warnings).toEqual([])
  expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({
    visibility: 'selected',
    selectedRepositoryIds: [scene.github.repository('hmcts/app-b').id],
  })
})

describe('a secret that preflight saw, and that GitHub does not find right before the write,', () => {
  const selected = { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] } as const
  const again = { kind: 'status', method: 'GET', at: new RegExp(`${ORGANIZATION_SECRET}$`), after: 1 } as const
  const notFound = { ...again, status: 404, body: { message: 'Not Found' } } as const

  for (const seed of [selected, { visibility: 'all' } as const]) {
    test(`is looked for in the list, and the same can read it as before (${seed.visibility})`, async () => {
      const scene = await createScene()
      seedLive(scene, seed)
      const before = scene.github.secret('hmcts', 'actions', SECRET)
      scene.fault(notFound)
      const { conclusion, warnings } = await scene.run()
      expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
      expect(warnings).toEqual([])
      const { visibility, selectedRepositoryIds } = before ?? {}
      expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({ visibility, selectedRepositoryIds })
      expect(scene.held()).toBe(newest(scene))
    })
  }

  test('is not written where the list still has it', async () => {
    const scene = await createScene()
    const old = seedLive(scene, selected)
    scene.fault({ ...notFound, times: Infinity })
    const told = await scene.run()
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(/GitHub lists the secret and does not find it/)
    expect(writes(told)).toEqual([])
    expect([scene.held(), newest(scene).revoked]).toEqual([old, true])
  })

  test('counts as a refused write where the list is refused', async () => {
    const scene = await createScene()
    const old = seedLive(scene, selected)
    scene.fault(notFound)
    scene.github.refuse({ at: /\/orgs\/hmcts\/actions\/secrets\?/, status: 404 })
    const { conclusion } = await scene.run({ repositories: 'app-a' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    expect([scene.held(), scene.held('hmcts/app-a')]).toEqual([old, newest(scene)])
  })

  test('is created anew where the list has it no more', async () => {
    const scene = await createScene()
    seedLive(scene, { visibility: 'all' })
    const act = () => {
      scene.github.deleteSecret('hmcts', 'actions', SECRET)
    }
    scene.fault({ ...again, kind: 'act', act })
    const { conclusion } = await scene.run()
    expect(conclusion).toMatchObject({ outcome: 'renewed', receipts: [{ did: 'created' }] })
    expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({ visibility: 'private' })
  })
})

describe("a secret that was selected repositories' when preflight looked, and is no longer: the list alone fails,", () => {
  const LIST = `${ORGANIZATION_SECRET}/repositories`

  async function afterPreflight(change: (scene: Scene, old: Pat) => void): Promise<Scene> {
    const scene = await createScene()
    const old = seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
    const act = () => {
      change(scene, old)
    }
    scene.fault({ kind: 'act', method: 'POST', at: '_apis/tokens/pats', act })
    return scene
  }

  test('and one that was deleted is created', async () => {
    const scene = await afterPreflight(({ github }) => {
      github.deleteSecret('hmcts', 'actions', SECRET)
    })
    const { conclusion } = await scene.run()
    expect(conclusion).toMatchObject({ deliveredTo: 'organization', receipts: [{ did: 'created' }] })
  })

  test('and one that all can read by now goes on so', async () => {
    const scene = await afterPreflight(({ github, clock }, { token: value }) => {
      const updatedAt = clock.now() - 60_000
      github.seedSecret('hmcts', 'actions', SECRET, { value, visibility: 'all', updatedAt })
    })
    scene.fault({ kind: 'status', status: 409, method: 'GET', at: LIST, body: { message: 'Conflict' } })
    const { conclusion, warnings } = await scene.run()
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(warnings).toEqual([])
    expect(scene.github.secret('hmcts', 'actions', SECRET)).toMatchObject({ visibility: 'all' })
  })

  test('and while they are selected still, its failure is that of the write', async () => {
    const scene = await afterPreflight(() => undefined)
    scene.fault({ kind: 'status', status: 403, method: 'GET', at: LIST, body: { message: 'Forbidden' } })
    expect((await scene.run()).conclusion).toMatchObject({ deliveredTo: 'repositories' })
  })
})

test('one that is taken off the list while its pages are read stays off, and nobody else loses the secret', async () => {
  const scene = await createScene()
  const names = Array.from({ length: 150 }, (_, index) => `hmcts/selected-${index}`)
  const [, ...others] = names.map((name) => scene.github.addRepository(name).id)
  const { token: value } = seedLive(scene, { visibility: 'selected', selectedRepositories: names })
  const act = () => {
    const without = { visibility: 'selected', selectedRepositories: names.slice(1) } as const
    scene.github.seedSecret('hmcts', 'actions', SECRET, { value, ...without, updatedAt: scene.clock.now() - 60_000 })
  }
  scene.fault({ kind: 'act', method: 'GET', at: `${ORGANIZATION_SECRET}/repositories?per_page=100&page=2`, act })
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
  expect(scene.github.secret('hmcts', 'actions', SECRET)?.selectedRepositoryIds).toEqual(others)
})

test('a list that leaves repositories out is not sent back: the run fails and nobody loses the secret', async () => {
  const scene = await createScene()
  const selected = ['hmcts/app-a', 'hmcts/app-b']
  const old = seedLive(scene, { visibility: 'selected', selectedRepositories: selected })
  scene.github.modes.hidesUnreachableSelected = true
  const token = scene.github.token({
    kind: 'app',
    permissions: { organization_secrets: 'write', secrets: 'write' },
    repositories: ['.github', 'app-a'],
  })
  const told = await scene.run({ 'github-token': token })
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(/GitHub counts 2 and showed 1/)
  expect(writes(told)).toEqual([])
  expect(scene.held()).toBe(old)
  expect(newest(scene).revoked).toBe(true)
})

test('a secret whose visibility GitHub does not tell is not written', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({
    kind: 'status',
    status: 200,
    method: 'GET',
    at: ORGANIZATION_SECRET,
    after: 1,
    times: Infinity,
    body: { name: SECRET, created_at: '2026-10-25T08:00:00Z', updated_at: '2026-10-25T08:00:00Z' },
  })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('failed')
  expect(writes(told)).toEqual([])
  expect(scene.held()).toBe(old)
})

test('a repository that is to read a new secret and cannot be looked up fails it; copies are no substitute', async () => {
  const scene = await createScene()
  const inputs = { 'secret-visibility': 'selected', repositories: 'app-a' }
  scene.github.refuse({ at: /\/repos\/hmcts\/app-a$/, status: 403 })
  const { conclusion } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
  expect(conclusion.failure).toMatch(/look up the repositories that are to read the new organization secret/)
  expect(scene.held()).toBeUndefined()
  expect(scene.held('hmcts/app-a')).toBeUndefined()
})
