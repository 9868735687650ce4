import { expect, test } from '@jest/globals'
import { firstFailing, simulateHere } from './with-bug.ts'

const SEEDS = 20_000
const MINUTES = 60_000

/** What a failing seed prints: how to play it again, and the end of its story. */
async function storyOf(seed: number): Promise<string> {
  const { said } = await simulateHere(String(seed), '--trace')
  return [`All of it: npm run simulate -- ${seed} --trace`, ...said.split('\n').slice(-120)].join('\n')
}

test(
  `in ${SEEDS} times some months of runs, races, refusals and hand edits, nothing happens that may never happen`,
  async () => {
    const half = SEEDS / 2
    const halves = await Promise.all([simulateHere('1', String(half)), simulateHere(String(half + 1), String(SEEDS))])
    for (const { said } of halves) {
      const failing = firstFailing(said)
      expect(failing && (await storyOf(failing.seed))).toBeUndefined()
      expect(said).toMatch(new RegExp(`^${half} seeds, \\d{6,} runs, 0 failed`, 'm'))
    }
  },
  15 * MINUTES,
)
