import { type Bug, bugs } from '../__tests__/simulation/bugs.ts'
import { breachIn, firstFailing, inCopyWithBug, simulateHere } from '../__tests__/simulation/with-bug.ts'

/**
 * Puts every bug of `__tests__/simulation/bugs.ts` back, one at a time in a copy of src/, and wants the simulation to notice
 * it by the seed or the story that is kept: `npm run simulate:bugs`. With `-- --find 20000`, the first seeds up to that one
 * that notice are looked for instead, for every bug, or for those whose words hold all the other arguments.
 */
const args = process.argv.slice(2)
const limit = args.includes('--find') ? (args.find((word) => /^\d+$/.test(word)) ?? '20000') : undefined
const words = args.filter((word) => !word.startsWith('--') && !/^\d+$/.test(word))

interface Verdict {
  readonly good: boolean
  readonly words: string
}

async function verdictOn(bug: Bug): Promise<Verdict> {
  const kept = String(bug.shownBy)
  const breach = breachIn((await inCopyWithBug(bug, (simulate) => simulate(kept))).said)
  if (breach === undefined)
    return { good: false, words: 'does not show it any more: renew it with `npm run simulate:bugs -- --find`' }
  const { exitCode } = await simulateHere(kept)
  return exitCode === 0
    ? { good: true, words: breach }
    : { good: false, words: 'fails without the bug as well: look at that first' }
}

async function firstSeed(bug: Bug, last: string): Promise<Verdict> {
  const { said } = await inCopyWithBug(bug, (simulate) => simulate('1', last, '--first'))
  const found = firstFailing(said)
  return found === undefined
    ? { good: typeof bug.shownBy === 'string', words: `no seed up to ${last} shows it` }
    : {
        good: typeof bug.shownBy === 'string' || found.seed === bug.shownBy,
        words: `seed ${found.seed} shows it: ${found.breach}`,
      }
}

for (const bug of bugs.filter(({ what }) => words.every((word) => what.includes(word)))) {
  const { good, words } = limit === undefined ? await verdictOn(bug) : await firstSeed(bug, limit)
  if (!good) process.exitCode = 1
  const kept = typeof bug.shownBy === 'number' ? `seed ${bug.shownBy}` : `"${bug.shownBy}"`
  console.log(`${good ? 'noticed' : 'LOOK   '} ${bug.what}\n        ${kept}: ${words}`)
}
