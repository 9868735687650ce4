import { expect, test } from '@jest/globals'
import type { FaultKind } from '../../emulator/wire.ts'
import { alive, changesOf, endsWell, revoked, verbsOf } from '../../requests.ts'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive } from '../../world.ts'

const FEED = 'feeds.dev.azure.com'
const MINUTE = 60_000

test.each([1, 30, 59])('a feed that knows the new PAT only after %i s is waited for', async (seconds) => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.behaviour.propagationSeconds = seconds
  const began = scene.clock.now()
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings).toEqual([])
  expect(changesOf(told)).toEqual(['mint', 'write', 'change'])
  expect(scene.clock.now() - began).toBeLessThanOrEqual(MINUTE)
  expect(told.log.join('\n')).toContain('does not take the new PAT yet')
})

test('the waits grow to a quarter of a minute, fill the minute, and each is told', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.behaviour.propagationSeconds = 90
  const { log } = await scene.run()
  const waits = log.flatMap(
    (line) => /does not take the new PAT yet .*; trying again in (\d+) s\.$/.exec(line)?.[1] ?? [],
  )
  expect(waits).toEqual(['1', '2', '4', '8', '15', '15', '15'])
})

test('a sign-in page right after minting may pass, too, and is named while it lasts', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'sign-in-page', at: FEED, times: 2 })
  const { conclusion, log } = await scene.run()
  expect(conclusion.outcome).toBe('renewed')
  expect(log.filter((line) => line.startsWith('The feed does not take the new PAT yet'))).toEqual([
    expect.stringMatching(/yet \(.*sign-in page.*\); trying again in 1 s\.$/),
  ])
})

test('what will not pass is not waited for: a feed that is not there', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 404, at: FEED, times: Infinity })
  const began = scene.clock.now()
  expect((await scene.run()).conclusion.outcome).toBe('failed')
  expect(scene.clock.now() - began).toBeLessThan(1000)
})

test('a feed that answers slowly is asked for the whole minute too', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.ado.behaviour.propagationSeconds = 59
  scene.fault({ kind: 'slow', at: FEED, milliseconds: 500, times: Infinity })
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
})

test('a feed that refuses the new PAT for longer fails the run: it is revoked, and nothing written', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.behaviour.propagationSeconds = 90
  const began = scene.clock.now()
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(/prove the new PAT against the feed.*Status: 401.*for 60 s.*run again/)
  expect(scene.clock.now() - began).toBeGreaterThanOrEqual(MINUTE)
  expect(changesOf(told).toSorted()).toEqual(['change', 'mint', 'revoke'])
  expect(revoked(scene)).toEqual([false, true])
  expect(scene.held()).toBe(old)
  scene.ado.behaviour.propagationSeconds = 0
  await endsWell(scene)
})

type Arranging = (scene: Scene) => void
const broken = (kind: FaultKind, status = 500): Arranging => {
  return (scene) => {
    scene.fault({ kind, status, at: FEED, times: Infinity })
  }
}

const blocked = (status: 401 | 403): Arranging => {
  return ({ ado }) => {
    ado.user.conditionalAccessBlocksPats = true
    ado.behaviour.conditionalAccessStatus = status
  }
}

const refusals: readonly (readonly [string, Arranging, RegExp])[] = [
  ['a feed for anybody', ({ ado }) => void (ado.feed.anonymous = true), /takes anybody/],
  [
    'no role on the feed',
    ({ ado, entra }) => void (ado.feed.roles[entra.user.oid] = 'none'),
    /Feed Publisher \(Contributor\)/,
  ],
  ['Conditional Access', blocked(403), /VS403463.*administrator/],
  ['Conditional Access as 401', blocked(401), /VS403463.*administrator/],
  ['a sign-in page', broken('sign-in-page'), /sign-in page/],
  ['a sign-in redirect', broken('sign-in-redirect'), /sign-in page/],
  ['404', broken('status', 404), /spelling of ado-project and ado-feed/],
  ['503 for good', broken('status', 503), /Status: 503/],
  ['no network', broken('reset-before'), /ECONNRESET/],
  ['a broken body', broken('truncated'), /could not be reached, or broke off/],
  ['a page of a proxy', broken('malformed'), /Azure Artifacts showed its sign-in page/],
]

