import { DAY, HOUR } from '../../src/clock.ts'
import { organizationPlaces, repositoryPlaces } from '../../src/operations/steps/places.ts'
import type { Conclusion } from '../../src/operations/steps/conclude.ts'
import type { Place } from '../../src/place.ts'
import type { Actor } from './actor.ts'
import { repositoryIds } from './github.ts'
import type { Watch } from './watch.ts'
import { keyOf, type Secret, secretInWords, type World, type WorldPat } from './world.ts'

/** 4: a run that should have renewed and did not, exits 1; one that renewed exits 0. */
export function judgeOutcome(world: World, watch: Watch, actor: Actor, { outcome, reason }: Conclusion): void {
  const { inputs, name } = actor
  if (inputs.operation !== 'renew') return
  const written = (place: Place): boolean =>
    actor.minted !== undefined && actor.acknowledged.get(keyOf(place)) === actor.minted
  const organization = organizationPlaces(inputs)
  const repositories = repositoryPlaces(inputs)
  const serves = (place: Place): boolean =>
    written(place) || holdsSomethingAlive(world, place) || (world.removedByHand.get(keyOf(place)) ?? 0) >= actor.began
  const forgotten = actor.lostPats.find(({ revokedBy }) => revokedBy === undefined)
  const couldRevoke = actor.misfortunes === 1 && !actor.cancel.signal.aborted && world.troubles.bot === undefined
  if (forgotten !== undefined && couldRevoke)
    watch.fail(`${name} lost the answer, and leaves "${forgotten.displayName}"`)
  if (outcome === 'not-due') judgeVault(world, watch, actor)
  if (outcome === 'not-due' || outcome === 'planned') {
    if (actor.mintsAsked > 0) watch.fail(`${name} minted, and says ${outcome}`)
    if (outcome === 'not-due' && actor.currentPat === 'refused' && !isReportedCopy(world, actor))
      watch.fail(`the feed refused current-pat, and ${name} says not-due`)
    return
  }
  if (outcome === 'renewed') {
    if (actor.minted === undefined) return watch.fail(`${name} says renewed and minted nothing`)
    const missed = organization.find(
      (place) =>
        !written(place) &&
        !repositories.filter(({ store, name: same }) => store === place.store && same === place.name).every(serves),
    )
    if (missed !== undefined) watch.fail(`${name} says renewed, but ${keyOf(missed)} was not written`)
    const lagging = inputs.target === 'repositories' ? repositories.find((place) => !serves(place)) : undefined
    if (lagging !== undefined) watch.fail(`${name} says renewed, but ${keyOf(lagging)} was not written`)
    return
  }
  const tooFar = fallbackIsNewest(world, actor)
    ? undefined
    : [...actor.extended].find(([pat, end]) => !isNearEnd(actor, { ...pat, validTo: end }, world))?.[0]
  if (tooFar !== undefined) watch.fail(`${name} failed, and extended "${tooFar.displayName}" so far that it is not due`)
  const places = inputs.target === 'organization' ? organization : repositories
  if (places.every(written)) watch.fail(`${name} wrote every place, and says ${outcome}: ${reason}`)
  const troubled = Object.values(world.troubles).some((trouble) => trouble !== undefined)
  if (isUndisturbed(actor) && !troubled)
    watch.fail(`nothing is in the way of ${name}, and it says ${outcome}: ${reason}`)
}

function isUndisturbed({ fate, misfortunes }: Actor): boolean {
  return fate.quiet && misfortunes === 0
}

/** The job sees a copy of its own repository, which is only to be reported; the organization secret holds something else. */
function isReportedCopy(world: World, { inputs }: Actor): boolean {
  const [organization] = organizationPlaces(inputs)
  const secret = organization && world.secret(organization)
  return inputs.staleCopies === 'report' && secret?.text !== inputs.currentPat
}

/** While a fallback stands, the organization secret's PAT is extended by its whole life. */
function fallbackIsNewest(world: World, { slot }: Actor): boolean {
  return newestDelivered(world, slot)?.displayName.endsWith(' fallback') === true
}

/** A vault whose tag names another PAT than the one delivered last makes the renewal due, until a second one missed it. */
function judgeVault({ vault, pats, now }: World, watch: Watch, actor: Actor): void {
  const { inputs, slot, name, currentPat } = actor
  if (inputs.vault === undefined || !isUndisturbed(actor)) return
  if (inputs.target === 'repositories' && currentPat === 'accepted') return
  const delivered = pats.filter((pat) => isDelivered(pat, slot) && pat.revokedBy === undefined)
  const newest = delivered.at(-1)
  if (newest === undefined || newest.displayName.endsWith(' fallback')) return
  if (vault?.holds === newest.authorizationId || isSecondMiss(vault?.writtenAt, newest, pats, slot, now)) return
  watch.fail(`${name} says not-due, but the vault lags behind`)
}

/** The PAT is young, and one of the days before it, but not of the same race, was delivered and is not what the vault was written with last. */
function isSecondMiss(
  written: number | undefined,
  newest: WorldPat,
  pats: readonly WorldPat[],
  slot: string,
  now: number,
): boolean {
  if (now > newest.validFrom + 3 * DAY + HOUR) return false
  return pats.some(
    (pat) =>
      isDelivered(pat, slot) &&
      pat.validFrom <= newest.validFrom - HOUR &&
      pat.validFrom >= newest.validFrom - 4.5 * DAY &&
      (written ?? 0) < pat.validFrom,
  )
}

