import { actProgram, type ActRun, type ActWorld, runAct, startActWorld } from '../__tests__/act/act-world.ts'
import { planRefusals } from '../__tests__/act/plan-refusals.ts'
import { scenes, type Scene } from '../__tests__/act/scenes.ts'
import { shardLists } from '../__tests__/act/shard-lists.ts'

/**
 * Runs the workflows under act (https://nektosact.com) against the emulated services: those of `examples/`, the reusable
 * one, and the job of ci.yml that uses the action from its checkout. `npm run test:act -- <a part of a title>` runs some.
 */
const counts = { passed: 0, failed: 0, skipped: 0 }
const [wanted = ''] = process.argv.slice(2)

if (actProgram() === undefined) {
  console.log('skipped: there is no act (on the PATH, or named by the variable ACT)')
  counts.skipped += scenes.length
} else {
  // Two at a time, the longest first: most of the time they wait, as a renewal does between two writes.
  const waiting = scenes.filter(({ title }) => title.includes(wanted)).reverse()
  await Promise.all([1, 2].map(() => playFrom(waiting)))
}
for (const { right, wrong, skipped } of [await planRefusals(), await shardLists()]) {
  for (const complaint of wrong) console.log(`not ok: ${complaint}`)
  counts.passed += right
  counts.failed += wrong.length
  counts.skipped += skipped
}

const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
process.exitCode = counts.failed === 0 ? 0 : 1

async function playFrom(waiting: Scene[]): Promise<void> {
  for (let scene = waiting.shift(); scene !== undefined; scene = waiting.shift()) await play(scene)
}

async function play({ title, prepare, steps }: Scene): Promise<void> {
  const world = await startActWorld()
  const began = performance.now()
  try {
    prepare(world)
    let wrong: readonly string[] = []
    for (const { run, check } of steps) {
      const [workflow, options] = await run(world)
      const ran = await runAct(world, workflow, options)
      wrong = [...check(world, ran), ...leaks(world, ran), ...strangers(world)]
      if (wrong.length > 0) {
        console.log(ran.log)
        break
      }
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    if (wrong.length === 0) counts.passed += 1
    else counts.failed += 1
    console.log(`${wrong.length === 0 ? 'ok' : 'not ok'}: ${title} (${seconds} s)`)
    for (const complaint of wrong) console.log(`  ${complaint}`)
  } finally {
    await world.close()
  }
}

/** act shows a line before it hides what that line says to mask; everything else must be hidden. */
function leaks({ ado, entra }: ActWorld, { log }: ActRun): readonly string[] {
  const shown = log.replace(/^.*::add-mask::.*$/gm, '')
  const values = [...ado.pats.map(({ token }) => token), ...entra.refreshTokens.map(({ value }) => value)]
  return values.some((value) => shown.includes(value)) ? ['the log shows a PAT or a refresh token'] : []
}

/** All but act's own question for notices of its makers, which no switch of it turns off. */
function strangers({ emulator }: ActWorld): readonly string[] {
  const unknown = emulator.unknown.filter((request) => request !== 'CONNECT api.nektosact.com:443')
  return unknown.map((request) => `a request that no service knows: ${request}`)
}
