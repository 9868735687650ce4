import { expect, test } from '@jest/globals'
import { Dice } from '../../simulation/dice.ts'
import { broken, createSweep, withoutCopy } from '../../sweep.ts'

const COUNT = 40
const HOUR = 3_600_000
/** A whole run makes 7 requests before its looks, and about 15 that are no looks, keys or writes of repositories. */
const REQUESTS = COUNT * 3 + 15

for (let seed = 1; seed <= 14; seed += 1) {
  const dice = new Dice(seed, COUNT)
  // Each seed in a stretch of its own, so that every part of the run is met.
  const request = Math.floor(((seed - dice.next()) / 14) * REQUESTS) + 1
  const arrives = dice.chance(0.5)
  test(`killed at request ${request}, which ${arrives ? 'still arrives' : 'is lost'}`, async () => {
    const sweep = await createSweep(COUNT)
    const { world } = sweep
    await sweep.killed({ request, arrives })
    const written = new Set(sweep.writesSince(0))
    expect(broken(sweep)).toEqual([])
    sweep.clock.pass(HOUR / 4)
    const line = world.emulator.transcript.length
    const next = await sweep.run()
    // What the killed run had written whole, its successor finds unfinished and delivers once more to all.
    expect(next.conclusion).toMatchObject({
      outcome: expect.stringMatching(/^renewed$|^not-due$/),
      repositoriesFailed: [],
    })
    expect([broken(sweep), withoutCopy(sweep)]).toEqual([[], []])
    if (written.size > 0 && written.size < COUNT) {
      expect(next.conclusion.outcome).toBe('renewed')
      expect(new Set(sweep.writesSince(line))).toEqual(new Set(sweep.names.filter((name) => !written.has(name))))
    }
    sweep.clock.pass(24 * HOUR)
    const after = world.emulator.transcript.length
    expect((await sweep.run()).conclusion.outcome).toBe('not-due')
    expect(sweep.writesSince(after)).toEqual([])
    expect(world.github.limits.answered).toBe(0)
  })
}
