import { expect, test } from '@jest/globals'
import { MINUTE } from '../../src/clock.ts'
import { WaitBudget } from '../../src/retry.ts'
import { VirtualClock } from '../wire.ts'
import { bot, failureOf, pat, PATS, vssps } from './service.ts'

test('after a success with Retry-After the next request waits, and says why', async () => {
  const { azureDevOps, wire } = bot()
  vssps().delete(PATS).query(true).reply(204, '', { 'retry-after': '20' })
  vssps().delete(PATS).query(true).reply(204, '', { 'retry-after': '0' })
  vssps().delete(PATS).query(true).reply(204)
  await azureDevOps.revokePat(pat())
  expect(wire.clock.slept).toEqual([])
  await azureDevOps.revokePat(pat())
  await azureDevOps.revokePat(pat())
  expect(wire.clock.slept).toEqual([20_000])
  expect(wire.waited).toEqual([
    {
      milliseconds: 20_000,
      failure: expect.objectContaining({ kind: 'rate-limited', hint: expect.stringContaining('pause') }),
    },
  ])
})

test('what has passed meanwhile need not be waited for', async () => {
  const { azureDevOps, wire } = bot()
  vssps().delete(PATS).query(true).reply(204, '', { 'retry-after': '20' })
  vssps().delete(PATS).query(true).reply(204)
  await azureDevOps.revokePat(pat())
  wire.clock.pass(21_000)
  await azureDevOps.revokePat(pat())
  expect(wire.clock.slept).toEqual([])
})

test('a pause that does not fit into the budget is left out', async () => {
  const clock = new VirtualClock()
  const { azureDevOps, sent } = bot({ clock, waits: new WaitBudget(clock, MINUTE) })
  vssps().delete(PATS).query(true).reply(204, '', { 'retry-after': '61' })
  vssps().delete(PATS).query(true).reply(204)
  await azureDevOps.revokePat(pat())
  await azureDevOps.revokePat(pat())
  expect(clock.slept).toEqual([])
  expect(sent).toHaveLength(2)
})

test('a cancelled run does not wait', async () => {
  const cancel = new AbortController()
  const { azureDevOps, wire } = bot({ cancel: cancel.signal })
  vssps().delete(PATS).query(true).reply(204, '', { 'retry-after': '20' })
  await azureDevOps.revokePat(pat())
  cancel.abort(new Error('stop'))
  await expect(azureDevOps.revokePat(pat())).rejects.toThrow('The run was cancelled')
  expect(wire.clock.slept).toEqual([])
})

test('a cancel ends the pause, and is told as the end of what waited', async () => {
  const cancel = new AbortController()
  const { azureDevOps, wire, sent } = bot({ cancel: cancel.signal })
  vssps().delete(PATS).query(true).reply(204, '', { 'retry-after': '20' })
  await azureDevOps.revokePat(pat())
  const waiting = failureOf(azureDevOps.revokePat(pat()))
  while (wire.waited.length === 0) await Promise.resolve()
  // Neither the reason of the last seconds after a cancel nor that of a bug is a Failure.
  cancel.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  expect(await waiting).toMatchObject({
    kind: 'cancelled',
    fateUnknown: false,
    doing: expect.stringMatching(/^revoke/),
  })
  expect(sent).toHaveLength(1)
})
