import { expect, test } from '@jest/globals'
import { bugs } from './bugs.ts'
import { breachIn, inCopyWithBug, simulateHere } from './with-bug.ts'

test.each(bugs.map((bug) => [bug.what, bug] as const))('%s', async (_, bug) => {
  const kept = String(bug.shownBy)
  const { said, exitCode } = await inCopyWithBug(bug, (simulate) => simulate(kept))
  expect({ exitCode, breach: breachIn(said) }).toEqual({ exitCode: 1, breach: expect.any(String) })
  expect((await simulateHere(kept)).exitCode).toBe(0)
})
