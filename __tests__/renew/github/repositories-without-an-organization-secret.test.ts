import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedManaged, seedSecret } from '../../world.ts'
import { alive, newest, stateOf, writes } from './writes.ts'

const slot = 'hmcts/app-a'
const inputs = { target: 'repositories', repositories: 'app-a, app-b' }
const place = (name: string) => `/repos/hmcts/${name}/actions/secrets/${SECRET}`
const run = (scene: Scene, more: Readonly<Record<string, string>> = {}) =>
  scene.run({ ...inputs, ...more }, { repository: slot })

async function both(seed: { readonly ageDays: number; readonly daysLeft: number }) {
  const scene = await createScene()
  const live = seedManaged(scene, { ...seed, slot })
  for (const name of ['hmcts/app-a', 'hmcts/app-b']) seedSecret(scene, name, live)
  return { scene, live }
}

test('the slot is the repository that runs the step; each place is written, and the organization is not asked', async () => {
  const { scene, live } = await both({ ageDays: 25, daysLeft: 5 })
  const { conclusion, requests, warnings } = await run(scene)
  expect(conclusion).toMatchObject({
    outcome: 'renewed',
    deliveredTo: 'repositories',
    repositoriesWritten: ['hmcts/app-a', 'hmcts/app-b'],
    superseded: [live.authorizationId],
  })
  expect(newest(scene).displayName).toMatch(/^AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\/app-a\] [\d-]+T[\d:.]+Z$/)
  for (const name of ['hmcts/app-a', 'hmcts/app-b']) expect(scene.held(name)).toBe(newest(scene))
  expect(requests.filter((line) => line.includes('/orgs/'))).toEqual([])
  expect(warnings).toEqual([])
})

test('it needs no permission for the organization', async () => {
  const scene = await createScene()
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
  const { conclusion } = await run(scene, { 'github-token': token })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
})

test('healthy places are left alone, and superseded PATs retired after the grace time', async () => {
  const { scene } = await both({ ageDays: 5, daysLeft: 25 })
  const superseded = seedManaged(scene, { slot, ageDays: 25, daysLeft: 5 })
  const told = await run(scene)
  expect(told.conclusion).toMatchObject({ outcome: 'not-due' })
  expect(writes(told)).toEqual([])
  expect(superseded.revoked).toBe(true)
})

test('what a place may still hold is never retired', async () => {
  const { scene, live } = await both({ ageDays: 25, daysLeft: 5 })
  scene.github.refuse({ home: 'hmcts/app-b', method: 'PUT', status: 403 })
  await run(scene, { 'revoke-superseded-after-hours': '0' })
  scene.daysPass(1)
  await run(scene, { 'revoke-superseded-after-hours': '0' })
  expect(scene.held('hmcts/app-b')).toBe(live)
  expect(live.revoked).toBe(false)
})

describe('a repository without the secret', () => {
  test('makes it due, and two days later nothing is', async () => {
    const { scene } = await both({ ageDays: 5, daysLeft: 25 })
    scene.github.deleteSecret('hmcts/app-b', 'actions', SECRET)
    const { conclusion } = await run(scene)
    expect(conclusion).toMatchObject({ outcome: 'renewed' })
    expect(conclusion.reason).toMatch(/of repository hmcts\/app-b does not exist/)
    for (const day of [1, 2, 3]) {
      scene.daysPass(1)
      expect(`${day}: ${(await run(scene)).conclusion.outcome}`).toBe(`${day}: not-due`)
    }
    expect(scene.ado.accepts(scene.held('hmcts/app-a')?.token ?? '')).toBe(true)
  })

  test('a sweep in which each repository fails in turn ends without minting daily', async () => {
    const { scene } = await both({ ageDays: 25, daysLeft: 5 })
    const mendA = scene.github.refuse({ home: 'hmcts/app-a', method: 'PUT', status: 403 })
    expect((await run(scene)).conclusion).toMatchObject({ outcome: 'failed', repositoriesWritten: ['hmcts/app-b'] })
    mendA()
    scene.daysPass(1)
    const second = await run(scene)
    expect(second.conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-a'] })
    expect(writes(second)).toEqual([`PUT ${place('app-a')}`])
    const outcomes: string[] = []
    for (let day = 2; day < 40; day += 1) {
      scene.daysPass(1)
      outcomes.push((await run(scene)).conclusion.outcome)
      for (const name of ['hmcts/app-a', 'hmcts/app-b'])
        expect(scene.ado.accepts(scene.held(name)?.token ?? '')).toBe(true)
    }
    expect(outcomes.filter((outcome) => outcome === 'renewed')).toHaveLength(1)
    expect(outcomes).not.toContain('failed')
    expect(alive(scene).length).toBeLessThanOrEqual(3)
  })

  test('one that fails for good does not cost the others a PAT every day', async () => {
    const { scene } = await both({ ageDays: 25, daysLeft: 5 })
    scene.github.refuse({ home: 'hmcts/app-b', method: 'PUT', status: 403 })
    await run(scene)
    const first = newest(scene)
    for (let day = 1; day < 6; day += 1) {
      scene.daysPass(1)
      const { conclusion } = await run(scene)
      expect(conclusion).toMatchObject({ outcome: 'failed', repositoriesFailed: ['hmcts/app-b'] })
      expect(scene.held('hmcts/app-a')).toBe(first)
      expect(newest(scene).revoked).toBe(true)
    }
    expect(stateOf(first)).toBe('pending')
  })
})

test('a repository that was renamed is said so, by its name in the list, and the others are served', async () => {
  const { scene } = await both({ ageDays: 25, daysLeft: 5 })
  scene.github.renameRepository('hmcts/app-b', 'hmcts/app-z')
  const { conclusion, log } = await run(scene)
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    repositoriesWritten: ['hmcts/app-a'],
    repositoriesFailed: ['hmcts/app-b'],
  })
  expect(log.join('\n')).toMatch(/repository hmcts\/app-b has probably been renamed or transferred/)
  expect(log.join('\n')).not.toMatch(/PUT.*app-z/)
})

test('an archived repository fails by itself, and says so', async () => {
  const { scene } = await both({ ageDays: 25, daysLeft: 5 })
  Object.assign(scene.github.repository('hmcts/app-b'), { archived: true })
  const { conclusion } = await run(scene)
  expect(conclusion).toMatchObject({ outcome: 'failed', repositoriesFailed: ['hmcts/app-b'] })
  expect(conclusion.failure).toMatch(/hmcts\/app-b is archived .* take it out of repositories/)
})

test('with current-pat that the feed takes, it ends after two requests, without a bot', async () => {
  const { scene, live } = await both({ ageDays: 25, daysLeft: 5 })
  const { conclusion, requests } = await run(scene, { 'current-pat': live.token, 'bot-access-token': '' })
  expect(conclusion.outcome).toBe('not-due')
  expect(requests).toHaveLength(2)
})
