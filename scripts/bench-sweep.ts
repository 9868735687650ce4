import { writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { heapOfSweep } from './sweep/heap.ts'
import { byAPlainLoop, byTheAction, type Measured } from './sweep/measure.ts'
import { pageOf } from './sweep/page.ts'
import { pictureOf } from './sweep/picture.ts'
import { realSweep } from './sweep/real.ts'

/**
 * How fast the secrets of many repositories are written, against the emulator with GitHub's documented limits enforced and
 * in time that passes only by waiting. `--real`: 300 repositories through the bundle instead, in real time.
 */
const MEGABYTE = 1024 * 1024
const KILOBYTE = 1024
/** The goals. */
const LEAST_SHARE = 0.9
const MOST_POINTS = 7
/** The list of repositories and its pages cost a point a hundred, and a run some for the organization. */
const POINTS_BESIDE = 0.05
const MOST_HEAP_A_REPOSITORY = 4 * KILOBYTE

export interface Figures {
  readonly action: readonly Measured[]
  readonly loop: readonly Measured[]
  /** Bytes, by the number of repositories. */
  readonly heap: readonly (readonly [repositories: number, bytes: number])[]
}

if (process.argv.includes('--real')) {
  tell('300 repositories through the bundle, in real time', await realSweep(300))
} else {
  const figures = await measureAll([300, 2000])
  writeFileSync('docs/sweep.svg', pictureOf(figures))
  const page = await format(pageOf(figures), { ...(await resolveConfig('docs/sweep.md')), parser: 'markdown' })
  writeFileSync('docs/sweep.md', page)
  console.log('docs/sweep.svg and docs/sweep.md are written.')
}

async function measureAll(counts: readonly number[]): Promise<Figures> {
  const [action, loop]: [Measured[], Measured[]] = [[], []]
  for (const count of counts) {
    action.push(tell(`The action, ${count} repositories`, await byTheAction(count)))
    loop.push(tell(`A plain loop of one write a second, ${count} repositories`, await byAPlainLoop(count), false))
  }
  // What is loaded and compiled once is not to count.
  await heapOfSweep(50)
  const heap: [number, number][] = []
  for (const count of counts) heap.push([count, await heapOfSweep(count)])
  for (const [count, bytes] of heap)
    console.log(`Heap of ${count} repositories, after garbage collection: ${(bytes / MEGABYTE).toFixed(2)} MB`)
  const [[few, small] = [0, 0], [many, large] = [1, 0]] = heap
  const each = (large - small) / (many - few)
  check(`Heap a repository: ${(each / KILOBYTE).toFixed(2)} KB`, each <= MOST_HEAP_A_REPOSITORY, 'at most 4 KB')
  return { action, loop, heap }
}

function tell(what: string, figures: Measured, goals = true): Measured {
  const { repositories, took, points, share, mostInAMinute, limitsMet } = figures
  const minutes = took / 60_000
  console.log(`${what}: ${minutes.toFixed(1)} min`)
  console.log(
    `  ${(repositories / minutes).toFixed(0)} repositories and ${(points / minutes).toFixed(0)} points a minute`,
  )
  const each = points / repositories
  check(`  ${each.toFixed(2)} points a repository`, !goals || each <= MOST_POINTS + POINTS_BESIDE, 'at most 7')
  const used = `  ${(share * 100).toFixed(1)} % of 900 points a minute in use after the first minute`
  check(used, !goals || share >= LEAST_SHARE, 'at least 90 %')
  check(`  ${mostInAMinute} points in the fullest minute`, mostInAMinute <= 900, 'at most 900')
  check(`  ${limitsMet} limits met`, limitsMet === 0, 'none')
  return figures
}

function check(line: string, good: boolean, goal: string): void {
  if (!good) process.exitCode = 1
  console.log(good ? line : `${line} (goal: ${goal}, MISSED)`)
}
