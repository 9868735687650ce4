import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { alive, daysLeft, newest, stateOf, writes } from '../github/writes.ts'

const both = { repositories: 'app-a, app-b' }

/** The organization's PAT ends in three days, and cannot be extended. */
async function standingWithoutRoom(): Promise<{ scene: Scene; mend: () => void }> {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 30
  const mend = scene.github.refuse({ home: 'hmcts', status: 403, method: 'PUT' })
  expect((await scene.run(both)).conclusion.outcome).toBe('renewed')
  scene.daysPass(1)
  return { scene, mend }
}

test('where the policy leaves no room it is due after all: refused again it fails, naming the day, and again the day after', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 30
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const first = await scene.run(both)
  expect(first.conclusion.outcome).toBe('renewed')
  expect(first.warnings.join('\n')).toMatch(/cannot be extended: their builds stop on 2026-11-24/)
  for (const day of [1, 2, 3, 4, 5, 6, 7, 8]) {
    scene.daysPass(1)
    const { conclusion, requests } = await scene.run(both)
    expect(`${day}: ${conclusion.outcome}`).toBe(`${day}: failed`)
    expect(conclusion.failure).toMatch(/its PAT cannot be extended any further.*(stop on|fail since) 2026-11-24/)
    expect(conclusion.failure).toMatch(/organization_secrets=write/)
    // The repositories have what they need: a PAT a day for them would be a PAT a day too many.
    expect(requests.filter((request) => /^PUT .*\/repos\//.test(request))).toEqual([])
    expect(scene.ado.pats).toHaveLength(2)
    expect(alive(scene).length).toBeLessThanOrEqual(2)
  }
  expect(old.revoked).toBe(false)
})

test('where the policy leaves no room and the organization is mended, it is renewed without force', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 30
  const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
  await scene.run(both)
  mend()
  scene.daysPass(1)
  const { conclusion, warnings } = await scene.run(both)
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(conclusion.reason).toMatch(/the policy leaves no room to extend it/)
  expect(scene.held()).toBe(newest(scene))
  // The new one has all that was asked for, though the old one was to live longer than the policy lets it.
  expect(warnings.join('\n')).not.toContain('a policy limits the lifespan')
})

test('where the policy leaves no room and only the write is refused, the repositories keep what they have and the run fails, naming the day', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 30
  scene.github.refuse({ home: 'hmcts', status: 403, method: 'PUT' })
  expect((await scene.run(both)).conclusion.outcome).toBe('renewed')
  scene.daysPass(1)
  const told = await scene.run(both)
  const { conclusion } = told
  expect(conclusion.outcome).toBe('failed')
  expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
  expect(conclusion.failure).toMatch(/its PAT cannot be extended any further.*stop on 2026-11-24/)
  expect(old.revoked).toBe(false)
  for (const home of ['hmcts/app-a', 'hmcts/app-b']) expect(scene.ado.accepts(scene.held(home)?.token ?? '')).toBe(true)
})

test('and where the repositories cannot be written either, it is still the day that is named', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.policies.maximumLifespanDays = 30
  scene.github.refuse({ home: 'hmcts', status: 403, method: 'PUT' })
  await scene.run(both)
  const before = ['hmcts/app-a', 'hmcts/app-b'].map((home) => scene.held(home))
  scene.daysPass(1)
  for (const { at } of ['a', 'b'].map((name) => ({ at: `/repos/hmcts/app-${name}/actions/secrets` })))
    scene.github.refuse({ at, status: 403, method: 'PUT' })
  const { conclusion } = await scene.run(both)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(conclusion.failure).toMatch(/its PAT cannot be extended any further.*stop on 2026-11-24/)
  expect(['hmcts/app-a', 'hmcts/app-b'].map((home) => scene.held(home))).toEqual(before)
})

test('where the policy leaves no room, a network that breaks is told as that', async () => {
  const { scene, mend } = await standingWithoutRoom()
  mend()
  scene.fault({ kind: 'reset-before', method: 'PUT', at: '/orgs/hmcts/', times: Infinity })
  const { conclusion } = await scene.run(both)
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toMatch(/api\.github\.com\) could not be reached/)
  expect(conclusion.failure).not.toContain('cannot be extended any further')
})

test('where the policy leaves no room, force renews the repositories again, and the run still fails, naming the day', async () => {
  const { scene } = await standingWithoutRoom()
  const { conclusion } = await scene.run({ ...both, force: 'true' })
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    deliveredTo: 'repositories',
    repositoriesWritten: ['hmcts/app-a', 'hmcts/app-b'],
    failure: expect.stringMatching(/its PAT cannot be extended any further.*stop on 2026-11-24/),
  })
  expect(stateOf(newest(scene))).toBe('fallback')
  for (const home of ['hmcts/app-a', 'hmcts/app-b']) expect(scene.held(home)).toBe(newest(scene))
})

test.each([1, 4])('a policy that could not be read %i times leaves as much room as ever', async (times) => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  await scene.run(both)
  old.validTo = scene.clock.now() + 5 * 86_400_000
  const body = { patToken: null, patTokenError: 'failedToReadTenantPolicy' }
  scene.fault({ kind: 'status', method: 'PUT', at: 'tokens/pats', status: 200, body, times })
  const { conclusion, warnings } = await scene.run(both)
  expect(conclusion).toMatchObject({ outcome: 'not-due', failure: undefined })
  expect(warnings.join('\n')).not.toContain('leaves no room')
  expect(warnings.some((line) => line.includes('could not be extended and ends'))).toBe(times === 4)
  expect(daysLeft(scene, old)).toBeCloseTo(times === 4 ? 5 : 30, 1)
})
