import { expect, test } from '@jest/globals'
import { broken, createSweep, withoutCopy } from '../../sweep.ts'

const MINUTE = 60_000

test('300 repositories: seven points each, no limit met, the budget used, and the log short', async () => {
  const sweep = await createSweep(300)
  const { conclusion, log, warnings } = await sweep.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories', repositoriesFailed: [] })
  expect(conclusion.repositoriesWritten).toHaveLength(300)
  expect([broken(sweep), withoutCopy(sweep)]).toEqual([[], []])
  const { limits, pointsLog } = sweep.world.github
  expect(limits).toMatchObject({ answered: 0, premature: 0 })
  expect(pointsLog.reduce((sum, { points }) => sum + points, 0)).toBeLessThanOrEqual(300 * 7 + 20)
  const first = pointsLog[0]?.at ?? 0
  const second = pointsLog.filter(({ at }) => at >= first + MINUTE && at < first + 2 * MINUTE)
  expect(second.reduce((sum, { points }) => sum + points, 0)).toBeGreaterThan(0.95 * 900)
  expect(log.filter((line) => !line.startsWith('debug: ')).length).toBeLessThan(80)
  expect(log.filter((line) => line.startsWith('debug: Wrote'))).toHaveLength(300)
  expect(warnings).toHaveLength(1)
  expect(log.join('\n')).toMatch(/^300 of 300 repositories looked at, \d+ a minute\.$/m)
  const progress = log.filter((line) =>
    /^\d+ of 300 secrets of repositories written, \d+ a minute; about .+ left\.$/.test(line),
  )
  expect(progress.length).toBeGreaterThan(15)
  expect(progress.length).toBeLessThan(30)
})

test('gentle: one write a second', async () => {
  const sweep = await createSweep(60)
  expect((await sweep.run({ 'write-pace': 'gentle' })).conclusion.outcome).toBe('renewed')
  const writes = sweep.world.github.pointsLog.filter(({ method }) => method === 'PUT').map(({ at }) => at)
  const pauses = writes.slice(1).map((at, index) => at - (writes[index] ?? 0))
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000)
  expect(Math.max(...pauses)).toBeLessThan(1500)
})