/** The next run finds it due: within `renew-before-days` or a third of its life, an hour for clocks that differ. */
function isNearEnd({ inputs }: Actor, pat: WorldPat, world: World): boolean {
  const margin = Math.min(inputs.renewBeforeDays * DAY, (pat.validTo - pat.validFrom) / 3)
  return pat.validTo - margin <= world.now + HOUR
}

function holdsSomethingAlive(world: World, place: Place): boolean {
  const secret = world.secret(place)
  if (secret === undefined) return false
  return secret.byHand || secret.pat?.revokedBy === 'person' || (secret.pat !== undefined && world.isAlive(secret.pat))
}

/** How long a trouble may be over and still excuse that a PAT died of it. */
const AFTERMATH = 12 * DAY

/** What a place holds stays alive while the bot can sign in and runs happen daily. */
export function judgeDeaths(world: World, watch: Watch, actor: Actor): void {
  if (actor.inputs.vault !== undefined) judgeVaultDeath(world, watch, actor)
  const now = world.azureDevOpsTime()
  for (const secret of world.secrets.values()) {
    if (!diedByItself(secret, now) || secret.slot !== actor.slot || watch.excused.has(secret.pat)) continue
    if (!isKept(world, actor, secret)) continue
    if (!isExcused(world, actor, secret)) watch.fail(`${secretInWords(secret)}, which has ended`)
    watch.excused.add(secret.pat)
  }
}

/** A copy that a stopped run left stale is refreshed once the live PAT is more than three days old, by the next day's run. */
const PATIENCE = 5

/**
 * The places of the slot are kept alive; copies are refreshed, or removed, before they die, unless they are only to be
 * reported, or the PAT is renewed so late that there is no time; what those of the fallback that is the newest delivered
 * PAT hold is kept alive, too.
 */
function isKept(world: World, { inputs, slot }: Actor, { place, pat }: Secret): boolean {
  const { target, staleCopies, renewBeforeDays } = inputs
  if ((place.home.kind === 'organization') === (target === 'organization')) return true
  if (target === 'repositories') return false
  return (staleCopies !== 'report' && renewBeforeDays > PATIENCE) || isOfFallback(world, slot, pat)
}

function isExcused(world: World, { inputs, slot }: Actor, secret: Secret): boolean {
  if (recently(world, 'bot') || policyLeavesNoRoom(world, secret)) return true
  if (inputs.staleCopies === 'remove' && isAllThereIs(world, inputs.organization, secret.place)) return true
  if (secret.place.home.kind === 'organization') return false
  if (recently(world, 'repository')) return true
  // Nothing can be renewed, so no copy is refreshed. What those of a fallback hold is extended all the same.
  const isCopy = inputs.target === 'organization' && !isOfFallback(world, slot, secret.pat)
  return isCopy && (recently(world, 'organization') || recently(world, 'feed') || isKilledTooOften(world))
}

/** A copy whose repository would see no organization secret without it: it is not removed, and nobody refreshes it. */
export function isAllThereIs(world: World, organization: string, { home, store, name, form }: Place): boolean {
  if (home.kind !== 'repository') return false
  const access = world.secret({ home: { kind: 'organization', organization }, store, name, form })?.access
  if (access === undefined) return true
  return access.visibility === 'selected' && !access.selected.includes(repositoryIds[home.repository] ?? 0)
}

function isOfFallback(world: World, slot: string, pat: WorldPat | undefined): boolean {
  const newest = newestDelivered(world, slot)
  return newest === pat && newest?.displayName.endsWith(' fallback') === true
}

/**
 * What the vault holds stays alive too, unless somebody put it there by hand. Where it lags behind, since its write was lost,
 * it waits for a renewal; while a fallback stands, for that of the fallback.
 */
function judgeVaultDeath(world: World, watch: Watch, actor: Actor): void {
  const pat = world.vault?.byHand === false ? world.vault.pat : undefined
  if (pat === undefined || watch.excused.has(pat)) return
  if (pat.revokedBy !== undefined || pat.validTo > world.azureDevOpsTime()) return
  const waits =
    pat !== newestDelivered(world, actor.slot) &&
    (['organization', 'repository', 'feed'] as const).some((one) => recently(world, one))
  const excuse =
    waits ||
    fallbackIsNewest(world, actor) ||
    recently(world, 'bot') ||
    recently(world, 'vault') ||
    world.lastTrouble.longestLife >= pat.validFrom
  if (!excuse) watch.fail(`the vault holds "${pat.displayName}", which has ended`)
}

function newestDelivered({ pats }: World, slot: string): WorldPat | undefined {
  return pats.findLast((pat) => isDelivered(pat, slot))
}

function isDelivered({ displayName }: WorldPat, slot: string): boolean {
  return displayName.includes(` [${slot}] 2`) && !displayName.endsWith(' pending')
}

function diedByItself({ pat, byHand }: Secret, now: number): boolean {
  return pat !== undefined && !byHand && pat.revokedBy === undefined && pat.validTo <= now
}

/** A stale copy is refreshed three days later, and so on: who kills each of those runs, the last try too, leaves no time for another. */
function isKilledTooOften({ kills, now }: World): boolean {
  return kills.filter((at) => at > now - AFTERMATH).length >= 3 && kills.some((at) => at > now - 2 * DAY)
}

function recently({ lastTrouble, now }: World, trouble: keyof World['lastTrouble']): boolean {
  return lastTrouble[trouble] > now - AFTERMATH
}

function policyLeavesNoRoom({ lastTrouble }: World, { pat }: Secret): boolean {
  return pat !== undefined && lastTrouble.longestLife >= pat.validFrom
}
