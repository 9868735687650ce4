import { iso, momentInWords } from '../../clock.ts'
import { placeInWords, type RepositoryName } from '../../place.ts'
import { workflowInWords } from '../../afterwards-inputs.ts'
import { staleCopies } from '../../renewal/copies.ts'
import { type Decision, type Due, placesToReach } from '../../renewal/due.ts'
import type { Pat } from '../../pat.ts'
import { endAfterFailure, isNearEnd } from '../../renewal/lifetimes.ts'
import { standingOf } from '../../renewal/slot-standing.ts'
import { retiresAt, supersededPats } from '../../renewal/superseded.ts'
import type { Inputs } from '../../inputs.ts'
import type { Run } from '../run.ts'
import { heldPats } from './leave-in-order.ts'
import { endOfFullLife } from './mint.ts'
import { inShort, repositoriesOf, slotOf } from './places.ts'
import { extensionInWords } from './plan-extension.ts'
import { type Preflight, slotReading } from './preflight.ts'
import { isSweep } from './sweep.ts'

/**
 * What a real run would do, a line each. Reads nothing and writes nothing.
 * @param inVain whether it would fail before it mints, for what preflight found refused
 */
export function planOf(run: Run, before: Preflight, decision: Decision, inVain: boolean): readonly string[] {
  return [...steps(run, before, decision, inVain), ...notices(run, before, decision)]
}

function steps(run: Run, before: Preflight, decision: Decision, inVain: boolean): readonly string[] {
  if (!decision.due) return whenNotDue(run, before)
  return inVain ? whenInVain(run, before, decision) : whenDue(run, before, decision)
}

function whenDue(run: Run, before: Preflight, { reach }: Due): readonly string[] {
  const { inputs } = run
  const slot = slotOf(inputs)
  const feed = inputs.feed.feed ?? `the feeds of ${inputs.feed.organization}`
  const refused = before.organization.flatMap(({ kind, store }) => (kind === 'refused' ? [store] : []))
  const fallsBack = refused.length > 0
  const readBack = refused.length === before.organization.length && fallsBack ? '' : ', and read the secrets back'
  const tidied = before.copies.filter(({ place }) => !refused.includes(place.store))
  return [
    `Mint a PAT "${slot.patName} [${slot.owner}] ${iso(run.clock.now())} pending" with the scope ${inputs.scopes.join(' ')}, which ends ${momentInWords(endOfFullLife(run))} unless a policy limits its life.`,
    `Prove it against ${feed}.`,
    ...writes(run, before, reach),
    `Mark it ${fallsBack ? 'a fallback' : 'delivered'}${readBack}.`,
    ...(before.vault === undefined ? [] : [`Copy it to the ${placeInWords(before.vault.place)}.`]),
    ...(fallsBack ? keptAlive(run, before) : []),
    ...copies(run, { ...before, copies: tidied }, `would be dealt with (stale-copies: ${inputs.staleCopies})`),
    ...verification(inputs),
    // While a fallback is the newest, nothing is superseded.
    ...(fallsBack
      ? []
      : [`Retire what is superseded once every place has held the new PAT for ${inputs.grace / 3_600_000} h.`]),
  ]
}

function writes(run: Run, before: Preflight, reach: Due['reach']): readonly string[] {
  if (run.inputs.target === 'repositories') {
    const places = placesToReach(slotReading(run, before), before.copies, reach).map(({ place }) => place)
    return isSweep(places.length)
      ? [`Write ${places.length} secrets of repositories: ${inShort(repositoriesOf(places))}.`]
      : places.map((place) => `Write ${placeInWords(place)}.`)
  }
  const written = before.organization.flatMap((store) => (store.kind === 'readable' ? store.secrets : []))
  return [
    ...written.map(({ place, metadata }) =>
      metadata === undefined
        ? `Create ${placeInWords(place)} with the visibility ${run.inputs.visibility}.`
        : `Write ${placeInWords(place)}; its visibility (${metadata.visibility ?? 'unknown'}) and repositories stay.`,
    ),
    ...refusals(before, `fall back to ${inShort(servedBy(before))}`),
  ]
}

