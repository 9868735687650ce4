import { describe, expect, test } from '@jest/globals'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive, seedSecret } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, writes } from './writes.ts'

const MINUTE = 60_000
const PUT = { method: 'PUT', at: ORGANIZATION_SECRET } as const

for (const status of [403, 429] as const) {
  test(`a limit on the write (${status}) is sat out, as long as GitHub asks and no longer`, async () => {
    const scene = await createScene()
    seedLive(scene)
    scene.github.limitNext(2, { ...PUT, status, retryAfter: 300 })
    const told = await scene.run()
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(scene.clock.slept.filter((ms) => ms >= 1000)).toEqual([300_000, 300_000])
    expect(scene.github.limits.premature).toBe(0)
    expect(told.log.filter((line) => line.startsWith('Waiting 300 s'))).toHaveLength(2)
  })
}

describe('who can read the secret is read again', () => {
  const readers = ['hmcts/app-a', 'hmcts/app-b']

  /** While the first write of the secret waits, app-b is taken off its list. */
  async function takenOffMeanwhile(retryAfter: number, inputs: Readonly<Record<string, string>> = {}) {
    const scene = await createScene()
    const old = seedLive(scene, { visibility: 'selected', selectedRepositories: readers })
    for (const store of ['actions', 'dependabot'] as const) {
      const seed = (selectedRepositories: readonly string[]) => {
        const access = { visibility: 'selected', selectedRepositories } as const
        seedSecret(scene, 'hmcts', old, { store, ...access, writtenDaysAgo: 20 })
      }
      seed(readers)
      const act = () => {
        seed(['hmcts/app-a'])
      }
      scene.fault({ ...PUT, kind: 'act', act })
    }
    scene.github.limitNext(1, { ...PUT, retryAfter })
    const told = await scene.run({ 'current-pat': old.token, ...inputs })
    const selected = (store: 'actions' | 'dependabot') =>
      scene.github.secret('hmcts', store, SECRET)?.selectedRepositoryIds.length
    return { ...told, scene, selected }
  }

  test('after a limit that its write had to wait for: nobody gets access that was taken off meanwhile', async () => {
    const { conclusion, warnings, selected, scene } = await takenOffMeanwhile(20 * 60)
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(warnings).toEqual([])
    expect(selected('actions')).toBe(1)
    expect(scene.held()).toBe(newest(scene))
    expect(scene.clock.slept.filter((ms) => ms >= MINUTE)).toEqual([20 * MINUTE])
  })

  test("after the limit of another store's write too, though it met none itself", async () => {
    const { selected, warnings } = await takenOffMeanwhile(20 * 60, {
      'secret-stores': 'actions,dependabot',
      'write-pace': 'gentle',
    })
    expect(warnings).toEqual([])
    expect([selected('actions'), selected('dependabot')]).toEqual([1, 1])
  })

  test('and not after a wait of a minute at the most', async () => {
    const { requests, warnings } = await takenOffMeanwhile(60)
    const reads = requests.filter((line) => line.endsWith(`GET api.github.com${ORGANIZATION_SECRET}`))
    // Preflight, before the write, after it; and nobody could know.
    expect(reads).toHaveLength(3)
    expect(warnings).toEqual([])
  })

  test('before the write, where the proof took longer than that', async () => {
    const scene = await createScene()
    seedLive(scene)
    scene.ado.throttleNext(2, 61, 'feeds.')
    const { requests } = await scene.run()
    expect(requests.filter((line) => line.endsWith(`GET api.github.com${ORGANIZATION_SECRET}`))).toHaveLength(4)
  })

  test('for as long as limits last, and no longer than max-wait-minutes', async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.github.limitNext(Infinity, { ...PUT, retryAfter: 5 * 60 })
    const told = await scene.run({ 'max-wait-minutes': '16' })
    expect(told.conclusion.failure).toMatch(/max-wait-minutes leaves less than that/)
    expect(writes(told)).toHaveLength(4)
    expect(scene.held()).toBe(old)
  })
})

test('a limit that asks for an HTTP date is sat out until then', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.limitNext(1, { ...PUT, retryAfter: new Date(scene.clock.now() + 7 * MINUTE).toUTCString() })
  const { conclusion } = await scene.run()
  expect(conclusion.outcome).toBe('renewed')
  expect(scene.github.limits.premature).toBe(0)
})

test('the hourly limit is sat out until its reset', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.limitNext(1, { ...PUT, primary: true, retryAfter: 900 })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(Math.max(...scene.clock.slept)).toBeGreaterThanOrEqual(900_000)
  expect(Math.max(...scene.clock.slept)).toBeLessThan(903_000)
})

test('an hourly limit met in preflight is sat out too, once for all requests that wait side by side', async () => {
  const scene = await createScene()
  seedLive(scene)
  const began = scene.clock.now()
  scene.github.spend(scene.githubToken, 5000)
  scene.clock.pass(45 * MINUTE)
  const { conclusion } = await scene.run({ 'max-wait-minutes': '16', repositories: 'app-a, app-b' })
  expect(conclusion.outcome).toBe('renewed')
  expect((scene.clock.now() - began) / MINUTE).toBeLessThan(61)
})

for (const [limit, retryAfter] of [
  ['a secondary limit', 31 * 60],
  ['an hourly limit', 40 * 60],
] as const) {
  test(`${limit} that asks for more than max-wait-minutes fails the run at once and falls back nowhere`, async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.github.limitNext(1, { ...PUT, primary: limit === 'an hourly limit', retryAfter })
    const told = await scene.run()
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(/max-wait-minutes leaves less than that/)
    expect(writes(told)).toEqual([`PUT ${ORGANIZATION_SECRET}`])
    expect(scene.clock.slept).toEqual([])
    expect(newest(scene).revoked).toBe(true)
    expect(scene.held()).toBe(old)
  })
}

test('limits without end end the run after max-wait-minutes in all', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.limitNext(Infinity, PUT)
  const began = scene.clock.now()
  const { conclusion } = await scene.run({ 'max-wait-minutes': '20' })
  expect(conclusion.outcome).toBe('failed')
  expect((scene.clock.now() - began) / MINUTE).toBeLessThanOrEqual(20)
  expect(scene.held()).not.toBe(newest(scene))
})

test.each([-14, 0, 14])(
  'no write starts later than 45 minutes after the mint (clock of the PATs: %i)',
  async (ahead) => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.ado.skew = ahead * MINUTE
    scene.github.limitNext(2, { ...PUT, retryAfter: 25 * 60 })
    const minted = scene.clock.now()
    const told = await scene.run({ 'max-wait-minutes': '120' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    const late = scene.emulator.transcript.filter(
      ({ method, host, arrived }) => method === 'PUT' && host === 'api.github.com' && arrived > minted + 45 * MINUTE,
    )
    expect(late).toEqual([])
    expect(scene.held()).toBe(old)
    expect(newest(scene).revoked).toBe(true)
  },
)

test('repositories that a long sweep did not reach within 45 minutes wait for the next run', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  scene.github.limitNext(2, { method: 'PUT', at: `hmcts/app-b/actions/secrets/${SECRET}`, retryAfter: 25 * 60 })
  const { conclusion } = await scene.run({ 'max-wait-minutes': '120', repositories: 'app-a, app-b' })
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    repositoriesWritten: ['hmcts/app-a'],
    repositoriesFailed: ['hmcts/app-b'],
  })
  expect(scene.held('hmcts/app-b')).toBeUndefined()
  expect(newest(scene)).toMatchObject({ revoked: false })
})
