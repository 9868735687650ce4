import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
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

/** Seeds in a process of their own, where nothing of Jest slows them down: the same code, at twice the speed. */
async function played(from: number, to: number): Promise<string> {
  const script = fileURLToPath(new URL('../../scripts/simulate.ts', import.meta.url))
  const child = spawn(process.execPath, [script, String(from), String(to)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  return said
}

async function firstFailing(said: string): Promise<string | undefined> {
  const seed = /^seed (\d+): /m.exec(said)?.[1]
  return seed === undefined ? undefined : withoutStacks(() => storyOf(Number(seed)))
}

test.each(keptSeeds)('seed %i: %s', async (seed) => {
  const { breach } = await withoutStacks(() => simulate(seed))
  expect(breach === undefined ? undefined : await withoutStacks(() => storyOf(seed))).toBeUndefined()
})

test(
  `in ${SEEDS} times some months of runs, races, refusals and hand edits, nothing happens that may never happen`,
  async () => {
    const half = SEEDS / 2
    const halves = await Promise.all([played(1, half), played(half + 1, SEEDS)])
    for (const said of halves) {
      expect(await firstFailing(said)).toBeUndefined()
      expect(said).toMatch(new RegExp(`^${half} seeds, \\d{6,} runs, 0 failed`, 'm'))
    }
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
