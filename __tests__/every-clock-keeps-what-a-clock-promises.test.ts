import { describe, expect, test } from '@jest/globals'
import { type Clock, HOUR, systemClock } from '../src/clock.ts'
import { cancelled } from '../src/errors.ts'
import { EventClock } from './event-clock.ts'
import { VirtualClock } from './wire.ts'

/** That of the runs, and those that tests put in its place. */
const clocks: readonly (readonly [string, () => Clock])[] = [
  ['the clock of the system', () => systemClock],
  ['the clock of most tests', () => new VirtualClock()],
  ['the clock of the sweeps', () => new EventClock()],
]

describe.each(clocks)('%s', (_, create) => {
  test('time has passed when a sleep is over', async () => {
    const clock = create()
    const began = clock.now()
    await clock.sleep(20, new AbortController().signal)
    // Timers of the system count whole milliseconds, which may be one less by the clock.
    expect(clock.now() - began).toBeGreaterThanOrEqual(19)
  })

  test.each([
    ['a Failure, as when the runner cancels', cancelled('go on', false, 'SIGTERM')],
    ['a deadline', new DOMException('The operation was aborted due to timeout', 'TimeoutError')],
  ])('a sleep that is aborted ends at once, with the very reason: %s', async (_reason, reason) => {
    const clock = create()
    const [began, abort] = [clock.now(), new AbortController()]
    const sleeping = clock.sleep(HOUR, abort.signal)
    abort.abort(reason)
    await expect(sleeping).rejects.toBe(reason)
    expect(clock.now() - began).toBeLessThan(HOUR)
  })

  test('a sleep whose signal is aborted already rejects, and throws nothing', async () => {
    const reason = cancelled('go on', false, 'SIGTERM')
    const sleeping = create().sleep(HOUR, AbortSignal.abort(reason))
    await expect(sleeping).rejects.toBe(reason)
  })
})

// Nothing hangs in the clock of the sweeps, so it has none.
const withDeadlines = clocks.slice(0, 2)

test.each(withDeadlines)('%s: a deadline that comes first ends a sleep', async (_, create) => {
  const clock = create()
  const began = clock.now()
  await expect(clock.sleep(HOUR, clock.deadline(10))).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(clock.now() - began).toBeLessThan(HOUR)
})

test.each(withDeadlines)('a deadline of %s aborts when it is over, and not before', async (_, create) => {
  const clock = create()
  const [near, far] = [clock.deadline(10), clock.deadline(HOUR)]
  expect(near.aborted).toBe(false)
  await clock.sleep(50)
  expect([near.aborted, far.aborted]).toEqual([true, false])
  expect(near.reason).toMatchObject({ name: 'TimeoutError' })
})
