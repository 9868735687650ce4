import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import type { Dice } from './dice.ts'
import { isAllThereIs } from './judge.ts'
import type { Months } from './months.ts'
import { kindsOfTrouble, type Secret, type WorldPat } from './world.ts'

/**
 * 5: once nothing is in the way any more, two clean daily runs (with force where a fallback stands) and the grace time
 * bring one live PAT, alive wherever it should be, and no orphans.
 */
export async function settle(months: Months, dice: Dice): Promise<void> {
  const { world, watch, scenario } = months
  const grace = scenario.setup.grace / DAY
  for (const trouble of kindsOfTrouble) world.troubles[trouble] = undefined
  world.tell('nothing is in the way any more')
  months.calm()
  // A stale copy makes it due once the live PAT is more than three days old.
  await runsAfter(months, dice, [1, 1, 3, 1, 1 + grace])
  judgePlaces(months, false)
  judgePats(months, false)
  world.now += 2 * HOUR
  await months.quietRun(dice, { force: true })
  const minted = await runsAfter(months, dice, [1, 1 + grace, 1], true)
  if (minted > 0) watch.fail('in the end the days after a renewal mint again')
  judgePlaces(months, true)
  judgePats(months, true)
}

/**
 * @param days how long each run comes after the one before
 * @param alone without the repository that has a slot of its own: its writes have a grace time too
 * @returns how many PATs were minted
 */
async function runsAfter(months: Months, dice: Dice, days: readonly number[], alone = false): Promise<number> {
  const { world, scenario } = months
  let minted = 0
  for (const pause of days) {
    world.now += pause * DAY - dice.whole(0, 10) * MINUTE
    const { mintsAsked } = await months.quietRun(dice)
    minted += mintsAsked
    if (months.saysFallback) await months.quietRun(dice, { force: true })
    if (!alone && scenario.ownSlot !== undefined) await months.ownSlotRun(dice, scenario.ownSlot)
  }
  return minted
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
    if (!own && staleCopies === 'remove' && isAllThereIs(world, 'hmcts', secret.place)) continue
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
    // What ends within the hour ended already by another clock.
    .filter((pat) => world.isAlive(pat) && pat.validTo > world.now + HOUR && pat.displayName.startsWith(start))
    .sort((a, b) => a.validFrom - b.validFrom)
  const live = alive.findLast(({ displayName }) => !/ (pending|fallback)$/.test(displayName))
  if (live === undefined) return watch.fail('in the end there is no live PAT')
  if (alive.at(-1) !== live) watch.fail(`in the end "${alive.at(-1)?.displayName ?? ''}" is newer than the live PAT`)
  const { vault } = world
  if (months.scenario.setup.vault !== undefined && vault?.pat !== live)
    watch.fail(`in the end the vault holds ${vault?.pat?.displayName ?? 'nothing'}`)
  const orphan = alive.find((pat) => pat !== live && !mayBeHeld(months, pat) && !waits(months, pat, live, strictly))
  if (orphan !== undefined) watch.fail(`in the end "${orphan.displayName}" is an orphan`)
}

/**
 * One minted less than an hour before its successor waits for the next renewal; and every write has its grace time, also
 * one that somebody else did.
 */
function waits(months: Months, pat: WorldPat, live: WorldPat, strictly: boolean): boolean {
  const { world, scenario } = months
  if (strictly) return false
  const recent = world.now - scenario.setup.grace - 2 * DAY
  return (
    pat.validFrom > live.validFrom - HOUR ||
    live.validFrom > recent ||
    months.secrets().some(({ slot, writtenAt }) => slot !== slotOf(months) && writtenAt > recent)
  )
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
