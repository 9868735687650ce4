import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene, type Told } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'

/** As few as a sweep may be, and one fewer. */
const SWEEP = 21
const FEW = 20

const all = { repositories: 'all' }
const ESTIMATE = /^Writing 2\d secrets of repositories takes about \d+ s at the pace that GitHub allows\.$/

/** hmcts with so many repositories in all. */
async function hmcts(count: number): Promise<{ scene: Scene; names: readonly string[] }> {
  const scene = await createScene()
  const more = Array.from({ length: count - 3 }, (_, index) => `hmcts/service-${index}`)
  for (const name of more) scene.github.addRepository(name)
  return { scene, names: ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b', ...more] }
}

const named = (names: readonly string[]): { readonly repositories: string } => ({ repositories: names.join() })
const copiesOnly = (names: readonly string[]) => ({ ...named(names), target: 'repositories' })

/** Leaves so many of this hour's requests beside the hundred that no sweep uses. */
function leave({ github, githubToken }: Scene, requests: number, token = githubToken): void {
  github.spend(token, github.limits.perHour.app - 100 - requests)
}

const places = (log: readonly string[]) => ({
  mint: log.indexOf('# Mint'),
  estimates: log.flatMap((line, index) => (ESTIMATE.test(line) ? [index] : [])),
})

const puts = ({ requests }: Told): number =>
  requests.filter((line) => line.startsWith('PUT api.github.com/repos/')).length

describe('the log of one', () => {
  test('holds the estimate once, before the mint, and no line for each repository', async () => {
    const { scene, names } = await hmcts(SWEEP)
    const { conclusion, log } = await scene.run(copiesOnly(names))
    expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesFailed: [] })
    const { mint, estimates } = places(log)
    expect(estimates).toHaveLength(1)
    expect(estimates[0]).toBeLessThan(mint)
    expect(log.filter((line) => line.startsWith('debug: Wrote '))).toHaveLength(SWEEP)
    expect(log.filter((line) => line.startsWith('Wrote '))).toEqual([])
    expect(log.join('\n')).toMatch(/^21 of 21 repositories looked at, \d+ a minute\.$/m)
    expect(log.join('\n')).toMatch(/^21 of 21 secrets of repositories written, \d+ a minute\.$/m)
  })

  test('tells in its debug part which repository was refused, and counts those alone that were written', async () => {
    const { scene, names } = await hmcts(SWEEP)
    scene.github.refuse({ home: 'hmcts/service-3', method: 'PUT', status: 403 })
    const { conclusion, log } = await scene.run(copiesOnly(names))
    expect(conclusion).toMatchObject({ outcome: 'failed', repositoriesFailed: ['hmcts/service-3'] })
    expect(conclusion.repositoriesWritten).toHaveLength(SWEEP - 1)
    expect(log.filter((line) => /^debug: Could not write .*service-3/.test(line))).toHaveLength(1)
    expect(log.filter((line) => line.startsWith('Could not write'))).toEqual([])
    expect(log.join('\n')).not.toContain('21 of 21 secrets')
  })

  test.each([
    ['before the mint, where preflight is refused', undefined, true],
    ['after it, where the write is', 'PUT', false],
  ])('holds the estimate once in a fallback: %s', async (_, method, early) => {
    const { scene, names } = await hmcts(SWEEP)
    seedLive(scene)
    scene.github.refuse({ home: 'hmcts', status: 403, ...(method === undefined ? {} : { method }) })
    const { conclusion, log } = await scene.run(named(names))
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    const { mint, estimates } = places(log)
    expect(estimates.map((index) => index < mint)).toEqual([early])
    expect(log).toContain('Falling back to `repositories` (21).')
  })

  test('counts each store and name of the organization that is refused, and no other', async () => {
    const { scene, names } = await hmcts(11)
    const live = seedLive(scene)
    for (const store of ['dependabot', 'agents'] as const) seedSecret(scene, 'hmcts', live, { store })
    for (const store of ['actions', 'dependabot'] as const) scene.github.refuse({ home: 'hmcts', store, status: 403 })
    const token = scene.github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
    const stores = { 'secret-stores': 'actions,dependabot,agents', 'github-token': token }
    const { conclusion, log } = await scene.run({ ...named(names), ...stores })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
    expect(log.filter((line) => ESTIMATE.test(line))).toEqual([expect.stringMatching(/^Writing 22 secrets/)])
  })

  test('does not tell each copy that is refreshed', async () => {
    const { scene, names } = await hmcts(SWEEP)
    const old = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
    for (const name of names) seedSecret(scene, name, old)
    seedLive(scene)
    const { conclusion, log } = await scene.run(named(names))
    expect(conclusion).toMatchObject({ outcome: 'renewed', staleCopies: [] })
    expect(log.filter((line) => line.startsWith('debug: Wrote '))).toHaveLength(SWEEP)
    expect(log.filter((line) => line.startsWith('Wrote '))).toEqual([`Wrote ${SECRET} of organization hmcts.`])
  })
})

