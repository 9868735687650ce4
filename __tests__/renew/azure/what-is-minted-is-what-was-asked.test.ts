import { expect, test } from '@jest/globals'
import { alive, changesOf, endsWell, revoked, verbsOf } from '../../requests.ts'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive } from '../../world.ts'

const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'
const DAY = 86_400_000

/** Azure DevOps grants another PAT than the one asked for. */
function grants(scene: Scene, other: { readonly scope?: string; readonly global?: boolean }): void {
  const pat = scene.ado.seedPat({ displayName: 'granted', daysLeft: 30, ...other })
  const body = {
    patToken: { ...pat, validFrom: new Date(pat.validFrom), validTo: new Date(pat.validTo) },
    patTokenError: 'none',
  }
  scene.fault({ kind: 'status', method: 'POST', at: PATS, status: 200, body })
}

test.each([
  [{ scope: 'vso.packaging' }, /the scope "vso.packaging" instead of "vso.packaging_write"/],
  [{ scope: 'vso.packaging_write vso.code_full' }, /the scope "vso.packaging_write vso.code_full" instead/],
  [{ scope: 'app_token' }, /the scope "app_token"/],
  [{ global: true }, /a global PAT, valid in every organization/],
])('%j granted: it is revoked, nothing is written, and the run fails', async (other, words) => {
  const scene = await createScene()
  const old = seedLive(scene)
  grants(scene, other)
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(words)
  expect(told.conclusion.failure).toMatch(/pat-scope and at the PAT policies/)
  expect(changesOf(told)).not.toContain('write')
  expect(revoked(scene)).toEqual([false, true])
  expect(scene.held()).toBe(old)
  await endsWell(scene)
})

test('scopes granted in other letters, in another order and twice are those asked for', async () => {
  const scene = await createScene()
  grants(scene, { scope: 'VSO.drop_write vso.packaging_write  vso.packaging_write' })
  const { conclusion } = await scene.run({ 'pat-scope': 'vso.packaging_write vso.drop_write' })
  expect(conclusion.outcome).toBe('renewed')
})

test.each([1, 7, 29])('a policy of %i days: a warning, and the dates of what was granted', async (days) => {
  const scene = await createScene()
  scene.ado.policies.maximumLifespanDays = days
  const { conclusion, warnings } = await scene.run()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('a policy limits the lifespan')
  const [life, due] = [conclusion.live?.expiresAt ?? 0, conclusion.dueAt ?? 0].map(
    (time) => (time - scene.clock.now()) / DAY,
  )
  expect(life).toBeCloseTo(days, 3)
  expect(due).toBeCloseTo(days - Math.min(10, days / 3), 3)
  expect(scene.held()?.validTo).toBeCloseTo(conclusion.live?.expiresAt ?? 0, -2)
})

test('a policy that leaves room enough is a warning that ends there', async () => {
  const scene = await createScene()
  scene.ado.policies.maximumLifespanDays = 29
  expect((await scene.run()).warnings).toEqual([
    expect.stringMatching(/Set pat-lifetime-days to what the policy allows\.$/),
  ])
})

test('a mint whose answer is lost is told and looked up, and the next one cannot be taken for it', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'reset-after', method: 'POST', at: PATS })
  const told = await scene.run({}, { random: () => 0.417 })
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings).toEqual([
    expect.stringMatching(/A PAT may have been minted all the same, so its name was looked up before minting again\.$/),
  ])
  const names = told.requests.flatMap((line) => /^POST vssps.*"displayName":"([^"]+)"/.exec(line)?.[1] ?? [])
  expect(names).toHaveLength(2)
  expect(new Set(names).size).toBe(2)
  expect(revoked(scene)).toEqual([false, true, false])
})

test('a second mint whose answer is lost fails the run, and none of the two stays', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({ kind: 'reset-after', method: 'POST', at: PATS, times: 2 })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('mint') })
  expect(scene.ado.pats).toHaveLength(3)
  expect(alive(scene)).toEqual([old])
})

test('a life longer than the policy by minutes is no reason to warn', async () => {
  const scene = await createScene()
  scene.ado.policies.maximumLifespanDays = 30
  scene.ado.skew = -5 * 60_000
  expect((await scene.run()).warnings).toEqual([])
})

test.each([400, 401, 403, 404, 409])('%i of the mint is final: no second POST, no look-up', async (status) => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({ kind: 'status', method: 'POST', at: PATS, status, times: Infinity })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toContain(`Status: ${status}.`)
  expect(verbsOf(told).slice(verbsOf(told).indexOf('mint'))).toEqual(['mint', 'change'])
  expect(alive(scene)).toEqual([old])
  scene.emulator.faults.clear()
  await endsWell(scene)
})

test('429 of the mint is waited for as long as it asks: it has minted nothing', async () => {
  const scene = await createScene()
  seedLive(scene)
  const began = scene.clock.now()
  scene.fault({
    kind: 'act',
    method: 'POST',
    act: () => {
      scene.ado.throttleNext(2, 70, 'vssps')
    },
  })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(changesOf(told)).toEqual(['mint', 'mint', 'mint', 'write', 'change'])
  expect(scene.ado.pats).toHaveLength(2)
  expect(scene.clock.now() - began).toBeGreaterThanOrEqual(140_000)
})

test('429 beyond max-wait-minutes fails the run with what to do, and nothing is minted', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({
    kind: 'act',
    method: 'POST',
    act: () => {
      scene.ado.throttleNext(1, 900, 'vssps')
    },
  })
  const told = await scene.run({ 'max-wait-minutes': '10' })
  expect(told.conclusion.failure).toMatch(/TF400733.*asks to wait 900 s.*max-wait-minutes/)
  expect(alive(scene)).toEqual([old])
  await endsWell(scene)
})

test('429 of every request in turn is sat out', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.throttleNext(1, 11, 'vssps')
  scene.ado.throttleNext(1, 12, 'feeds')
  for (const method of ['POST', 'PUT']) {
    scene.fault({ kind: 'status', method, at: PATS, status: 429, headers: { 'retry-after': '13' } })
  }
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings).toEqual([])
})

test.each(['list', 'mint', 'change'] as const)('the delayed phase (200 with Retry-After) at %s', async (verb) => {
  const scene = await createScene()
  seedLive(scene)
  const method = { list: 'GET', mint: 'POST', change: 'PUT' }[verb]
  scene.fault({
    kind: 'act',
    method,
    at: PATS,
    act: () => {
      scene.ado.delayNext(1, 25, 'vssps')
    },
  })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings).toEqual([])
  expect(changesOf(told)).toEqual(['mint', 'write', 'change'])
})

test('a delay that the budget cannot hold is not waited for, and no failure', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.delayNext(Infinity, 30, 'vssps')
  const told = await scene.run({ 'max-wait-minutes': '0' })
  expect(told.conclusion.outcome).toBe('renewed')
})

test.each(['nobody', 'packaging-only'] as const)(
  'the policy %s forbids minting: the failure names it',
  async (creation) => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.ado.policies.creation = creation
    const scope = creation === 'nobody' ? 'vso.packaging_write' : 'vso.packaging_write vso.drop'
    const { conclusion } = await scene.run({ 'pat-scope': scope })
    expect(conclusion.failure).toMatch(
      /disablePatCreationPolicyViolation.*Restrict personal access token \(PAT\) creation/,
    )
    expect(alive(scene)).toEqual([old])
  },
)
