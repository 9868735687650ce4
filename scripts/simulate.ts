import { simulate } from '../__tests__/simulation/simulate.ts'
import { isStory, playStory } from '../__tests__/simulation/stories.ts'

/**
 * Plays seeds of the simulation: `node scripts/simulate.ts 1 1000000`, with a line a second, until the first one that fails
 * with `--first`; one seed with all that happens in it: `node scripts/simulate.ts 4711 --trace`. Or one of the stories that
 * are written down, by its name.
 */
Error.stackTraceLimit = 0
const numbers = process.argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number)
const trace = process.argv.includes('--trace')
const onlyFirst = process.argv.includes('--first')
const from = numbers[0] ?? 1
const to = numbers[1] ?? (trace || numbers.length === 1 ? from : 20_000)

const story = process.argv.slice(2).find(isStory)
if (story !== undefined) {
  const breach = await playStory(story, trace ? console.log : undefined)
  console.log(`story ${breach === undefined ? 'holds' : 'fails'}: ${breach ?? story}`)
  process.exit(breach === undefined ? 0 : 1)
}

let runs = 0
let failed = 0
const began = performance.now()
let told = began

function progress(seed: number): void {
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${seed - from + 1} seeds, ${runs} runs, ${failed} failed, ${Math.round((seed - from + 1) / seconds)} seeds/s`,
  )
}

for (let seed = from; seed <= to; seed += 1) {
  const result = await simulate(
    seed,
    trace
      ? (line) => {
          console.log(line)
        }
      : undefined,
  )
  runs += result.runs
  if (result.breach !== undefined) {
    failed += 1
    console.log(`seed ${seed}: ${result.breach}`)
    if (onlyFirst) break
  }
  if (performance.now() - told > 1000) {
    told = performance.now()
    progress(seed)
  }
}
progress(to)
process.exitCode = failed > 0 ? 1 : 0