test.each(refusals)('%s is no proof: the PAT is revoked, and nothing is written', async (_, arrange, hint) => {
  const scene = await createScene()
  const old = seedLive(scene)
  arrange(scene)
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(hint)
  expect(changesOf(told)).not.toContain('write')
  expect(alive(scene)).toEqual([old])
})

test.each(refusals)('%s once it is mended: the next run renews', async (_, arrange) => {
  const scene = await createScene()
  seedLive(scene)
  const { oid } = scene.entra.user
  arrange(scene)
  await scene.run()
  scene.emulator.faults.clear()
  scene.ado.feed.anonymous = false
  scene.ado.feed.roles[oid] = 'contributor'
  scene.ado.user.conditionalAccessBlocksPats = false
  await endsWell(scene)
})

test.each([
  ['a reset', { kind: 'reset-before' }],
  ['503', { kind: 'status', status: 503 }],
  ['a time-out', { kind: 'hang' }],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '30' } }],
] as const)('%s of the feed passes', async (_, fault) => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...fault, at: FEED })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(verbsOf(told).filter((verb) => verb === 'probe')).toHaveLength(3)
})

test('the feed is shown the new PAT, and a made-up one of the same shape', async () => {
  const scene = await createScene()
  seedLive(scene)
  const hit: string[] = []
  const act = ({ headers }: { headers: Readonly<Record<string, string>> }): void => {
    hit.push(Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString())
  }
  scene.fault({ kind: 'act', at: FEED, times: 2, act })
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
  const [real, madeUp = ''] = [scene.held()?.token ?? '', hit.find((pair) => pair !== `:${scene.held()?.token ?? ''}`)]
  expect(hit).toContain(`:${real}`)
  expect(madeUp).toMatch(/^:.{76}AZDO.{4}$/)
  expect(scene.ado.patOf(madeUp.slice(1))).toBeUndefined()
})

test("without a feed the organization's list of feeds proves the PAT", async () => {
  const scene = await createScene()
  const told = await scene.run({ 'ado-feed': '', 'ado-project': '' })
  expect(told.conclusion.outcome).toBe('renewed')
  const probes = told.requests.filter((request) => request.includes(FEED))
  expect(probes).toEqual(Array(2).fill('GET feeds.dev.azure.com/hmcts/_apis/packaging/feeds'))
})

test('without a feed the project still narrows the list', async () => {
  const scene = await createScene()
  const told = await scene.run({ 'ado-feed': '' })
  expect(told.requests).toContain('GET feeds.dev.azure.com/hmcts/Artifacts/_apis/packaging/feeds')
})

test('without a feed a refusal is no proof either', async () => {
  const scene = await createScene()
  scene.ado.behaviour.propagationSeconds = 90
  expect((await scene.run({ 'ado-feed': '' })).conclusion.outcome).toBe('failed')
  expect(alive(scene)).toEqual([])
})

test('the feed is asked while the access of the secret is read, and before anything is written', async () => {
  const scene = await createScene()
  seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
  const verbs = verbsOf(await scene.run())
  const acting = verbs.slice(verbs.indexOf('mint'))
  expect(acting.slice(0, 5).toSorted()).toEqual(['look', 'mint', 'probe', 'probe', 'selected'])
  expect(acting[5]).toBe('write')
})

test('a proof held up for limits is waited for, within max-wait-minutes', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.throttleNext(Infinity, 40, 'feeds.')
  const { conclusion } = await scene.run({ 'max-wait-minutes': '2' })
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('max-wait-minutes') })
  expect(alive(scene)).toEqual([old])
})
