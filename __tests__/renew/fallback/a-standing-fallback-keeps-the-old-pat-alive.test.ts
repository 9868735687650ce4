import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedSecret } from '../../world.ts'
import { alive, daysLeft, newest, stateOf, writes } from '../github/writes.ts'

const both = { repositories: 'app-a, app-b' }

/** The organization write is refused, and both repositories hold a PAT of their own. */
async function standing(): Promise<{ scene: Scene; mend: () => void }> {
  const scene = await createScene()
  seedLive(scene)
  const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
  const { conclusion } = await scene.run(both)
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  return { scene, mend }
}

test("the fallback extends the old PAT in place to the full life, for every other repository's sake", async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { conclusion, warnings, log } = await scene.run(both)
  expect(log).toContain(`Extended "${old.displayName}" to 2026-12-21 08:00 UTC.`)
  expect(daysLeft(scene, old)).toBeCloseTo(30, 2)
  expect(warnings[0]).toMatch(/still holds the old PAT for every other repository; it is kept alive meanwhile/)
  expect(conclusion.pats.map(({ standing: how }) => how)).toEqual(['fallback', 'live'])
  expect(conclusion.live?.authorizationId).toBe(old.authorizationId)
  expect(conclusion.superseded).toEqual([])
})

test('a whole year is asked for in a way that an Azure DevOps whose clock is behind takes', async () => {
  const scene = await createScene()
  const old = seedLive(scene, { ageDays: 362 })
  scene.ado.skew = -240_000
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const told = await scene.run({ ...both, 'pat-lifetime-days': '365' })
  expect(told.conclusion.outcome).toBe('renewed')
  expect(daysLeft(scene, old)).toBeCloseTo(365, 0)
  scene.daysPass(356)
  expect((await scene.run({ ...both, 'pat-lifetime-days': '365' })).conclusion.failure).toBeUndefined()
  expect(daysLeft(scene, old)).toBeCloseTo(365, 0)
})

