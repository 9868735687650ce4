import { expect, test } from '@jest/globals'
import type { Fault } from '../emulator/wire.ts'
import { alive, changesOf, endsWell, revoked, verbsOf } from '../requests.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

const MINT = { method: 'POST', at: 'vssps.dev.azure.com/hmcts/_apis/tokens/pats' } as const

const lostAfterMinting: readonly (readonly [string, Fault])[] = [
  ['reset', { ...MINT, kind: 'reset-after' }],
  ['timed out', { ...MINT, kind: 'hang-after' }],
  ['cut off in the middle', { ...MINT, kind: 'truncated' }],
  ['turned into HTML by a proxy', { ...MINT, kind: 'malformed' }],
]

const lostBeforeMinting: readonly (readonly [string, Fault])[] = [
  ['reset', { ...MINT, kind: 'reset-before' }],
  ['timed out', { ...MINT, kind: 'hang' }],
  ['500', { ...MINT, kind: 'status', status: 500 }],
  ['502', { ...MINT, kind: 'status', status: 502, body: '<html><title>Bad Gateway</title></html>' }],
  ['503 with Retry-After', { ...MINT, kind: 'status', status: 503, headers: { 'retry-after': '20' } }],
  [
    '500 that speaks of an internal error',
    { ...MINT, kind: 'status', body: { message: 'TF400898: An Internal Error' } },
  ],
  [
    '200 with an error that may pass',
    { ...MINT, kind: 'status', status: 200, body: { patToken: null, patTokenError: 'failedToReadTenantPolicy' } },
  ],
  ['an empty success', { ...MINT, kind: 'status', status: 200, body: {} }],
]

test.each(lostAfterMinting)(
  'trap 10: an answer %s: what was minted is found by its name and revoked',
  async (_, fault) => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.fault(fault)
    const told = await scene.run()
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', superseded: [old.authorizationId] })
    expect(changesOf(told)).toEqual(['mint', 'revoke', 'mint', 'write', 'change'])
    expect(revoked(scene)).toEqual([false, true, false])
    expect(scene.held()).toBe(scene.ado.pats[2])
    const [, lost, minted] = scene.ado.pats
    expect(`${minted?.displayName} pending`).not.toBe(lost?.displayName)
    expect(told.warnings).toEqual([expect.stringMatching(/^Could not mint the PAT.*its name was looked up/)])
  },
)

test.each(lostBeforeMinting)('trap 10: %s: nothing is found, and one is minted under a new name', async (_, fault) => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault(fault)
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(changesOf(told)).toEqual(['mint', 'mint', 'write', 'change'])
  expect(verbsOf(told).slice(verbsOf(told).indexOf('mint')).slice(1, 4)).toEqual(['list', 'list', 'list'])
  expect(revoked(scene)).toEqual([false, false])
  const names = told.requests.filter((request) => request.startsWith('POST')).map((request) => request.slice(0, 160))
  expect(new Set(names).size).toBe(2)
})

test.each([...lostAfterMinting, ...lostBeforeMinting])(
  'trap 10: %s twice: the run fails, and leaves no PAT that nobody knows',
  async (_, fault) => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.fault({ ...fault, times: 2 })
    const told = await scene.run()
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(/^Could not mint the PAT/)
    expect(verbsOf(told).filter((verb) => verb === 'mint')).toHaveLength(2)
    expect(alive(scene)).toEqual([old])
    await endsWell(scene)
  },
)

test('trap 10: the second name is another one, even where the same number is drawn within the same second', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...MINT, kind: 'reset-after' })
  const { requests } = await scene.run({}, { random: () => 0.417 })
  const names = requests.flatMap((request) => /"displayName":"([^"]* pending)"/.exec(request)?.[1] ?? [])
  expect(names).toHaveLength(2)
  expect(new Set(names).size).toBe(2)
})

test('trap 10: a name that Azure DevOps writes in other letters is found as well', async () => {
  const scene = await createScene()
  seedLive(scene)
  const rename = (): void => {
    for (const pat of scene.ado.pats.slice(1)) pat.displayName = pat.displayName.toUpperCase()
  }
  scene.fault({ ...MINT, kind: 'reset-after' })
  scene.fault({ kind: 'act', method: 'GET', at: MINT.at, after: 3, act: rename })
  await scene.run()
  expect(revoked(scene)).toEqual([false, true, false])
})

test('trap 10: another PAT whose name only begins the same is not revoked by the look-up', async () => {
  const scene = await createScene()
  seedLive(scene)
  const name = 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z pending'
  const foreign = scene.ado.seedPat({ displayName: `${name} of somebody else` })
  scene.fault({ ...MINT, kind: 'reset-after' })
  const draws = [0.417, 0.5]
  await scene.run({}, { random: () => draws.shift() ?? 0.9 })
  expect(scene.ado.pats.filter((pat) => pat.revoked).map((pat) => pat.displayName)).toEqual([name])
  expect(foreign.revoked).toBe(false)
})

test('trap 10: where even the look-up fails, the run fails, and a later one finds and replaces what was minted', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...MINT, kind: 'reset-after' })
  scene.fault({ kind: 'status', method: 'GET', at: MINT.at, status: 503, after: 3, times: 12 })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('failed')
  expect(verbsOf(told).filter((verb) => verb === 'mint')).toHaveLength(1)
  expect(alive(scene)).toHaveLength(2)
  scene.daysPass(1)
  await endsWell(scene)
})

test('trap 10: where revoking the lost PAT fails, a later run retires it', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...MINT, kind: 'reset-after' })
  scene.fault({ kind: 'status', method: 'DELETE', status: 503, times: 4 })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings.join('\n')).toMatch(/should be revoked \(its answer was lost.*a later run tries again/)
  scene.daysPass(21)
  await endsWell(scene)
})
