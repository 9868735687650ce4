import { DAY, MINUTE } from '../../src/clock.ts'
import { Dice } from './dice.ts'
import { meddleWithVault } from './key-vault.ts'
import { meddle } from './people.ts'
import { Months } from './months.ts'
import { settle } from './settle.ts'
import { Breach } from './world.ts'

export interface Told {
  readonly seed: number
  /** What happened that may never happen. */
  readonly breach: string | undefined
  readonly runs: number
  readonly days: number
}

/** Plays the months of one seed, always the same. */
export async function simulate(seed: number, tell?: (line: string) => void): Promise<Told> {
  const months = new Months(seed, tell)
  const told = { seed, days: months.scenario.days }
  try {
    await play(months, seed)
    await settle(months, new Dice(seed, -1))
    return { ...told, runs: months.runs, breach: undefined }
  } catch (error) {
    if (!(error instanceof Breach)) throw error
    return { ...told, runs: months.runs, breach: error.message }
  }
}

async function play(months: Months, seed: number): Promise<void> {
  const { scenario, world } = months
  const eventful = eventfulDays(months)
  for (let day = 0; day < scenario.days; day += 1) {
    const dice = new Dice(seed, day)
    world.now = Math.max(world.now, scenario.clocks.began + day * DAY + dice.whole(0, 30) * MINUTE)
    troubleOf(months, day)
    if (eventful.has(day)) months.disturb()
    if (scenario.meddled.has(day)) meddle(world, dice, scenario.setup)
    if (scenario.vaultMeddled.has(day)) meddleWithVault(world, new Dice(seed, -4, day))
    months.judgeStep()
    if (scenario.crowded.has(day)) {
      await months.crowd(day, dice)
      continue
    }
    const mended = months.saysFallback && world.troubles.organization === undefined && dice.chance(0.4)
    const actor = await months.quietRun(dice, { force: mended })
    if (scenario.ownSlot !== undefined && day % 5 === 0) await months.ownSlotRun(dice, scenario.ownSlot)
    if (actor.minted === undefined) day = skipped(months, day, eventful)
  }
}

/** Days at which something begins, ends or happens. */
function eventfulDays({ scenario }: Months): ReadonlySet<number> {
  const { crowded, meddled, vaultMeddled } = scenario
  return new Set([...crowded, ...meddled, ...vaultMeddled, ...scenario.spells.flatMap(({ from, to }) => [from, to])])
}

/** Where nothing is near its end and nothing happens, some days pass without a run, as GitHub's schedule drops some. */
function skipped(months: Months, day: number, eventful: ReadonlySet<number>): number {
  const { world, scenario } = months
  if (world.troubles.bot ?? world.troubles.feed ?? world.troubles.vault ?? world.troubles.longestLife) return day
  const margin = scenario.setup.renewBeforeDays + 2
  const { vault } = world
  const held = [...months.secrets(), ...(vault === undefined ? [] : [vault])]
  const ends = held.map(({ pat }) => (pat === undefined ? -Infinity : pat.validTo))
  const room = Math.floor((Math.min(...ends, world.now + 30 * DAY) - world.now) / DAY) - margin
  let next = day
  for (let left = Math.min(room, 10); left > 0 && !eventful.has(next + 1); left -= 1) next += 1
  return next
}

/** Troubles begin and end. */
function troubleOf({ scenario, world }: Months, day: number): void {
  world.noteTroubles()
  for (const { from, to, trouble } of scenario.spells) {
    if (day >= to) world.end(trouble)
    else if (day >= from) world.begin(trouble)
  }
  world.noteTroubles()
}
