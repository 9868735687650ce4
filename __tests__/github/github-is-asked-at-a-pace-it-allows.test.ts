import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { connectGitHub } from '../../src/github/connect.ts'
import { openPace, type Pace } from '../../src/github/pace.ts'
import { Secrets } from '../../src/secrets.ts'
import { EventClock } from '../event-clock.ts'
import { testWire } from '../wire.ts'
import { answering } from './github.ts'

const WRITE = 5
const GET = 1

interface Sent {
  readonly points: number
  readonly started: number
  /** When GitHub counts it: anywhere between start and end. */
  readonly counted: number
}

interface Load {
  readonly points: number | ((number: number) => number)
  readonly count: number
  /** How long one takes, and after how much of that GitHub counts it. */
  readonly takes?: (number: number) => number
  readonly countedAfter?: (number: number) => number
}

/** Asks for so many at once, and tells when each began, by the time passed since then. */
async function load(clock: EventClock, pace: Pace, { points, count, ...more }: Load): Promise<readonly Sent[]> {
  const { takes = () => 0, countedAfter = () => 0 } = more
  const zero = clock.now()
  const sent: Sent[] = []
  const one = (number: number): Promise<void> => {
    const cost = typeof points === 'number' ? points : points(number)
    return pace.run(cost, async () => {
      const started = clock.now() - zero
      sent.push({ points: cost, started, counted: started + takes(number) * countedAfter(number) })
      if (takes(number) > 0) await clock.sleep(takes(number))
    })
  }
  await Promise.all(Array.from({ length: count }, (_, number) => one(number)))
  return sent
}

function pointsIn(sent: readonly Sent[], from: number, to: number): number {
  return sent.filter(({ counted }) => counted >= from && counted < to).reduce((sum, { points }) => sum + points, 0)
}

function mostInOneMinute(sent: readonly Sent[]): number {
  return Math.max(...sent.map(({ counted }) => pointsIn(sent, counted, counted + MINUTE)))
}

describe('the budget', () => {
  it('lets a short run go at once', async () => {
    const clock = new EventClock()
    const sent = await load(clock, openPace(clock), { points: WRITE, count: 12 })
    expect(sent.map(({ started }) => started)).toEqual(Array.from({ length: 12 }, () => 0))
  })

  it.each([
    ['writes', WRITE, 500],
    ['looks', GET, 2500],
    ['two looks and a write in turn', (number: number) => (number % 3 === 2 ? WRITE : GET), 1200],
  ])('of %s, never more than 900 in a sliding minute, and nearly all of them', async (_, points, count) => {
    const clock = new EventClock()
    const takes = (): number => 200
    const sent = await load(clock, openPace(clock), { points, count, takes })
    expect(sent).toHaveLength(count)
    expect(mostInOneMinute(sent)).toBeLessThanOrEqual(900)
    expect(pointsIn(sent, MINUTE, 2 * MINUTE)).toBeGreaterThan(885)
  })

  it('holds whenever GitHub counts a request between its start and its end, however long it takes', async () => {
    const clock = new EventClock()
    // A slow one that is counted at its end, beside quick ones that are counted at their start.
    const takes = (number: number): number => (number % 4 === 0 ? 20 * SECOND : 100 * (number % 7))
    const countedAfter = (number: number): number => (number % 4 === 0 ? 1 : (number % 3) / 2)
    const sent = await load(clock, openPace(clock), { points: WRITE, count: 600, takes, countedAfter })
    expect(mostInOneMinute(sent)).toBeLessThanOrEqual(900)
  })

  it('is spent evenly: no second of a long run has more than the burst', async () => {
    const clock = new EventClock()
    const sent = await load(clock, openPace(clock), { points: WRITE, count: 400 })
    const seconds = Array.from({ length: 120 }, (_, second) => pointsIn(sent, second * SECOND, (second + 1) * SECOND))
    expect(Math.max(...seconds.slice(1, 55))).toBeLessThanOrEqual(20)
    expect(seconds[0]).toBeLessThanOrEqual(75)
  })

  it('no more than ten run at once', async () => {
    const clock = new EventClock()
    const pace = openPace(clock)
    let [running, most] = [0, 0]
    const work = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      await clock.sleep(SECOND)
      running -= 1
    }
    await Promise.all(Array.from({ length: 40 }, () => pace.run(GET, work)))
    expect(most).toBe(10)
  })
})