describe("a hundred of the hour's requests are kept from a sweep, and from nothing smaller:", () => {
  test.each([
    [SWEEP, 'failed'],
    [FEW, 'renewed'],
  ])('looking at %i repositories with room for ten: %s', async (count, outcome) => {
    const { scene, names } = await hmcts(count)
    leave(scene, 10)
    const { conclusion } = await scene.run({ ...copiesOnly(names), 'max-wait-minutes': '5' })
    expect(conclusion.outcome).toBe(outcome)
    expect(scene.ado.pats).toHaveLength(count === SWEEP ? 0 : 1)
    if (count === SWEEP)
      expect(conclusion.failure).toMatch(/Could not look at the copies.*x-ratelimit-remaining is (?:9\d|100)/)
  })

  test.each([
    [SWEEP, 'failed'],
    [FEW, 'renewed'],
  ])('writing %i with room for half of them: %s', async (count, outcome) => {
    const { scene, names } = await hmcts(count)
    leave(scene, count + 20)
    const told = await scene.run({ ...copiesOnly(names), 'max-wait-minutes': '5' })
    expect(told.conclusion.outcome).toBe(outcome)
    expect(puts(told) === count).toBe(count === FEW)
    expect(puts(told)).toBeGreaterThan(5)
    if (count === SWEEP) expect(told.conclusion.failure).toMatch(/x-ratelimit-remaining is (?:9|10)\d/)
  })

  test.each([
    [SWEEP, true],
    [FEW, false],
  ])('refreshing %i stale copies with little room (some stay stale: %s)', async (count, some) => {
    const { scene, names } = await hmcts(count)
    const old = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
    for (const name of names) seedSecret(scene, name, old)
    seedLive(scene)
    leave(scene, count === SWEEP ? count + 40 : 10)
    const { conclusion } = await scene.run({ ...named(names), 'max-wait-minutes': '5' })
    expect(conclusion.outcome).toBe('renewed')
    expect(conclusion.staleCopies.length > 0).toBe(some)
    expect(conclusion.repositoriesWritten.length).toBeGreaterThan(5)
  })

  test.each([
    [SWEEP, 'failed'],
    [FEW, 'renewed'],
  ])('asking %i which secrets reach them with room for ten: %s', async (count, outcome) => {
    const { scene } = await hmcts(count)
    seedLive(scene)
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
    leave(scene, 10, token)
    const { conclusion } = await scene.run({ ...all, 'github-token': token, 'max-wait-minutes': '5' })
    expect(conclusion.outcome).toBe(outcome)
    if (outcome === 'failed') expect(conclusion.failure).toMatch(/which organization secrets reach/)
  })
})

test('how many were asked which secrets reach them is told', async () => {
  const { scene } = await hmcts(SWEEP)
  seedLive(scene)
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
  const { log } = await scene.run({ ...all, 'github-token': token, 'dry-run': 'true' })
  expect(log.join('\n')).toMatch(/^21 of 21 repositories asked which secrets reach them, \d+ a minute\.$/m)
})
