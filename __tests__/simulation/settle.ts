import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import type { Dice } from './dice.ts'
import type { Months } from './months.ts'
import type { Secret, WorldPat } from './world.ts'

/**
 * 5: once nothing is in the way any more, two clean daily runs (with force where a fallback stands) and the grace time
 * bring one live PAT, alive wherever it should be, and no orphans.
 */
export async function settle(months: Months, dice: Dice): Promise<void> {
  const { world, scenario } = months
  Object.assign(world.troubles, { organization: undefined, repository: undefined, bot: undefined, longestLife: undefined })
  world.tell('nothing is in the way any more')
  await daily(months, dice, 2 + scenario.setup.grace / DAY + 5)
  judgePlaces(months, false)
  judgePats(months, false)
  world.now += 2 * HOUR
  await months.quietRun(1, dice, { force: true })
  await daily(months, dice, 2 + scenario.setup.grace / DAY)
  judgePlaces(months, true)
  judgePats(months, true)
}

async function daily(months: Months, dice: Dice, days: number): Promise<void> {
  const { world } = months
  for (let day = 0; day < days; day += 1) {
    world.now += DAY - dice.whole(0, 10) * MINUTE
    await months.quietRun(day, dice)
    if (months.saysFallback) await months.quietRun(day, dice, { force: true })
    if (months.scenario.ownSlot !== undefined)
      await months.quietRun(day, dice, { currentPat: months.currentPat(months.scenario.ownSlot) }, months.scenario.ownSlot)
  }
}

function slotOf({ scenario: { setup } }: Months): string {
  return setup.target === 'organization' ? 'hmcts' : setup.thisRepository
}

/** @param strictly after a forced renewal, which replaces what people wrote to the places of the slot */
function judgePlaces(months: Months, strictly: boolean): void {
  const { world, watch, scenario } = months
  const { target, staleCopies } = scenario.setup
  for (const secret of months.secrets()) {
    if (secret.pat !== undefined && world.isAlive(secret.pat)) continue
    const own = target === 'repositories' || secret.place.home.kind === 'organization'
    if (!own && (staleCopies === 'report' || secret.byHand || secret.pat?.revokedBy === 'person')) continue
    if (!strictly && (secret.byHand || secret.pat?.revokedBy === 'person')) continue
    watch.fail(`in the end ${words(secret)}, which is not alive`)
  }
}

function words({ place, pat }: Secret): string {
  const home = place.home.kind === 'organization' ? place.home.organization : place.home.repository
  return `${place.name} of ${home} (${place.store}) holds ${pat?.displayName ?? 'no PAT'}`
}

function judgePats(months: Months, strictly: boolean): void {
  const { world, watch } = months
  const start = `AZURE_DEVOPS_ARTIFACT_TOKEN [${slotOf(months)}] 2`
  const alive = world.pats
    .filter((pat) => world.isAlive(pat) && pat.displayName.startsWith(start))
    .sort((a, b) => a.validFrom - b.validFrom)
  const live = alive.findLast(({ displayName }) => !/ (pending|fallback)$/.test(displayName))
  if (live === undefined) return watch.fail('in the end there is no live PAT')
  if (alive.at(-1) !== live) watch.fail(`in the end "${alive.at(-1)?.displayName ?? ''}" is newer than the live PAT`)
  const orphan = alive.find((pat) => pat !== live && !mayBeHeld(months, pat) && !waits(months, pat, live, strictly))
  if (orphan !== undefined) watch.fail(`in the end "${orphan.displayName}" is an orphan`)
}

/** One minted less than an hour before its successor waits for the next renewal; and a renewal has its grace time. */
function waits({ world, scenario }: Months, pat: WorldPat, live: WorldPat, strictly: boolean): boolean {
  if (strictly) return false
  return pat.validFrom > live.validFrom - HOUR || live.validFrom > world.now - scenario.setup.grace - 2 * DAY
}

function mayBeHeld(months: Months, pat: WorldPat): boolean {
  return months
    .secrets()
    .some(
      ({ place, writtenAt }) =>
        place.home.kind === 'repository' &&
        writtenAt >= pat.validFrom - 15 * MINUTE &&
        writtenAt <= pat.validFrom + HOUR,
    )
}