describe('a secondary limit', () => {
  const perMinute = async (clock: EventClock, pace: Pace): Promise<number> => {
    await clock.sleep(2 * MINUTE)
    const sent = await load(clock, pace, { points: GET, count: 1000 })
    return mostInOneMinute(sent)
  }

  it('halves the pace, once for all who met it, and it comes back slowly', async () => {
    const clock = new EventClock()
    const pace = openPace(clock)
    pace.slowDown()
    pace.slowDown()
    expect(pace.pointsAMinute()).toBe(450)
    const sent = await load(clock, pace, { points: WRITE, count: 200 })
    expect(pointsIn(sent, 0, MINUTE)).toBeLessThanOrEqual(500)
    expect(pointsIn(sent, 0, MINUTE)).toBeGreaterThan(440)
    await clock.sleep(5 * MINUTE - (clock.now() % MINUTE))
    expect(pace.pointsAMinute()).toBeGreaterThan(600)
    expect(pace.pointsAMinute()).toBeLessThan(900)
    await clock.sleep(10 * MINUTE)
    expect(await perMinute(clock, pace)).toBeGreaterThan(890)
  })

  it('met again and again goes down to an eighth, at which a write still goes', async () => {
    const clock = new EventClock()
    const pace = openPace(clock)
    for (let times = 0; times < 6; times += 1) {
      pace.slowDown()
      await clock.sleep(31 * SECOND)
    }
    pace.slowDown()
    expect(pace.pointsAMinute()).toBe(900 / 8)
    expect(await load(clock, pace, { points: WRITE, count: 3 })).toHaveLength(3)
  })
})

describe('gentle', () => {
  it('is one write at a time, a second from one to the next, whatever is looked at meanwhile', async () => {
    const clock = new EventClock()
    const pace = openPace(clock, 'gentle')
    const takes = (number: number): number => (number === 4 ? 3 * SECOND : 300)
    const sent = await load(clock, pace, { points: (number) => (number % 2 === 0 ? WRITE : GET), count: 20, takes })
    const writes = sent.filter(({ points }) => points === WRITE).map(({ started }) => started / SECOND)
    expect(writes).toEqual([0, 1, 2, 5, 6, 7, 8, 9, 10, 11])
  })
})

describe('whoever waits for a turn', () => {
  it('and is cancelled waits no longer, and costs nothing', async () => {
    const clock = new EventClock()
    const pace = openPace(clock)
    await load(clock, pace, { points: WRITE, count: 12 })
    const stop = new AbortController()
    const began = clock.now()
    const cancelled = [1, 2, 3].map(() => pace.run(WRITE, () => Promise.resolve(clock.now()), stop.signal))
    stop.abort(new Error('stop'))
    expect(await Promise.all(cancelled)).toEqual([began, began, began])
    expect((await load(clock, pace, { points: WRITE, count: 1 }))[0]?.started).toBeLessThan(SECOND)
  })

  it('goes on when the work before it failed', async () => {
    const clock = new EventClock()
    const pace = openPace(clock)
    await expect(pace.run(GET, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await load(clock, pace, { points: GET, count: 1 })).toHaveLength(1)
  })
})

it('a connection keeps such a pace by itself', async () => {
  const secrets = new Secrets(() => undefined)
  const wire = testWire({ fetch: answering(() => Response.json({ id: 1, full_name: 'hmcts/rpx' })) })
  const github = await connectGitHub(wire, { apiUrl: 'https://api.github.com', token: 'ghs_x', secrets })
  expect(await github.repository('hmcts/rpx')).toMatchObject({ id: 1 })
})

it('a process that waits for its turn stays, and one that is done leaves', async () => {
  const [pace, clock] = ['../../src/github/pace.ts', '../../src/clock.ts'].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  )
  const program = `
    const { openPace } = await import(${JSON.stringify(pace)})
    const { systemClock } = await import(${JSON.stringify(clock)})
    const pace = openPace(systemClock)
    for (let n = 0; n < 13; n += 1) void pace.run(5, async () => console.log('write', n))
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env.PATH },
    timeout: 8 * SECOND,
  })
  expect(stdout.trim().split('\n')).toHaveLength(13)
}, 10_000)
