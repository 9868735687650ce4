import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../emulator/wire.ts'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive, seedSecret } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, stateOf, writes } from './writes.ts'

const both = { repositories: 'app-a, app-b' }
const COPIES = '/repos/hmcts/app-a/actions/secrets'

test.each<readonly [string, Omit<Fault, 'at'>]>([
  ['a request that GitHub does not take', { kind: 'status', status: 400 }],
  ['a limit', { kind: 'status', status: 429, headers: { 'retry-after': '86400' } }],
  ['an answer that nobody can read', { kind: 'malformed' }],
  ['a broken network', { kind: 'reset-before' }],
])('%s is no answer about a copy: nothing is minted', async (_, fault) => {
  const scene = await createScene()
  const live = seedLive(scene)
  seedSecret(scene, 'hmcts/app-a', live)
  scene.fault({ ...fault, at: COPIES, times: Infinity })
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(scene.ado.pats).toEqual([live])
  expect(writes(told)).toEqual([])
})

test('of a few copies that cannot be told each is a warning, and there is no other', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  for (const home of ['hmcts/app-a', 'hmcts/app-b']) scene.github.refuse({ home, status: 403 })
  const { warnings } = await scene.run(both)
  expect(warnings).toEqual(
    ['app-a', 'app-b'].map((name) =>
      expect.stringMatching(new RegExp(`^Whether there is a copy .*${name} cannot be told, so no PAT is retired`)),
    ),
  )
})

describe('who can read the secret is looked at again right before it is written:', () => {
  test('an organization that refuses that look has its repositories written instead', async () => {
    const scene = await createScene()
    const live = seedLive(scene)
    scene.fault({ kind: 'status', status: 403, method: 'GET', at: ORGANIZATION_SECRET, after: 1, times: Infinity })
    const told = await scene.run(both)
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    expect(writes(told).filter((line) => line.includes('/orgs/'))).toEqual([])
    expect(scene.held()).toBe(live)
    expect(stateOf(newest(scene))).toBe('fallback')
  })

  test('one store that cannot be looked at is not written, and the other is', async () => {
    const scene = await createScene()
    const live = seedLive(scene)
    seedSecret(scene, 'hmcts', live, { store: 'dependabot' })
    scene.fault({ kind: 'status', status: 400, method: 'GET', at: ORGANIZATION_SECRET, after: 1, times: Infinity })
    const { conclusion } = await scene.run({ 'secret-stores': 'actions,dependabot' })
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'organization' })
    expect([scene.held(), scene.held('hmcts', 'dependabot')]).toEqual([live, newest(scene)])
  })

  test('one whose visibility GitHub does not say is not written, since that would change it', async () => {
    const scene = await createScene()
    const live = seedLive(scene)
    const date = '2026-10-25T08:00:00Z'
    const body = { name: SECRET, created_at: date, updated_at: date }
    scene.fault({ kind: 'status', status: 200, body, method: 'GET', at: ORGANIZATION_SECRET, times: Infinity })
    const told = await scene.run(both)
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(/visibility is not one of all, private, selected/)
    expect(writes(told)).toEqual([])
    expect(scene.held()).toBe(live)
  })
})
