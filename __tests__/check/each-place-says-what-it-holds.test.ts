import { expect, test } from '@jest/globals'
import { createScene, type Scene, type Told } from '../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../world.ts'

const check = (scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<Told> =>
  scene.run({ operation: 'check', ...inputs })

test('the age of the secret, stale copies and what GitHub does not show stand in the table of secrets', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  seedSecret(scene, 'hmcts/app-a', old)
  const { conclusion, warnings } = await check(scene, { repositories: 'app-a, app-b', 'secret-stores': 'actions' })
  expect(conclusion.staleCopies).toEqual(['hmcts/app-a'])
  expect(conclusion.places).toEqual([
    {
      place: 'AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts',
      writtenAt: expect.any(Number),
      remark: 'written with the live PAT',
    },
    {
      place: 'AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a',
      writtenAt: expect.any(Number),
      remark: expect.stringMatching(/^stale: hides the organization secret; it stops working on 2026-11-26/),
    },
  ])
  expect(warnings).toContainEqual(
    expect.stringContaining('Stale copies hide the organization secret from hmcts/app-a.'),
  )
  expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['live', 'kept'])
})

test('places that are missing, older than the live PAT or written by hand say so', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  const live = seedManaged(scene, { ageDays: 10, daysLeft: 20 })
  seedSecret(scene, 'hmcts', old)
  seedSecret(scene, 'hmcts', live, { store: 'dependabot', writtenDaysAgo: 2 })
  const remarks = async (inputs: Readonly<Record<string, string>>): Promise<readonly (string | undefined)[]> =>
    (await check(scene, inputs)).conclusion.places?.map(({ remark }) => remark) ?? []
  expect(await remarks({ 'secret-stores': 'actions, dependabot', 'secret-name-base64': 'TWIN' })).toEqual([
    'older than the live PAT',
    'does not exist',
    'written long after the live PAT was minted, maybe by somebody else',
    'does not exist',
  ])
  live.revoked = true
  old.revoked = true
  expect(await remarks({})).toEqual(['there is no live PAT that it could hold'])
})

test('a copy is stale only where it is older than the live PAT and hides an organization secret', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 10, daysLeft: 20 })
  seedSecret(scene, 'hmcts/app-a', live)
  const value = 'by hand'
  scene.github.seedSecret('hmcts/app-b', 'actions', SECRET, { value, createdAt: '2026-08-01T00:00:00Z' })
  const copies = await check(scene, { repositories: 'app-a, app-b' })
  expect(copies.conclusion.places?.slice(1).map(({ remark }) => remark)).toEqual([
    'written with the live PAT',
    'stale: hides the organization secret; what it holds is not known',
  ])
  seedManaged(scene, { ageDays: 10, daysLeft: 20, slot: 'hmcts/.github' })
  const { conclusion } = await check(scene, { target: 'repositories', repositories: 'app-a, app-b' })
  expect(conclusion.places?.map(({ remark }) => remark)).toEqual([
    'written with the live PAT',
    'older than the live PAT',
  ])
  expect(conclusion.staleCopies).toEqual([])
})

test('a copy whose PAT ends at this very moment has stopped working', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  seedSecret(scene, 'hmcts/app-a', old)
  const stops = async () => (await check(scene, { repositories: 'app-a' })).conclusion.places?.[1]?.remark
  scene.clock.pass(old.validTo - scene.clock.now() - 1)
  expect(await stops()).toMatch(/stops working on 2026-11-26/)
  scene.clock.pass(1)
  expect(await stops()).toMatch(/stops working since 2026-11-26/)
})

test('of up to five repositories with stale copies each is named, of more the number', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedLive(scene, { ageDays: 10, daysLeft: 20 })
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  for (const name of names) {
    scene.github.addRepository(`hmcts/${name}`)
    seedSecret(scene, `hmcts/${name}`, old)
  }
  const told = async (count: number) => (await check(scene, { repositories: names.slice(0, count).join() })).warnings
  const five = 'hmcts/a, hmcts/b, hmcts/c, hmcts/d, hmcts/e'
  expect(await told(5)).toContainEqual(expect.stringContaining(`the organization secret from ${five}. `))
  expect(await told(6)).toContainEqual(expect.stringContaining(`the organization secret from ${five}, … (6). `))
})

test('with target repositories the places are the repositories, missing ones too', async () => {
  const scene = await createScene()
  const live = seedManaged(scene, { ageDays: 10, daysLeft: 20, slot: 'hmcts/.github' })
  seedSecret(scene, 'hmcts/app-a', live)
  scene.fault({ kind: 'status', status: 403, at: '/repos/hmcts/.github/', times: Infinity })
  const inputs = { target: 'repositories', repositories: 'app-a, app-b, .github' }
  const { conclusion } = await check(scene, inputs)
  expect(conclusion.outcome).toBe('due')
  expect(conclusion.places?.map(({ remark }) => remark)).toEqual([
    'written with the live PAT',
    'does not exist',
    'unknown: it cannot be read',
  ])
})

test.each([
  ['refresh', 'The next renewal refreshes them.'],
  ['remove', 'The next renewal removes them, due or not.'],
  ['report', 'Delete them, or set stale-copies to refresh or remove.'],
])('with stale-copies: %s stale copies are told with what becomes of them', async (policy, words) => {
  const scene = await createScene()
  seedSecret(scene, 'hmcts/app-a', seedManaged(scene, { ageDays: 25, daysLeft: 5 }))
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const { warnings } = await check(scene, { repositories: 'app-a', 'stale-copies': policy })
  expect(warnings).toEqual([`Stale copies hide the organization secret from hmcts/app-a. ${words}`])
})
