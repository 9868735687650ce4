import { DAY, HOUR } from '../../src/clock.ts'
import { organizationPlaces, repositoryPlaces } from '../../src/operations/steps/places.ts'
import type { Conclusion } from '../../src/operations/steps/conclude.ts'
import type { Place } from '../../src/place.ts'
import type { Actor } from './actor.ts'
import type { Watch } from './watch.ts'
import { keyOf, type Secret, secretInWords, type World, type WorldPat } from './world.ts'

/** 4: a run that should have renewed and did not, exits 1; one that renewed exits 0. */
export function judgeOutcome(world: World, watch: Watch, actor: Actor, { outcome, reason }: Conclusion): void {
  const { inputs, name } = actor
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
    : actor.extended.find((pat) => !isNearEnd(actor, pat, world))
  if (tooFar !== undefined) watch.fail(`${name} failed, and extended "${tooFar.displayName}" so far that it is not due`)
  const places = inputs.target === 'organization' ? organization : repositories
  if (places.every(written)) watch.fail(`${name} wrote every place, and says ${outcome}: ${reason}`)
  const troubled = Object.values(world.troubles).some((trouble) => trouble !== undefined)
  if (actor.fate.quiet && !troubled) watch.fail(`nothing is in the way of ${name}, and it says ${outcome}: ${reason}`)
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

/** A vault whose tag names another PAT than the one delivered last makes the renewal due. */
function judgeVault({ vault, pats }: World, watch: Watch, { inputs, fate, slot, name, currentPat }: Actor): void {
  if (inputs.vault === undefined || !fate.quiet) return
  if (inputs.target === 'repositories' && currentPat === 'accepted') return
  const delivered = pats.filter((pat) => isDelivered(pat, slot) && pat.revokedBy === undefined)
  const newest = delivered.at(-1)
  if (newest === undefined || newest.displayName.endsWith(' fallback')) return
  if (vault?.holds !== newest.authorizationId) watch.fail(`${name} says not-due, but the vault lags behind`)
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
  const { inputs } = actor
  if (inputs.vault !== undefined) judgeVaultDeath(world, watch, actor)
  const places = inputs.target === 'organization' ? organizationPlaces(inputs) : repositoryPlaces(inputs)
  for (const place of [...places, ...placesOfFallback(world, actor)]) {
    const secret = world.secret(place)
    if (secret === undefined || !diedByItself(world, secret) || secret.slot !== actor.slot) continue
    if (watch.excused.has(secret.pat)) continue
    const excuse =
      recently(world, 'bot') ||
      policyLeavesNoRoom(world, secret) ||
      (place.home.kind === 'repository' && recently(world, 'repository'))
    if (!excuse) watch.fail(`${secretInWords(secret)}, which has ended`)
    watch.excused.add(secret.pat)
  }
}

/** What the vault holds stays alive too, unless somebody put it there by hand; while a fallback stands, it may lag behind. */
function judgeVaultDeath(world: World, watch: Watch, actor: Actor): void {
  const pat = world.vault?.byHand === false ? world.vault.pat : undefined
  if (pat === undefined || watch.excused.has(pat)) return
  if (pat.revokedBy !== undefined || pat.validTo > world.azureDevOpsTime()) return
  if (fallbackIsNewest(world, actor)) watch.excused.add(pat)
  const excuse = recently(world, 'bot') || recently(world, 'vault') || world.lastTrouble.longestLife >= pat.validFrom
  if (!excuse && !watch.excused.has(pat)) watch.fail(`the vault holds "${pat.displayName}", which has ended`)
}

/** The copies of the fallback that is the newest delivered PAT: what they hold is kept alive, too. */
function placesOfFallback(world: World, { inputs, slot }: Actor): readonly Place[] {
  if (inputs.target === 'repositories') return []
  const newest = newestDelivered(world, slot)
  if (newest?.displayName.endsWith(' fallback') !== true) return []
  return repositoryPlaces(inputs).filter((place) => world.secret(place)?.pat === newest)
}

function newestDelivered({ pats }: World, slot: string): WorldPat | undefined {
  return pats.findLast((pat) => isDelivered(pat, slot))
}

function isDelivered({ displayName }: WorldPat, slot: string): boolean {
  return displayName.includes(` [${slot}] 2`) && !displayName.endsWith(' pending')
}

function diedByItself(world: World, { pat, byHand }: Secret): boolean {
  return pat !== undefined && !byHand && pat.revokedBy === undefined && pat.validTo <= world.azureDevOpsTime()
}

function recently({ lastTrouble, now }: World, trouble: keyof World['lastTrouble']): boolean {
  return lastTrouble[trouble] > now - AFTERMATH
}

function policyLeavesNoRoom({ lastTrouble }: World, { pat }: Secret): boolean {
  return pat !== undefined && lastTrouble.longestLife >= pat.validFrom
}
