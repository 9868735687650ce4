import { expect, test } from '@jest/globals'
import { keptSeeds } from './seeds.ts'
import { simulate } from './simulate.ts'

const SEEDS = 20_000
const MINUTES = 60_000

/** What a failing seed prints: how to play it again, and the end of its story. */
async function storyOf(seed: number): Promise<string> {
  const story: string[] = []
  const { breach } = await simulate(seed, (line) => story.push(line))
  return [
    `Seed ${seed}: ${breach ?? 'holds when it is played again'}`,
    `All of it: node scripts/simulate.ts ${seed} --trace`,
    ...story.slice(-120),
  ].join('\n')
}

/** Failures are made by the hundred thousand here, and nobody looks at where. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return await work()
  } finally {
    Error.stackTraceLimit = before
  }
}

async function firstFailing(seeds: Iterable<number>): Promise<string | undefined> {
  for (const seed of seeds) {
    if (seed % 500 === 0) await new Promise(setImmediate)
    const { breach } = await simulate(seed)
    if (breach !== undefined) return storyOf(seed)
  }
  return undefined
}

function* upTo(last: number): Iterable<number> {
  for (let seed = 1; seed <= last; seed += 1) yield seed
}

test.each(keptSeeds)('seed %i: %s', async (seed) => {
  expect(await withoutStacks(() => firstFailing([seed]))).toBeUndefined()
})

test(
  `in ${SEEDS} times some months of runs, races, refusals and hand edits, nothing happens that may never happen`,
  async () => {
    expect(await withoutStacks(() => firstFailing(upTo(SEEDS)))).toBeUndefined()
  },
  10 * MINUTES,
)

test('a seed plays the same again, to the letter', async () => {
  const play = async (): Promise<readonly string[]> => {
    const story: string[] = []
    await simulate(4711, (line) => story.push(line))
    return story
  }
  const [once, again] = [await play(), await play()]
  expect(once.length).toBeGreaterThan(100)
  expect(again).toEqual(once)
})
