import { Failure } from '../errors.ts'
import type { Pat } from '../pat.ts'
import { placeInWords } from '../place.ts'
import { mayHold } from '../renewal/copies.ts'
import { isAlive } from '../renewal/lifetimes.ts'
import { standingOf } from '../renewal/slot-standing.ts'
import { supersededPats } from '../renewal/superseded.ts'
import { vaultMayHold } from '../renewal/vault.ts'
import type { Run } from './run.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { nameOf, revokeAndEnter } from './steps/revoke.ts'
import { readSlotOrWarn, type SlotRead } from './steps/read-slot.ts'

/** What is to be revoked, and why it may be: the end of "Revoked …: …". */
interface Choice {
  readonly pats: readonly Pat[]
  readonly why: string
  /** What was named and is not revoked, a sentence each. */
  readonly refusals: readonly string[]
}

/**
 * Revokes superseded PATs at once, all managed ones, or those that `revoke-pats` names. Only managed PATs of this slot are
 * ever revoked. One failing does not stop the rest; the conclusion then holds a failure that names it.
 */
export async function revoke(run: Run): Promise<Conclusion> {
  try {
    const slot = await run.log.group('Look at what there is', () => readSlotOrWarn(run))
    const choice = choose(run, slot)
    if (run.inputs.dryRun) return plan(run, slot, choice)
    const failures = await run.log.group('Revoke', () => revokeEach(run, slot, choice))
    const revoked = choice.pats.filter((pat) => !failures.has(pat))
    warnOfBuilds(run, slot, revoked)
    return { ...conclusionOf(run, slot, choice, failures), revoked }
  } catch (error) {
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

function choose(run: Run, slot: SlotRead): Choice {
  const { revokePats } = run.inputs
  if (revokePats === 'superseded') return { pats: superseded(run, slot), why: 'it is superseded', refusals: [] }
  const managed = run.journal.pats.map(({ pat }) => pat)
  // An expired one too: should its end ever be moved again, it would work again.
  if (revokePats === 'all') return { pats: managed.filter((pat) => !pat.revoked), why: 'all are to go', refusals: [] }
  const named =
    (id: string) =>
    (pat: Pat): boolean =>
      pat.authorizationId.toLowerCase() === id
  return {
    pats: managed.filter((pat) => revokePats.some((id) => named(id)(pat))),
    why: 'revoke-pats names it',
    refusals: revokePats.filter((id) => !managed.some(named(id))).map((id) => strangerInWords(run, id, named(id))),
  }
}

/** @throws Failure where a place cannot be read: it may hold any of them */
function superseded(run: Run, { reading, complete }: SlotRead): readonly Pat[] {
  const pats = supersededPats(reading, run.clock.now())
  if (complete || pats.length === 0) return pats
  throw new Failure({
    kind: 'refused',
    doing: 'tell which PATs are superseded',
    hint: `Not every place could be read, and one that cannot be may hold any of ${pats.map(nameOf).join(', ')}. Mend what the log names, or name in revoke-pats what is to go.`,
  })
}

function strangerInWords({ inputs, journal }: Run, id: string, isIt: (pat: Pat) => boolean): string {
  const stranger = journal.listed.find(isIt)
  const what =
    stranger === undefined ? `The bot has no PAT ${id}` : `${nameOf(stranger)} is not one that this action named`
  return `${what} for "${inputs.patName}" of this slot, so it is left alone.`
}

/** @returns why a PAT is not revoked */
async function revokeEach(run: Run, { bot }: SlotRead, { pats, why }: Choice): Promise<ReadonlyMap<Pat, Failure>> {
  const failures = new Map<Pat, Failure>()
  await Promise.all(
    pats.map(async (pat) => {
      if (pat.revoked) {
        run.log.info(`${nameOf(pat)} was revoked before.`)
        return
      }
      try {
        await revokeAndEnter(run, bot.azureDevOps, pat, why)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        failures.set(pat, error)
        // The failure says it too: one cause, one error.
        run.log.info(`${nameOf(pat)} is not revoked. ${error.message}`)
      }
    }),
  )
  return failures
}

/** What a revoked PAT was in use for stops working now: whoever reads the summary must know where, and the way back. */
function warnOfBuilds(run: Run, { reading }: SlotRead, revoked: readonly Pat[]): void {
  const inUse = revoked.filter((pat) => isAlive(pat, run.clock.now()))
  const { candidates } = standingOf(reading)
  const places = [...(reading.organizationPlaces ?? []), ...reading.repositoryPlaces]
    .filter(({ writtenAt }) => inUse.some((pat) => mayHold(writtenAt, pat)))
    .map(({ place }) => placeInWords(place))
  const { vault } = reading
  if (vault !== undefined && inUse.some((pat) => vaultMayHold(vault, pat))) places.push(placeInWords(vault.place))
  if (places.length === 0 && !inUse.some((pat) => candidates.includes(pat))) return
  const where = places.length === 0 ? 'the PAT that was live' : places.join(', ')
  run.log.warning(
    `Builds fail from now on where they use ${where}: that PAT is revoked. To mint a new one and deliver it, run \`operation: renew\` with \`force: true\`.`,
  )
}

function conclusionOf(run: Run, slot: SlotRead, choice: Choice, failures: ReadonlyMap<Pat, Failure>): Conclusion {
  const done = choice.pats.length - failures.size
  const count = done === 1 ? '1 PAT is revoked' : `${done} PATs are revoked`
  const [first] = failures.values()
  if (failures.size === 0 && choice.refusals.length === 0) {
    return conclude(run, { outcome: 'revoked', reason: reasonOf(run, choice, count), ...slot.preflight })
  }
  const amiss = [...[...failures].map(([pat, { message }]) => `${nameOf(pat)}: ${message}`), ...choice.refusals]
  const failure = new Failure({
    kind: first?.kind ?? 'refused',
    doing: `revoke ${amiss.length} of ${choice.pats.length + choice.refusals.length} PATs`,
    hint: `${amiss.join(' ')} ${count}.`,
    cause: first,
  })
  return conclude(run, { outcome: 'failed', failure, ...slot.preflight })
}

function reasonOf({ inputs }: Run, { pats }: Choice, count: string): string {
  if (pats.length > 0)
    return `${count} (revoke-pats: ${typeof inputs.revokePats === 'string' ? inputs.revokePats : 'by id'})`
  return inputs.revokePats === 'all'
    ? 'no PAT of this slot is left to revoke'
    : 'nothing is superseded that no place may hold'
}

function plan(run: Run, slot: SlotRead, { pats, why, refusals }: Choice): Conclusion {
  const lines = [...pats.filter((pat) => !pat.revoked).map((pat) => `Revoke ${nameOf(pat)}: ${why}.`), ...refusals]
  run.journal.plan.push(...lines)
  for (const line of lines) run.log.info(`Plan: ${line}`)
  return conclude(run, {
    outcome: 'planned',
    reason: reasonOf(run, { pats, why, refusals }, `${pats.length} to be revoked`),
    ...slot.preflight,
  })
}
