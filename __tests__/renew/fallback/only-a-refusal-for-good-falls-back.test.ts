import { describe, expect, test } from '@jest/globals'
import { createScene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { newest, stateOf, writes } from '../github/writes.ts'
import { notForGood, refuse, refusedForGood, requests, rows, type Where } from './refusals.ts'

describe('falls back', () => {
  test.each(rows(refusedForGood))('%s', async (_, where, row) => {
    const scene = await createScene()
    const old = seedLive(scene)
    refuse(scene, where, row)
    const told = await scene.run({ repositories: 'app-a, app-b' })
    expect(told.conclusion).toMatchObject({
      outcome: 'renewed',
      deliveredTo: 'repositories',
      repositoriesWritten: ['hmcts/app-a', 'hmcts/app-b'],
      repositoriesFailed: [],
    })
    expect(told.warnings).toHaveLength(1)
    expect(told.warnings[0]).toMatch(row.reason)
    expect(told.warnings[0]).toMatch(/^Fallback: .* 2 repositories instead.*force: true/)
    expect(told.log.join('\n')).not.toContain('AZSECRET')
    expect(told.log).toContain('Falling back to `repositories` (2).')
    expect(scene.held()).toBe(old)
    expect(scene.held('hmcts/app-a')).toBe(newest(scene))
    expect(stateOf(newest(scene))).toBe('fallback')
    expect(writes(told).some((line) => line.startsWith('PUT /orgs'))).toBe(where === 'the write')
  })
})

describe('does not fall back', () => {
  test.each(rows(notForGood))('%s', async (_, where, row) => {
    const scene = await createScene()
    const old = seedLive(scene)
    refuse(scene, where, row)
    const told = await scene.run({ repositories: 'app-a, app-b' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(told.conclusion.failure).toMatch(row.reason)
    expect(told.conclusion.failure).not.toContain('repositories (')
    if (where === 'the write') expect(told.log.join('\n')).toMatch(row.reason)
    expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
    expect(scene.held()).toBe(old)
    expect(scene.ado.accepts(old.token)).toBe(true)
    const minted = scene.ado.pats.filter((pat) => pat !== old)
    expect(minted.every(({ revoked }) => revoked)).toBe(true)
  })

  for (const where of Object.keys(requests) as Where[]) {
    for (const kind of ['reset-before', 'reset-after', 'hang'] as const) {
      test(`${kind} at ${where}`, async () => {
        const scene = await createScene()
        seedLive(scene)
        scene.fault({ kind, ...requests[where], times: Infinity })
        const told = await scene.run()
        expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
        expect(told.conclusion.failure).toMatch(/api\.github\.com\) could not be reached/)
        expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
        const held = scene.held()
        expect(held !== undefined && scene.ado.accepts(held.token)).toBe(true)
      })
    }
  }
})

describe('with fallback: none', () => {
  test.each(rows(refusedForGood))('%s fails the run', async (_, where, row) => {
    const scene = await createScene()
    const old = seedLive(scene)
    refuse(scene, where, row)
    const told = await scene.run({ fallback: 'none' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(row.reason)
    expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
    expect(scene.held()).toBe(old)
    expect(scene.ado.pats.length === 1).toBe(where !== 'the write')
  })
})

test('a 5xx that passes before the retries are spent does not fall back', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 503, ...requests['the write'], times: 3 })
  const { conclusion, warnings, log } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(warnings).toEqual([])
  expect(log.join('\n')).not.toContain('Falling back')
})

test('a user account has no organization secrets: its repositories get copies', async () => {
  const scene = await createScene()
  scene.github.addUser('someone')
  scene.github.addRepository('someone/tool')
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' }, owner: 'someone' })
  const { conclusion, warnings } = await scene.run({ 'github-token': token }, { repository: 'someone/tool' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(warnings.join('\n')).toMatch(/a user account has no organization secrets: use target: repositories/)
  expect(scene.held('someone/tool')).toBe(newest(scene))
})
