import { expect, test } from '@jest/globals'
import type { Finding } from '../../src/report/result.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { changesOf } from '../requests.ts'
import { SECRET, seedLive, seedSecret } from '../world.ts'

const WHAT = 'Reach of the organization secret'
const healthy = { ageDays: 10, daysLeft: 20 }
const named = { repositories: 'app-a, app-b' }

async function check(scene: Scene, inputs: Readonly<Record<string, string>> = named): Promise<Told> {
  return scene.run({ operation: 'check', ...inputs })
}

function reachIn({ conclusion }: Told): Finding | undefined {
  return conclusion.findings?.find(({ what }) => what === WHAT)
}

const asked = ({ requests }: Told): readonly string[] =>
  requests.filter((line) => line.endsWith('/organization-secrets'))

test('repositories that see it without a copy are good, and nothing is written', async () => {
  const scene = await createScene()
  seedLive(scene, healthy)
  const told = await check(scene)
  expect(reachIn(told)).toEqual({
    what: WHAT,
    verdict: 'good',
    words: 'hmcts/app-a, hmcts/app-b see it without a copy.',
  })
  expect(told.warnings).toEqual([])
  expect(changesOf(told)).toEqual([])
  expect(reachIn(await check(scene, { repositories: 'app-a' }))?.words).toBe('hmcts/app-a sees it without a copy.')
})

test.each([
  [
    'selected',
    { visibility: 'selected', selectedRepositories: ['hmcts/app-b'] },
    /Jobs of hmcts\/app-a do not .*\. Select them for it\./,
  ],
  ['private', {}, /Jobs of hmcts\/open do not .* public ones do not see it, and on GitHub's free plan/],
] as const)('of a secret for %s repositories the others are named, with what to do', async (_, access, words) => {
  const scene = await createScene()
  scene.github.addRepository('hmcts/open', { visibility: 'public' })
  seedLive(scene, { ...healthy, ...access })
  const repositories = 'visibility' in access ? 'app-a, app-b' : 'app-a, open'
  const told = await check(scene, { repositories })
  expect(told.conclusion).toMatchObject({ outcome: 'healthy', failure: undefined })
  expect(reachIn(told)).toMatchObject({ verdict: 'amiss', words: expect.stringMatching(words) })
  expect(reachIn(told)?.words).toMatch(/Or let the action write those repositories: `target: repositories`\.$/)
  expect(told.warnings).toEqual([`${WHAT}: ${reachIn(told)?.words ?? ''}`])
})

test('on the free plan no private repository sees it, whoever it is for', async () => {
  const scene = await createScene()
  scene.github.addOrganization('thrifty', 'free')
  scene.github.addRepository('thrifty/app')
  const live = scene.ado.seedPat({ displayName: `${SECRET} [thrifty] 2026-11-11T08:00:00.000Z`, ...healthy })
  seedSecret(scene, 'thrifty', live, { visibility: 'all' })
  const permissions = { organization_secrets: 'read', secrets: 'read' } as const
  const token = scene.github.token({ kind: 'app', owner: 'thrifty', permissions })
  const inputs = { 'github-organization': 'thrifty', repositories: 'thrifty/app', 'github-token': token }
  expect(reachIn(await check(scene, inputs))).toMatchObject({
    verdict: 'amiss',
    words: expect.stringMatching(/Jobs of thrifty\/app do not .*: on GitHub's free plan no private one sees it/),
  })
})

test('a job gets the first hundred by name: the hundred and first secret is not seen', async () => {
  const scene = await createScene()
  const live = seedLive(scene, healthy)
  const other = (number: number): string => `A${String(number).padStart(3, '0')}`
  for (let number = 1; number < 100; number += 1) seedSecret(scene, 'hmcts', live, { name: other(number) })
  expect(reachIn(await check(scene))?.verdict).toBe('good')
  seedSecret(scene, 'hmcts', live, { name: other(100) })
  expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBeUndefined()
  expect(reachIn(await check(scene))).toMatchObject({
    verdict: 'amiss',
    words: expect.stringMatching(/More than 100 secrets of the organization reach them/),
  })
})

test('one that GitHub does not tell of is unknown, and the check is as it is', async () => {
  const scene = await createScene()
  seedLive(scene, healthy)
  scene.fault({ kind: 'status', status: 403, at: 'app-b/actions/organization-secrets', times: Infinity })
  const told = await check(scene)
  expect(told.conclusion.outcome).toBe('healthy')
  expect(reachIn(told)).toMatchObject({ verdict: 'unknown', words: expect.stringMatching(/^unknown\. .*Status: 403/) })
  expect(told.warnings).toEqual([])
})

test('the stores of Actions and of agents are asked, each repository once, and those with a copy not', async () => {
  const scene = await createScene()
  const live = seedLive(scene, healthy)
  const twin = { name: 'IN_BASE64', base64: true }
  for (const store of ['actions', 'dependabot'] as const) seedSecret(scene, 'hmcts', live, { store, ...twin })
  seedSecret(scene, 'hmcts', live, { store: 'dependabot' })
  for (const name of [{}, twin]) seedSecret(scene, 'hmcts/app-b', live, name)
  const inputs = { ...named, 'secret-name-base64': 'IN_BASE64', 'secret-stores': 'actions, dependabot' }
  expect(asked(await check(scene, inputs))).toEqual([
    'GET api.github.com/repos/hmcts/app-a/actions/organization-secrets',
  ])
})

test.each([
  ['all', { repositories: 'all' }],
  ['with target: repositories', { ...named, target: 'repositories' }],
])('nothing is asked for repositories: %s', async (_, inputs) => {
  const scene = await createScene()
  seedLive(scene, healthy)
  const told = await check(scene, inputs)
  expect([asked(told), reachIn(told)]).toEqual([[], undefined])
})

test('no more than the first twenty are asked', async () => {
  const scene = await createScene()
  seedLive(scene, healthy)
  const many = Array.from({ length: 22 }, (_, number) => `many-${number}`)
  for (const name of many) scene.github.addRepository(`hmcts/${name}`)
  expect(asked(await check(scene, { repositories: many.join(',') }))).toHaveLength(20)
})