function refusals({ organization }: Preflight, instead: string): readonly string[] {
  return organization.flatMap((store) =>
    store.kind === 'refused'
      ? [
          `Not write the ${store.store} secrets of the organization, which GitHub refuses, and ${instead}. ${store.failure.message}`,
        ]
      : [],
  )
}

function servedBy({ copies: read, unreadable }: Preflight): readonly RepositoryName[] {
  return repositoriesOf([...read.map(({ place }) => place), ...unreadable])
}

/** Nothing is minted, and what places hold is kept alive for the next run. */
function whenInVain(run: Run, before: Preflight, { cause }: Due): readonly string[] {
  if (cause === 'cannot-extend') return [...refusals(before, 'fail (a fallback stands)'), ...keptAlive(run, before)]
  const now = run.clock.now()
  const until = (pat: Pat): number => endAfterFailure(pat, run.inputs.renewBeforeDays, now)
  const held = heldPats(slotReading(run, before))
  return [...refusals(before, 'fail (fallback: none)'), ...extensions(run, held, until)]
}

function whenNotDue(run: Run, before: Preflight): readonly string[] {
  const reading = slotReading(run, before)
  const now = run.clock.now()
  const when = retiresAt(reading, run.inputs.grace)
  return [
    ...(standingOf(reading).fallbackStands ? keptAlive(run, before) : []),
    ...copies(
      run,
      before,
      run.inputs.staleCopies === 'remove'
        ? 'would be removed, if the organization secret reaches its repository'
        : 'would be reported',
    ),
    ...supersededPats(reading, now).map(
      (pat) =>
        `Retire "${pat.displayName}" (${pat.authorizationId}) ${when <= now ? 'now' : `from ${momentInWords(when)}`}.`,
    ),
  ]
}

/** While a fallback stands, what the organization secret holds is kept alive. */
function keptAlive(run: Run, before: Preflight): readonly string[] {
  const { candidates, perhaps } = standingOf(slotReading(run, before))
  return extensions(run, [...candidates, ...perhaps], () => endOfFullLife(run))
}

function extensions(run: Run, pats: readonly Pat[], until: (pat: Pat) => number): readonly string[] {
  const now = run.clock.now()
  return pats
    .filter((pat) => isNearEnd(pat, run.inputs.renewBeforeDays, now))
    .map((pat) => extensionInWords(run, pat, until(pat)))
}

function verification({ afterwards: { verifyWorkflow } }: Inputs): readonly string[] {
  if (verifyWorkflow === undefined) return []
  return [`Dispatch ${workflowInWords(verifyWorkflow)} and wait for it; nothing is retired unless it succeeds.`]
}

/** What would be told, as far as it can be foreseen. */
function notices(run: Run, before: Preflight, { due }: Decision): readonly string[] {
  const { inputs } = run
  const { notifyIssue, webhookUrl } = inputs.afterwards
  const refused = before.organization.some(({ kind }) => kind === 'refused')
  const trouble = due ? refused : standingOf(slotReading(run, before)).fallbackStands
  return [
    ...(notifyIssue
      ? [
          trouble
            ? `Tell of the trouble in an issue of ${inputs.thisRepository} (notify-issue).`
            : `Close the issue of ${inputs.thisRepository} that an earlier run may have opened (notify-issue), unless this run meets trouble.`,
        ]
      : []),
    ...(webhookUrl === undefined
      ? []
      : [`Tell the webhook${trouble ? '' : ', if this run meets trouble or closes the issue'} (notify-webhook-url).`]),
  ]
}

function copies(run: Run, before: Preflight, what: string): readonly string[] {
  const reading = slotReading(run, before)
  const stale = staleCopies(run.inputs, reading.repositoryPlaces, standingOf(reading).live).map(({ place }) => place)
  return isSweep(stale.length)
    ? [`${stale.length} stale copies ${what}: ${inShort(repositoriesOf(stale))}.`]
    : stale.map((place) => `The stale copy ${placeInWords(place)} ${what}.`)
}