test('the next day it is not due, and the warning says what was refused, what GitHub wants and what to do', async () => {
  const { scene } = await standing()
  scene.daysPass(1)
  const told = await scene.run(both)
  expect(told.conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
  expect(told.conclusion.reason).toMatch(/^a fallback stands/)
  expect(writes(told)).toEqual([])
  expect(told.warnings).toHaveLength(1)
  expect(told.warnings[0]).toMatch(/^A fallback stands: .*organization hmcts.*Resource not accessible by integration/s)
  expect(told.warnings[0]).toMatch(/still holds an older one for every other repository/)
  expect(told.warnings[0]).toMatch(/organization_secrets=write.*force: true/s)
})

test('where there never was a live PAT, nobody is told that an old one is kept alive', async () => {
  const scene = await createScene()
  scene.github.refuse({ home: 'hmcts', status: 404 })
  for (const outcome of ['renewed', 'not-due']) {
    const { conclusion, warnings } = await scene.run(both)
    expect(conclusion.outcome).toBe(outcome)
    expect(warnings).toEqual([expect.stringContaining('No live PAT is known for the organization secret')])
    expect(warnings[0]).not.toMatch(/still holds|kept alive meanwhile/)
  }
})

test('a dry run warns of it too, and plans to keep the old PAT alive', async () => {
  const { scene } = await standing()
  const [old] = scene.ado.pats
  if (old !== undefined) old.validTo = scene.clock.now() + 4 * 86_400_000
  scene.daysPass(1)
  const told = await scene.run({ ...both, 'dry-run': 'true' })
  expect(told.conclusion.outcome).toBe('not-due')
  expect(told.warnings).toEqual([expect.stringMatching(/^A fallback stands: .*force: true/s)])
  expect(told.conclusion.plan).toEqual([
    expect.stringMatching(`^Extend .*${old?.authorizationId}.* from 2026-11-25 .* to 2026-12-22 `),
  ])
  expect(writes(told)).toEqual([])
})

test('while preflight can read everything, the warning still names the permission', async () => {
  const { scene, mend } = await standing()
  mend()
  scene.daysPass(1)
  const { conclusion, warnings } = await scene.run(both)
  expect(conclusion.outcome).toBe('not-due')
  expect(warnings[0]).toMatch(/^A fallback stands: .*organization_secrets=write \(classic PATs: admin:org\)/)
})

test('the old PAT stays alive for as long as the fallback stands, and so do the copies', async () => {
  const { scene } = await standing()
  const [old] = scene.ado.pats
  let minted = 0
  for (let day = 1; day <= 70; day += 1) {
    scene.daysPass(1)
    const { conclusion } = await scene.run(both)
    if (conclusion.outcome === 'renewed') minted += 1
    expect(scene.held()).toBe(old)
    for (const home of ['hmcts', 'hmcts/app-a', 'hmcts/app-b']) {
      expect(scene.ado.accepts(scene.held(home)?.token ?? '')).toBe(true)
    }
  }
  expect(minted).toBe(3)
})

test('once it is mended, force renews the organization secret, and the copies with it', async () => {
  const { scene, mend } = await standing()
  mend()
  scene.daysPass(2)
  const { conclusion, warnings } = await scene.run({ ...both, force: 'true' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', staleCopies: [] })
  expect(warnings).toEqual([])
  for (const home of ['hmcts', 'hmcts/app-a', 'hmcts/app-b']) expect(scene.held(home)).toBe(newest(scene))
  scene.daysPass(2)
  const after = await scene.run(both)
  expect(after.conclusion.outcome).toBe('not-due')
  expect(after.warnings).toEqual([])
  expect(alive(scene)).toEqual([newest(scene)])
})

test('once it is mended, the end of the fallback PAT renews the organization too', async () => {
  const { scene, mend } = await standing()
  mend()
  scene.daysPass(20.1)
  const { conclusion } = await scene.run(both)
  expect(conclusion).toMatchObject({
    outcome: 'renewed',
    deliveredTo: 'organization',
    reason: 'the PAT of the standing fallback is near its end',
  })
  expect(stateOf(newest(scene))).toBe('delivered')
})

test('with stale-copies: remove, the mended organization secret shows through again', async () => {
  const { scene, mend } = await standing()
  mend()
  scene.daysPass(2)
  await scene.run({ ...both, force: 'true', 'stale-copies': 'remove' })
  expect(scene.held('hmcts/app-a')).toBeUndefined()
  expect(scene.github.visibleTo('hmcts/app-a', 'actions', 'AZURE_DEVOPS_ARTIFACT_TOKEN')).toBe(newest(scene).token)
})

test('a current-pat that the feed refuses makes it due in a standing fallback too', async () => {
  const { scene } = await standing()
  const { conclusion } = await scene.run({ ...both, 'current-pat': scene.ado.seedPat({ revoked: true }).token })
  expect(conclusion.outcome).toBe('renewed')
  expect(conclusion.reason).toMatch(/^the feed refuses the PAT that the secret holds now/)
})

test('a mixed delivery: the store that was refused holds the old PAT, which lives on, and the next day is not due', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  seedSecret(scene, 'hmcts', old, { store: 'dependabot' })
  const mend = scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403, method: 'PUT' })
  const stores = { ...both, 'secret-stores': 'actions,dependabot' }
  expect((await scene.run(stores)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
  expect(scene.held('hmcts', 'dependabot')).toBe(old)
  const outcomes: string[] = []
  for (let day = 1; day <= 60; day += 1) {
    scene.clock.pass(86_401_000)
    const { conclusion, warnings } = await scene.run(stores)
    outcomes.push(conclusion.outcome)
    expect(warnings.join('\n')).toMatch(/[Ff]allback/)
    for (const store of ['actions', 'dependabot'] as const) {
      for (const name of ['hmcts/.github', 'hmcts/app-a']) {
        const value = scene.github.visibleTo(name, store, 'AZURE_DEVOPS_ARTIFACT_TOKEN') ?? ''
        expect(`${day} ${store} ${name} ${scene.ado.accepts(value)}`).toBe(`${day} ${store} ${name} true`)
      }
    }
  }
  expect(outcomes.filter((outcome) => outcome === 'renewed')).toHaveLength(3)
  expect(outcomes).not.toContain('failed')
  mend()
  scene.daysPass(1)
  expect((await scene.run({ ...stores, force: 'true' })).conclusion).toMatchObject({ deliveredTo: 'organization' })
  scene.clock.pass(86_401_000)
  const after = await scene.run(stores)
  expect(after.conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
  expect(after.warnings).toEqual([])
  expect(alive(scene)).toEqual([newest(scene)])
})

test.each([
  [
    'refuses for good: due after all',
    { lifespanRefuses: true },
    undefined,
    'failed',
    /its PAT cannot be extended any further/,
  ],
  ['does not answer: tried again the next day', {}, 503, 'not-due', undefined],
])('an extension that Azure DevOps %s', async (_, policies, status, outcome, words) => {
  const { scene } = await standing()
  const [old] = scene.ado.pats
  if (old === undefined) throw new Error('nothing was seeded')
  old.validTo = scene.clock.now() + 4 * 86_400_000
  Object.assign(scene.ado.policies, { maximumLifespanDays: 30, ...policies })
  if (status !== undefined) scene.fault({ kind: 'status', status, method: 'PUT', at: 'tokens/pats', times: Infinity })
  scene.daysPass(1)
  const { conclusion, warnings } = await scene.run(both)
  expect(conclusion.outcome).toBe(outcome)
  expect(conclusion.failure ?? '').toMatch(words ?? /^$/)
  expect(warnings.join('\n')).toContain(`"${old.displayName}" could not be extended and ends 2026-11-25 08:00 UTC.`)
})
