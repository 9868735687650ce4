import { describe, expect, test } from '@jest/globals'
import type { Conclusion } from '../../../src/operations/steps/conclude.ts'
import { broken, createSweep, type Sweep, withoutCopy } from '../../sweep.ts'

const MINUTE = 60_000
const COUNT = 80

/** What the run says it wrote is what GitHub holds, and the rest is what it says it did not. */
function expectExact(sweep: Sweep, conclusion: Conclusion): void {
  const without = withoutCopy(sweep)
  expect(without.length).toBeGreaterThan(0)
  expect(conclusion.repositoriesFailed.toSorted()).toEqual(without)
  expect(conclusion.repositoriesWritten.toSorted()).toEqual(sweep.names.filter((name) => !without.includes(name)))
  expect(conclusion.receipts).toHaveLength(COUNT - without.length)
  expect(broken(sweep)).toEqual([])
}

async function expectCompleted(sweep: Sweep, inputs: Readonly<Record<string, string>> = {}): Promise<void> {
  const lagging = withoutCopy(sweep)
  const line = sweep.world.emulator.transcript.length
  const { conclusion } = await sweep.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesFailed: [] })
  expect(sweep.writesSince(line).toSorted()).toEqual(lagging)
  expect([broken(sweep), withoutCopy(sweep)]).toEqual([[], []])
}

test('a token that GitHub takes no longer', async () => {
  const sweep = await createSweep(COUNT)
  const { github, emulator } = sweep.world
  emulator.faults.add({
    kind: 'act',
    method: 'PUT',
    at: 'service-0033',
    act: () => {
      github.revokeToken(sweep.token)
    },
  })
  const { conclusion, log } = await sweep.run()
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'repositories' })
  expect(conclusion.failure).toMatch(
    /Could not write \d\d of 80 repositories .*installation tokens of an App live for one hour/,
  )
  expectExact(sweep, conclusion)
  expect(emulator.transcript.filter(({ answered }) => answered === 401).length).toBeLessThanOrEqual(10)
  expect(log.filter((line) => !line.startsWith('debug: ')).length).toBeLessThan(50)
  sweep.clock.pass(10 * MINUTE)
  const permissions = { organization_secrets: 'read', secrets: 'write' } as const
  await expectCompleted(sweep, { 'github-token': github.token({ kind: 'app', permissions }) })
})

test('the 45 minutes in which a new PAT may be written', async () => {
  const sweep = await createSweep(COUNT)
  const { github } = sweep.world
  for (const name of ['service-0020/', 'service-0040/'])
    github.limitNext(1, { method: 'PUT', at: name, retryAfter: 25 * 60 })
  const { conclusion } = await sweep.run({ 'max-wait-minutes': '120' })
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toMatch(/the PAT would be too old by then/)
  expectExact(sweep, conclusion)
  sweep.clock.pass(30 * MINUTE)
  await expectCompleted(sweep)
})

describe('the hourly amount', () => {
  test('is told before the first write, is not used up, and the next run goes on', async () => {
    const sweep = await createSweep(COUNT)
    const { github, emulator } = sweep.world
    github.spend(sweep.token, 12_500 - 300)
    const { conclusion, log, warnings } = await sweep.run()
    expect(conclusion.outcome).toBe('failed')
    expect(conclusion.failure).toMatch(/x-ratelimit-remaining is 1\d\d.*The service asks to wait 35\d\d s/)
    expectExact(sweep, conclusion)
    expect(github.limits.answered).toBe(0)
    expect(conclusion.repositoriesWritten.length).toBeGreaterThan(40)
    const [warning = ''] = warnings
    expect(warning).toMatch(
      /^Writing 80 secrets of repositories takes about 32 s .*it takes 160 requests, and this hour leaves 1\d\d until/,
    )
    expect(log.indexOf(`warning: ${warning}`)).toBeLessThan(log.findIndex((line) => line.startsWith('debug: Wrote')))
    expect(emulator.transcript.filter(({ method }) => method === 'POST')).toHaveLength(1)
    sweep.clock.pass(61 * MINUTE)
    await expectCompleted(sweep)
  })

  test('is told before anything is minted where preflight knows that a sweep follows', async () => {
    const sweep = await createSweep(COUNT)
    const { github } = sweep.world
    github.refuse({ home: 'hmcts', status: 403 })
    github.spend(sweep.token, 12_500 - 380)
    const { conclusion, log } = await sweep.run()
    expectExact(sweep, conclusion)
    const warned = log.findIndex((line) => line.startsWith('warning: Writing 80 secrets of repositories'))
    expect(warned).toBeGreaterThan(0)
    expect(warned).toBeLessThan(log.indexOf('# Mint'))
  })

  test('is waited for where max-wait-minutes leaves the time', async () => {
    const sweep = await createSweep(COUNT)
    const { github } = sweep.world
    await sweep.world.emulator.fetch('https://api.github.com/orgs/hmcts', {
      headers: { authorization: `Bearer ${sweep.token}` },
    })
    sweep.clock.pass(50 * MINUTE)
    github.spend(sweep.token, 12_500 - 300)
    const { conclusion } = await sweep.run()
    expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesFailed: [] })
    expect(github.limits.answered).toBe(0)
    expect(withoutCopy(sweep)).toEqual([])
  })

  test('does not stop a run of a few repositories, however little is left', async () => {
    const sweep = await createSweep(5)
    sweep.world.github.spend(sweep.token, 12_500 - 40)
    expect((await sweep.run()).conclusion.outcome).toBe('renewed')
  })
})

test('a secondary limit in the middle is waited for as long as it asks, and then the pace is half', async () => {
  const sweep = await createSweep(COUNT)
  const { github } = sweep.world
  github.limitNext(1, { method: 'PUT', at: 'service-0030/', retryAfter: 120 })
  const { conclusion } = await sweep.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesFailed: [] })
  expect(github.limits).toMatchObject({ answered: 1, premature: 0 })
  const last = github.pointsLog.at(-1)?.at ?? 0
  const points = github.pointsLog.filter(({ at }) => at > last - 20_000).reduce((sum, one) => sum + one.points, 0)
  // 450 a minute are 150 in 20 seconds, and the pace recovers slowly.
  expect(points).toBeGreaterThan(120)
  expect(points).toBeLessThan(190)
})

test.each([
  ['max-wait-minutes', 40, 30, /asks to wait 2400 s, and max-wait-minutes leaves less than that/],
  ['the 45 minutes', 50, 120, /asks to wait 3000 s, and no write may start that late/],
])('a limit that lasts longer than %s: it is not waited for, and nothing goes into it', async (_, lasts, most, why) => {
  const sweep = await createSweep(COUNT)
  const { github } = sweep.world
  github.limitNext(1, { method: 'PUT', at: 'service-0030/', retryAfter: lasts * 60 })
  const began = sweep.clock.now()
  const { conclusion } = await sweep.run({ 'max-wait-minutes': String(most) })
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'repositories' })
  expect(conclusion.failure).toMatch(why)
  expectExact(sweep, conclusion)
  // Those that were under way when the limit was told.
  expect(github.limits.premature).toBeLessThan(10)
  expect(sweep.clock.now() - began).toBeLessThan(5 * MINUTE)
  sweep.clock.pass(lasts * MINUTE)
  await expectCompleted(sweep)
})
