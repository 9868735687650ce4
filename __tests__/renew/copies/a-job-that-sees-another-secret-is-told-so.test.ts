import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, type Seed, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { writes } from '../github/writes.ts'

const WARNING = 'The feed refuses current-pat, though'

/** The organization secret holds a live PAT of some days, and the job gets one that has ended. */
async function withEnded(seed: Seed & { readonly writtenDaysAgo?: number } = { ageDays: 5, daysLeft: 25 }) {
  const scene = await createScene()
  const live = seedLive(scene, seed)
  return { scene, live, ended: seedManaged(scene, { ageDays: 60, daysLeft: -30 }) }
}

const warningsOf = async (scene: Scene, inputs: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const { warnings } = await scene.run({ 'dry-run': 'true', ...inputs })
  return warnings.filter((line) => line.startsWith(WARNING))
}

test('a copy of its own repository, which is not among `repositories`: it stays due, and each run says why', async () => {
  const { scene, ended } = await withEnded()
  seedSecret(scene, 'hmcts/.github', ended)
  for (let day = 0; day < 2; day += 1) {
    const told = await scene.run({ repositories: 'app-a', 'current-pat': ended.token })
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(told.warnings.filter((line) => line.startsWith(WARNING))).toEqual([
      expect.stringMatching(
        /though AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts was written with the live PAT, which lasts until 2026-12-.*: this job probably gets another secret of that name, hmcts\/\.github's own or that of an environment .*Delete it, or name the repository in `repositories`, if it is its own\.$/,
      ),
    ])
    scene.daysPass(1)
  }
})

test('named in `repositories`, only an environment can have another; a check says so as well, and writes nothing', async () => {
  const { scene, live, ended } = await withEnded()
  const words = /another secret of that name, that of an environment which the job names\. .*Delete it\.$/
  expect(await warningsOf(scene, { 'current-pat': ended.token })).toEqual([expect.stringMatching(words)])
  seedSecret(scene, 'hmcts/.github', live)
  const check = await scene.run({ operation: 'check', 'current-pat': ended.token })
  expect(check.warnings.filter((line) => line.startsWith(WARNING))).toEqual([expect.stringMatching(words)])
  expect(writes(check)).toEqual([])
})

test('with target: repositories it is the places of the repositories that count', async () => {
  const { scene, ended } = await withEnded()
  const slot = 'hmcts/.github'
  const own = seedManaged(scene, { ageDays: 5, daysLeft: 25, slot })
  const inputs = { target: 'repositories', repositories: 'app-a', 'current-pat': ended.token }
  seedSecret(scene, 'hmcts/app-a', own)
  expect(await warningsOf(scene, inputs)).toEqual([expect.stringContaining(`${SECRET} of repository hmcts/app-a`)])
  expect(await warningsOf(scene, { ...inputs, repositories: 'app-a, app-b' })).toEqual([])
})

test('what other stores and the base64 twin hold says nothing of the secret that the job gets', async () => {
  const { scene, live, ended } = await withEnded()
  const later = { writtenDaysAgo: 4 }
  seedSecret(scene, 'hmcts', live, { store: 'dependabot', ...later })
  for (const store of ['actions', 'dependabot'] as const)
    seedSecret(scene, 'hmcts', live, { store, name: 'TWIN', base64: true, ...later })
  const inputs = { 'secret-stores': 'actions, dependabot', 'secret-name-base64': 'TWIN', 'current-pat': ended.token }
  expect(await warningsOf(scene, inputs)).toEqual([expect.stringContaining(`${SECRET} of organization hmcts was`)])
})

test.each<[string, Parameters<typeof withEnded>[0]]>([
  ['was written later', { ageDays: 5, daysLeft: 25, writtenDaysAgo: 4 }],
  ['was written before', { ageDays: 5, daysLeft: 25, writtenDaysAgo: 6 }],
  ['holds a PAT that has ended', { ageDays: 31, daysLeft: -1 }],
  ['holds a PAT that jobs queued before do not have yet', { ageDays: 0.04, daysLeft: 30 }],
])('not where the organization secret %s', async (_, seed) => {
  const { scene, ended } = await withEnded(seed)
  expect(await warningsOf(scene, { 'current-pat': ended.token })).toEqual([])
})

test('not where its own copy is stale, nor where a fallback is the newest, nor where the store cannot be read', async () => {
  const { scene, live, ended } = await withEnded()
  const inputs = { 'current-pat': ended.token }
  expect(await warningsOf(scene, { 'current-pat': live.token })).toEqual([])
  seedSecret(scene, 'hmcts/.github', ended)
  expect(await warningsOf(scene, inputs)).toEqual([])
  scene.github.deleteSecret('hmcts/.github', 'actions', SECRET)
  const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
  expect(await warningsOf(scene, inputs)).toEqual([])
  mend()
  expect(await warningsOf(scene, inputs)).toHaveLength(1)
  seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' fallback' })
  expect(await warningsOf(scene, inputs)).toEqual([])
})
