import { expect, test } from '@jest/globals'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import type { WireAnswer, WireRequest } from '../emulator/wire.ts'
import { alive, changesOf, endsWell, revoked, verbsOf } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { SECRET, seedLive, seedManaged } from '../world.ts'

test.each([25, 130, 320])('trap 7: with %i other PATs the live one is still found', async (others) => {
  const scene = await createScene()
  for (let index = 0; index < others; index += 1) scene.ado.seedPat({ displayName: `0 before it ${index}` })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('not-due')
  const pages = verbsOf(told).filter((verb) => verb === 'list').length
  expect(pages).toBe(2 + Math.ceil((others + 1) / 100))
})

test('trap 7: superseded PATs on a later page are retired', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 27, daysLeft: 3 })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  for (let index = 0; index < 130; index += 1) scene.ado.seedPat({ displayName: `0 before it ${index}` })
  await scene.run()
  expect(alive(scene)).not.toContain(old)
  expect(alive(scene)).toHaveLength(131)
})

test('trap 8: PATs of the same name, of other tools and of other slots are never changed', async () => {
  const scene = await createScene()
  const stamp = '2026-10-01T08:00:00.000Z'
  const foreign = [
    SECRET,
    `${SECRET} [hmcts]`,
    `${SECRET} [hmcts] renewed by hand`,
    `${SECRET} [hmcts] ${stamp} (copy)`,
    `${SECRET} [hmcts/app-a] ${stamp}`,
    `${SECRET} [hmcts-legacy] ${stamp}`,
    `MY_${SECRET} [hmcts] ${stamp}`,
    'Azure DevOps Artifacts Credential Provider',
  ].map((displayName) => scene.ado.seedPat({ displayName, ageDays: 50, daysLeft: 20 }))
  const before = JSON.stringify(foreign)
  seedLive(scene)
  await scene.run()
  scene.daysPass(2)
  expect((await scene.run()).conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
  expect(JSON.stringify(foreign)).toBe(before)
  expect(alive(scene)).toEqual([...foreign, scene.held()])
})

/** From now on Azure DevOps shows that PAT without its end. */
function hideEnd({ ado }: Scene, { authorizationId }: Pat): void {
  const handle = ado.handle.bind(ado)
  const handleAndHide = async (request: WireRequest): Promise<WireAnswer> => {
    const answer = await handle(request)
    const { patTokens = [] } = (answer.body ?? {}) as { patTokens?: { authorizationId: string; validTo: unknown }[] }
    for (const pat of patTokens) if (pat.authorizationId === authorizationId) pat.validTo = null
    return answer
  }
  Object.assign(ado, { handle: handleAndHide })
}

test("trap 8: another tool's PAT that cannot be read stops no renewal, and is told", async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 60, daysLeft: 20 })
  seedLive(scene)
  const foreign = scene.ado.seedPat({ displayName: `${SECRET} [hmcts/app-a] 2026-10-01T08:00:00.000Z` })
  hideEnd(scene, foreign)
  scene.fault({ kind: 'reset-after', method: 'POST', at: 'tokens/pats' })
  const { log } = await scene.run()
  expect(log.join('\n')).toMatch(/"AZURE_\S+ \[hmcts\/app-a\] .* is left out: its validTo is not/)
  scene.daysPass(2)
  expect((await scene.run()).conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
  expect(alive(scene)).toEqual([foreign, scene.held()])
})

test.each([{}, { operation: 'check' }, { operation: 'extend' }, { operation: 'revoke' }])(
  'trap 8: a PAT of the slot that cannot be read stops every run (%j)',
  async (inputs) => {
    const scene = await createScene()
    hideEnd(scene, seedLive(scene))
    const told = await scene.run(inputs)
    expect(told.conclusion.failure).toMatch(/Could not list the PATs of the bot.*its validTo is not/)
    expect(changesOf(told)).toEqual([])
  },
)

test('trap 8: two PATs of one name are two: the one told by its id is retired', async () => {
  const scene = await createScene()
  const [first, second] = [seedManaged(scene, { ageDays: 40, daysLeft: 3 }), seedManaged(scene, { ageDays: 35 })]
  first.displayName = second.displayName
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  await scene.run()
  expect(revoked(scene)).toEqual([true, true, false])
})

test('trap 8: an expired live PAT, which the default list hides, is known to have been there', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 31, daysLeft: -1 })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({
    outcome: 'renewed',
    reason: expect.stringMatching(/^the live PAT (ended|is near its end)/),
  })
  expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['live', 'expired'])
})

test('trap 9: the old PAT stays while jobs may hold it, and goes after the grace time', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  await scene.run()
  scene.daysPass(0.9)
  await scene.run()
  expect(old.revoked).toBe(false)
  scene.daysPass(0.2)
  await scene.run()
  expect(old.revoked).toBe(true)
})

test('trap 9: with a grace of 0 the old PAT is revoked last of all', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await scene.run({ 'revoke-superseded-after-hours': '0' })
  expect(verbsOf(told).at(-1)).toBe('revoke')
  expect(verbsOf(told).indexOf('revoke')).toBeGreaterThan(verbsOf(told).indexOf('write'))
  expect(old.revoked).toBe(true)
})

test('trap 9: a failed delivery revokes nothing that a place may hold', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({ kind: 'status', method: 'PUT', at: 'api.github.com', status: 401, times: Infinity })
  const { conclusion } = await scene.run({ 'revoke-superseded-after-hours': '0' })
  expect(conclusion.outcome).toBe('failed')
  expect(revoked(scene)).toEqual([false, true])
  expect(scene.held()).toBe(old)
})

test('trap 9: what a killed run minted and never delivered is swept later', async () => {
  const scene = await createScene()
  seedLive(scene)
  const orphan = seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' pending' })
  await endsWell(scene)
  expect(orphan.revoked).toBe(true)
})
