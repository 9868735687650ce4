import { iso, momentInWords } from '../../clock.ts'
import { placeInWords, type RepositoryName } from '../../place.ts'
import { workflowInWords } from '../../afterwards-inputs.ts'
import { staleCopies } from '../../renewal/copies.ts'
import { type Decision, placesToReach } from '../../renewal/due.ts'
import { isNearEnd } from '../../renewal/lifetimes.ts'
import { type SlotReading, standingOf } from '../../renewal/slot-standing.ts'
import { retiresAt, supersededPats } from '../../renewal/superseded.ts'
import type { Inputs } from '../../inputs.ts'
import type { Run } from '../run.ts'
import { inShort, repositoriesOf, slotOf } from './places.ts'
import { type Preflight, slotReading } from './preflight.ts'
import { isSweep } from './sweep.ts'

/** What a real run would do, a line each. Reads nothing and writes nothing. */
export function planOf(run: Run, before: Preflight, decision: Decision): readonly string[] {
  const steps = decision.due ? whenDue(run, before, decision.reach) : whenNotDue(run, before)
  return [...steps, ...notices(run, before, decision)]
}

function whenDue(run: Run, before: Preflight, reach: 'all' | 'lagging'): readonly string[] {
  const { inputs } = run
  const slot = slotOf(inputs)
  const now = run.clock.now()
  const feed = inputs.feed.feed ?? `the feeds of ${inputs.feed.organization}`
  return [
    `Mint a PAT "${slot.patName} [${slot.owner}] ${iso(now)} pending" with the scope ${inputs.scopes.join(' ')}, which ends ${momentInWords(now + inputs.patLifetime)} unless a policy limits its life.`,
    `Prove it against ${feed}.`,
    ...writes(run, before, reach),
    'Mark it delivered, and read the secrets back.',
    ...(before.vault === undefined ? [] : [`Copy it to the ${placeInWords(before.vault.place)}.`]),
    ...copies(run, before, `would be dealt with (stale-copies: ${inputs.staleCopies})`),
    ...verification(inputs),
    `Retire what is superseded once every place has held the new PAT for ${inputs.grace / 3_600_000} h.`,
  ]
}

function writes(run: Run, before: Preflight, reach: 'all' | 'lagging'): readonly string[] {
  if (run.inputs.target === 'repositories') {
    const places = placesToReach(slotReading(run, before), before.copies, reach).map(({ place }) => place)
    return isSweep(places.length)
      ? [`Write ${places.length} secrets of repositories: ${inShort(repositoriesOf(places))}.`]
      : places.map((place) => `Write ${placeInWords(place)}.`)
  }
  return before.organization.flatMap((store) => {
    if (store.kind === 'readable') {
      return store.secrets.map(({ place, metadata }) =>
        metadata === undefined
          ? `Create ${placeInWords(place)} with the visibility ${run.inputs.visibility}.`
          : `Write ${placeInWords(place)}; its visibility (${metadata.visibility ?? 'unknown'}) and repositories stay.`,
      )
    }
    const instead =
      run.inputs.fallback === 'none' ? 'fail (fallback: none)' : `fall back to ${inShort(servedBy(before))}`
    return [
      `Not write the ${store.store} secrets of the organization, which GitHub refuses, and ${instead}. ${store.failure.message}`,
    ]
  })
}

function servedBy({ copies: read, unreadable }: Preflight): readonly RepositoryName[] {
  return repositoriesOf([...read.map(({ place }) => place), ...unreadable])
}

function whenNotDue(run: Run, before: Preflight): readonly string[] {
  const reading = slotReading(run, before)
  const now = run.clock.now()
  const when = retiresAt(reading, run.inputs.grace)
  return [
    ...extensions(run, reading),
    ...copies(run, before, run.inputs.staleCopies === 'remove' ? 'would be removed' : 'would be reported'),
    ...supersededPats(reading, now).map(
      (pat) =>
        `Retire "${pat.displayName}" (${pat.authorizationId}) ${when <= now ? 'now' : `from ${momentInWords(when)}`}.`,
    ),
  ]
}

/** While a fallback stands, what the organization secret holds is kept alive. */
function extensions(run: Run, reading: SlotReading): readonly string[] {
  const { fallbackStands, candidates, perhaps } = standingOf(reading)
  if (!fallbackStands) return []
  const now = run.clock.now()
  return [...candidates, ...perhaps]
    .filter((pat) => isNearEnd(pat, run.inputs.renewBeforeDays, now))
    .map(
      (pat) =>
        `Extend "${pat.displayName}" (${pat.authorizationId}) from ${momentInWords(pat.expiresAt)} to ${momentInWords(now + run.inputs.patLifetime)}, as far as the policy lets it.`,
    )
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
