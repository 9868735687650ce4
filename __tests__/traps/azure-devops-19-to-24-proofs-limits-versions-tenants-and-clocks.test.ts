import { expect, test } from '@jest/globals'
import { createFeed } from '../emulator/azure-devops/azure-devops.ts'
import { alive, changesOf, endsWell, revoked, verbsOf } from '../requests.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

const MINUTE = 60_000

test('trap 19: a feed that takes anybody proves nothing: nothing is delivered', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.feed.anonymous = true
  const { conclusion } = await scene.run()
  expect(conclusion.failure).toMatch(/takes anybody.*private feed/)
  expect(revoked(scene)).toEqual([false, true])
  expect(scene.held()).toBe(old)
})

test.each([
  [{ 'ado-project': '' }, /needs ado-project/],
  [{ 'ado-project': 'Wrong' }, /only found with ado-project left blank/],
  [{ 'ado-feed': 'other' }, /spelling of ado-project and ado-feed/],
])('trap 19: the wrong address of the feed (%j) is 404, no proof, and explained', async (inputs, hint) => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(hint)
  expect(alive(scene)).toEqual([old])
})

test('trap 19: a feed of the organization is asked without a project', async () => {
  const scene = await createScene()
  scene.ado.feeds.push(createFeed({ name: 'shared', roles: scene.ado.feed.roles }))
  const told = await scene.run({ 'ado-project': '', 'ado-feed': 'shared' })
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.requests).toContain('GET feeds.dev.azure.com/hmcts/_apis/packaging/feeds/shared')
})

test('trap 20: a new PAT that the feed does not know for 30 s is waited for', async () => {
  const scene = await createScene()
  scene.ado.behaviour.propagationSeconds = 30
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', failure: undefined })
  expect(verbsOf(told).filter((verb) => verb === 'mint')).toHaveLength(1)
  expect(scene.ado.accepts(scene.held()?.token ?? '')).toBe(true)
})

test('trap 21: Retry-After on a success is done, not repeated, and waited for before the next request', async () => {
  const scene = await createScene()
  seedLive(scene)
  const began = scene.clock.now()
  scene.fault({
    kind: 'act',
    method: 'POST',
    act: () => {
      scene.ado.delayNext(1, 20)
    },
  })
  const told = await scene.run()
  expect(changesOf(told)).toEqual(['mint', 'write', 'change'])
  const [minted, marked] = ['POST', 'PUT'].map((method) =>
    scene.emulator.transcript.find((entry) => entry.method === method && entry.host.startsWith('vssps')),
  )
  expect(minted?.answered).toBe(200)
  expect((marked?.arrived ?? 0) - began).toBeGreaterThanOrEqual(20_000)
})

test.each(['GET', 'POST', 'PUT'])(
  'trap 21: a %s that Azure DevOps holds back for 30 s is no time-out',
  async (method) => {
    const scene = await createScene()
    seedLive(scene)
    scene.fault({ kind: 'slow', method, at: 'vssps', milliseconds: 30_000 })
    const told = await scene.run()
    expect(told.conclusion.outcome).toBe('renewed')
    expect(told.warnings).toEqual([])
    expect(changesOf(told)).toEqual(['mint', 'write', 'change'])
  },
)

test('trap 22: every request to the PAT API says -preview, and those to feeds do not', async () => {
  const scene = await createScene()
  seedLive(scene)
  await scene.run({ 'revoke-superseded-after-hours': '0' })
  const versions = scene.emulator.transcript
    .filter(({ host }) => host.endsWith('dev.azure.com'))
    .map(({ method, host, path }) => `${method} ${host} ${/api-version=([^&]+)/.exec(path)?.[1] ?? 'none'}`)
  expect(new Set(versions)).toEqual(
    new Set([
      ...['GET', 'POST', 'PUT', 'DELETE'].map((method) => `${method} vssps.dev.azure.com 7.1-preview.1`),
      'GET feeds.dev.azure.com 7.1',
    ]),
  )
})

test('trap 23: a bot of another tenant is told to look at the tenant, before anything is minted', async () => {
  const scene = await createScene()
  seedLive(scene)
  const token = scene.entra.issueUserToken({ tenant: '11111111-2222-3333-4444-555555555555' })
  const told = await scene.run({ 'bot-access-token': token })
  expect(told.conclusion.failure).toMatch(/TF400813.*azure-tenant-id.*a guest or a personal account/)
  expect(changesOf(told)).toEqual([])
})

test.each([-4, 0, 4])(
  'trap 24: a whole year is asked for so that a clock %i min off still takes it',
  async (minutes) => {
    const scene = await createScene()
    scene.ado.skew = minutes * MINUTE
    const told = await scene.run({ 'pat-lifetime-days': '365' })
    expect(told.conclusion.outcome).toBe('renewed')
    expect(told.warnings).toEqual([])
  },
)

test('trap 24: across a leap day a year is 365 days', async () => {
  const scene = await createScene()
  scene.clock.moveTo(Date.parse('2027-11-21T08:00:00.000Z'))
  const told = await scene.run({ 'pat-lifetime-days': '365' })
  expect(told.warnings).toEqual([])
  expect(new Date(scene.held()?.validTo ?? 0).toISOString()).toMatch(/^2028-11-20T07:45/)
})

for (const service of ['ado', 'github', 'both', 'apart'] as const) {
  for (const minutes of [-4, 4]) {
    test(`trap 24: clocks that differ (${service}, ${minutes} min) renew once, and not again`, async () => {
      const scene = await createScene()
      const old = seedLive(scene)
      scene.ado.skew = service === 'github' ? 0 : minutes * MINUTE
      scene.github.skew = service === 'ado' ? 0 : minutes * MINUTE * (service === 'apart' ? -1 : 1)
      const first = await scene.run()
      expect(first.conclusion).toMatchObject({ outcome: 'renewed', superseded: [old.authorizationId] })
      expect(first.warnings).toEqual([])
      expect((await scene.run()).conclusion).toMatchObject({ outcome: 'not-due', superseded: [old.authorizationId] })
      scene.daysPass(20.5)
      await endsWell(scene)
    })
  }
}
