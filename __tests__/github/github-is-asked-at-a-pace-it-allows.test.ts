import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { MINUTE, SECOND, systemClock } from '../../src/clock.ts'
import { connectGitHub } from '../../src/github/connect.ts'
import { openPace, type Pace } from '../../src/github/pace.ts'
import { Secrets } from '../../src/secrets.ts'
import { testWire } from '../wire.ts'
import { answering } from './github.ts'

const WRITE = 5
const GET = 1

describe('in time that the test moves', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  interface Start {
    readonly points: number
    readonly at: number
  }

  /** Starts so many requests at once and tells when each began, until so much time has passed. */
  async function starts(pace: Pace, points: number, count: number, until: number): Promise<readonly Start[]> {
    const begun: Start[] = []
    const zero = Date.now()
    for (let number = 0; number < count; number += 1) {
      void pace.run(points, () => Promise.resolve(begun.push({ points, at: Date.now() - zero })))
    }
    await jest.advanceTimersByTimeAsync(until)
    return begun
  }

  function mostInOneMinute(begun: readonly Start[]): number {
    const inMinuteOf = ({ at }: Start): number =>
      begun.filter((one) => one.at >= at && one.at < at + MINUTE).reduce((sum, { points }) => sum + points, 0)
    return Math.max(...begun.map(inMinuteOf))
  }

  it('one write does not wait', async () => {
    const pace = await openPace(systemClock)
    expect((await starts(pace, WRITE, 1, SECOND))[0]?.at).toBeLessThan(50)
  })

  it.each([
    [WRITE, 500],
    [GET, 2500],
  ])('at %i points, never more than 900 in a sliding minute, and not much less', async (points, count) => {
    const pace = await openPace(systemClock)
    const begun = await starts(pace, points, count, 5 * MINUTE)
    expect(begun).toHaveLength(count)
    const most = mostInOneMinute(begun)
    expect(most).toBeLessThanOrEqual(900)
    expect(most).toBeGreaterThan(850)
  })

  it('no more than ten run at once', async () => {
    const pace = await openPace(systemClock)
    let running = 0
    let most = 0
    const work = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, SECOND))
      running -= 1
    }
    const all = Promise.all(Array.from({ length: 40 }, () => pace.run(GET, work)))
    await jest.advanceTimersByTimeAsync(MINUTE)
    await all
    expect(most).toBe(10)
  })

  it('a limit halves the pace once for all who met it, down to an eighth, and it comes back', async () => {
    const pace = await openPace(systemClock)
    await starts(pace, WRITE, 12, MINUTE)
    pace.slowDown()
    pace.slowDown()
    expect(await starts(pace, WRITE, 12, 900)).toHaveLength(6)
    for (let times = 0; times < 5; times += 1) {
      await jest.advanceTimersByTimeAsync(31 * SECOND)
      pace.slowDown()
    }
    expect(await starts(pace, WRITE, 12, 900)).toHaveLength(1)
    await jest.advanceTimersByTimeAsync(11 * MINUTE)
    expect(await starts(pace, WRITE, 12, 900)).toHaveLength(12)
  })

  it('work that fails fails, and lets the next one go', async () => {
    const pace = await openPace(systemClock)
    const failed = expect(pace.run(GET, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await jest.advanceTimersByTimeAsync(SECOND)
    await failed
    expect(await starts(pace, GET, 1, SECOND)).toHaveLength(1)
  })
})

it('a connection keeps such a pace by itself', async () => {
  const secrets = new Secrets(() => undefined)
  const wire = testWire({ fetch: answering(() => Response.json({ id: 1, full_name: 'hmcts/rpx' })) })
  const github = await connectGitHub(wire, { apiUrl: 'https://api.github.com', token: 'ghs_x', secrets })
  expect(await github.repository('hmcts/rpx')).toMatchObject({ id: 1 })
})

it('a process that waits for its turn stays, and one that is done leaves', async () => {
  const pace = fileURLToPath(new URL('../../src/github/pace.ts', import.meta.url))
  const program = `
    const { openPace } = await import(${JSON.stringify(pace)})
    const pace = await openPace({ now: () => Date.now() })
    for (let n = 0; n < 13; n += 1) void pace.run(5, async () => console.log('write', n))
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env.PATH },
    timeout: 8 * SECOND,
  })
  expect(stdout.trim().split('\n')).toHaveLength(13)
}, 10_000)
