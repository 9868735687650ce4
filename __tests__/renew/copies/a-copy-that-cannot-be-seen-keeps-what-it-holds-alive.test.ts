import { describe, expect, test } from '@jest/globals'
import type { Pat } from '../../emulator/azure-devops/azure-devops.ts'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { newest } from '../github/writes.ts'

const both = { repositories: 'app-a, app-b' }
const NOT_FOUND = { kind: 'status', status: 404, body: { message: 'Not Found' }, method: 'GET' } as const
const SECRETS_OF_B = /repos\/hmcts\/app-b\/actions\/secrets/

test('a fallback whose repository the App no longer reaches is not retired, and every run says why', async () => {
  const scene = await createScene()
  seedLive(scene, { visibility: 'all' })
  const mend = scene.github.refuse({ home: 'hmcts', method: 'PUT', status: 403 })
  await scene.run(both)
  const fallback = newest(scene)
  mend()
  const permissions = { organization_secrets: 'write', secrets: 'write' } as const
  const token = scene.github.token({ kind: 'app', permissions, repositories: ['.github', 'app-a'] })
  for (const force of ['true', 'false', 'false']) {
    scene.daysPass(2)
    const { conclusion, warnings } = await scene.run({ ...both, 'github-token': token, force })
    expect(conclusion.outcome).toBe(force === 'true' ? 'renewed' : 'not-due')
    expect(warnings).toEqual([expect.stringMatching(/copy .*app-b cannot be told, so no PAT is retired/)])
  }
  expect(scene.held('hmcts/app-b')).toBe(fallback)
  expect(fallback.revoked).toBe(false)
})

/** A stale copy in app-b, and one PAT that nothing holds. */
async function withStaleCopy(): Promise<{ scene: Scene; held: Pat; free: Pat }> {
  const scene = await createScene()
  const free = seedManaged(scene, { ageDays: 28, daysLeft: 2 })
  const held = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedSecret(scene, 'hmcts/app-b', held)
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  return { scene, held, free }
}

describe.each(['report', 'remove'])('a copy hidden from one look alone (stale-copies: %s)', (policy) => {
  for (const [look, after] of [
    ['the first look', 0],
    ['the look before it would be tidied up', 1],
    ['the fresh look before retiring', 2],
  ] as const) {
    test(`${look}: what it holds is never revoked, and the next run is as good as any`, async () => {
      const { scene, held, free } = await withStaleCopy()
      scene.fault({ ...NOT_FOUND, at: SECRETS_OF_B, after })
      const inputs = { repositories: 'app-b', 'stale-copies': policy }
      expect((await scene.run(inputs)).conclusion.outcome).toBe('not-due')
      expect(scene.held('hmcts/app-b')?.revoked).not.toBe(true)
      expect(scene.held('hmcts/app-b')).toBe(policy === 'remove' && after === 2 ? undefined : held)
      await scene.run(inputs)
      expect([free.revoked, held.revoked]).toEqual([true, policy === 'remove'])
    })
  }
})

test('a repository that could not be looked at at first: nothing is retired by that run', async () => {
  const { scene, free } = await withStaleCopy()
  scene.fault({ ...NOT_FOUND, at: SECRETS_OF_B })
  await scene.run({ repositories: 'app-b', 'stale-copies': 'report' })
  expect(free.revoked).toBe(false)
})

test('only what both looks call superseded is revoked', async () => {
  const { scene, held, free } = await withStaleCopy()
  const act = () => {
    scene.github.deleteSecret('hmcts/app-b', 'actions', SECRET)
  }
  scene.fault({ kind: 'act', method: 'GET', at: SECRETS_OF_B, after: 2, act })
  const inputs = { repositories: 'app-b', 'stale-copies': 'report' }
  await scene.run(inputs)
  expect([free.revoked, held.revoked]).toEqual([true, false])
  await scene.run(inputs)
  expect(held.revoked).toBe(true)
})

test('operation revoke takes a copy that it cannot see for one that may hold any', async () => {
  const { scene } = await withStaleCopy()
  scene.fault({ ...NOT_FOUND, at: SECRETS_OF_B })
  const inputs = { operation: 'revoke', 'revoke-pats': 'superseded', repositories: 'app-b' }
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(/Not every place could be read/)
  expect(scene.ado.pats.some(({ revoked }) => revoked)).toBe(false)
})
