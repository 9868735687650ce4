import { expect, test } from '@jest/globals'
import { simulate } from '../../__tests__/simulation/simulate.ts'

const SEEDS = 20

test(`the months of ${SEEDS} seeds`, async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { breach } = await simulate(seed)
    expect({ seed, breach }).toEqual({ seed, breach: undefined })
  }
})
