import { Failure, messageOf } from '../errors.ts'
import type { MintedPat, Pat } from '../pat.ts'
import { type CurrentPat, decide, type Decision, type Due, type NotDue } from '../renewal/due.ts'
import { endAfterFailure } from '../renewal/lifetimes.ts'
import { type SlotReading, standingOf } from '../renewal/slot-standing.ts'
import type { Bot, Run } from './run.ts'
import { readAccess } from './steps/access.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { deliver, type Delivered } from './steps/deliver.ts'
import { extendNearEnd } from './steps/extend.ts'
import { fallbackInWords, nothingLeftToExtend, standingFallbackInWords } from './steps/fallback-words.ts'
import { confirm, mark } from './steps/mark.ts'
import { mint } from './steps/mint.ts'
import { slotOf } from './steps/places.ts'
import { planOf } from './steps/plan.ts'
import { type Preflight, preflight, PreflightFailure, slotReading, withoutPlaces } from './steps/preflight.ts'
import { proveCurrentPat, proveMinted } from './steps/prove.ts'
import { retire } from './steps/retire.ts'
import { revokeOrWarn } from './steps/revoke.ts'
import { tidyCopies } from './steps/stale-copies.ts'

/**
 * Renews the slot's PAT when it is due: mint, prove, deliver, mark and confirm, tidy up, retire. What a service did wrong
 * is never thrown: the conclusion of a run that should have renewed and did not holds the failure.
 */
export async function renew(run: Run): Promise<Conclusion> {
  try {
    const proved = await proveFirst(run)
    if (proved === 'accepted')
      return conclude(run, { outcome: 'not-due', reason: 'the feed takes the PAT that the secret holds now' })
    const before = await run.log.group('Look at what there is', () => preflight(run, proved))
    const decision = decideOn(run, before, [])
    run.log.info(decision.due ? `Due: ${decision.reason}.` : `Not due: ${decision.reason}.`)
    if (run.inputs.dryRun) return plan(run, before, decision)
    return decision.due ? await carryOut(run, before, decision) : await keepInOrder(run, before, decision)
  } catch (error) {
    if (error instanceof PreflightFailure) return withoutGitHub(run, error)
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

/** A step in a consuming workflow asks the feed first: while it takes the PAT, neither the bot nor GitHub is needed. */
async function proveFirst(run: Run): Promise<CurrentPat | undefined> {
  return run.inputs.target === 'repositories' && !run.inputs.force ? proveCurrentPat(run) : undefined
}

function decideOn(run: Run, before: Preflight, cannotExtend: readonly Pat[]): Decision {
  const { currentPat } = before
  return decide(run.inputs, { reading: slotReading(run, before), currentPat, now: run.clock.now(), cannotExtend })
}

function plan(run: Run, before: Preflight, decision: Decision): Conclusion {
  run.journal.plan.push(...planOf(run, before, decision))
  for (const line of run.journal.plan) run.log.info(`Plan: ${line}`)
  return conclude(run, { outcome: decision.due ? 'planned' : 'not-due', reason: decision.reason, before })
}

/** Not due: only stale copies, superseded PATs and, while a fallback stands, the ends of live candidates are looked after. */
async function keepInOrder(run: Run, before: Preflight, { reason }: NotDue): Promise<Conclusion> {
  const standing = standingOf(slotReading(run, before))
  const fallback = standing.fallbackStands || standing.servedByCopies.length > 0
  if (fallback) {
    const cannotExtend = await extendNearEnd(run, before.bot.azureDevOps, standing.candidates, fullLife(run))
    const again = decideOn(run, before, cannotExtend)
    if (again.due) return carryOut(run, before, again, cannotExtend)
    run.log.warning(standingFallbackInWords(run, before, standing))
  }
  const copies = standing.fallbackStands
    ? before.copies
    : await tidyCopies(run, before.copies, standing.live, undefined)
  const after = { ...before, copies }
  await retire(run, before.bot, slotReading(run, after))
  return conclude(run, { outcome: 'not-due', reason, before: after })
}

function fullLife(run: Run): () => number {
  return () => run.clock.now() + run.inputs.patLifetime
}

/** @param cannotExtend candidates that this run has already tried to extend in vain */
async function carryOut(
  run: Run,
  before: Preflight,
  decision: Due,
  cannotExtend?: readonly Pat[],
): Promise<Conclusion> {
  const known = slotReading(run, before)
  let minted: MintedPat | undefined
  try {
    refuseInVain(run, before)
    minted = await run.log.group('Mint', () => mint(run, before.bot, slotOf(run.inputs)))
    const delivered = await proveAndDeliver(run, before, known, decision, minted)
    if (delivered.failure === undefined)
      return await finish(run, before, known, decision, minted, delivered, cannotExtend)
    await leaveInOrder(run, before.bot, known, minted, delivered)
    return conclude(run, { outcome: 'failed', failure: delivered.failure, deliveredTo: delivered.to, before })
  } catch (error) {
    await leaveInOrder(run, before.bot, known, minted, undefined)
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error, before })
    throw error
  }
}

/** With `fallback: none` a refusal met in preflight leaves nowhere to deliver to: nothing is minted. */
function refuseInVain({ inputs }: Run, { organization }: Preflight): void {
  const refused = organization.find(({ kind }) => kind === 'refused')
  if (refused?.kind === 'refused' && inputs.fallback === 'none') throw refused.failure
}

async function proveAndDeliver(
  run: Run,
  before: Preflight,
  known: SlotReading,
  decision: Due,
  minted: MintedPat,
): Promise<Delivered> {
  const [access, proof] = await run.log.group('Prove, and look again at who can read the secret', () =>
    Promise.allSettled([readAccess(run, before.organization), proveMinted(run, minted)]),
  )
  if (proof.status === 'rejected') throw proof.reason
  if (access.status === 'rejected') throw access.reason
  return run.log.group('Deliver', () => deliver(run, { before, known, decision, minted, access: access.value }))
}

/** Delivered: from here on nothing can fail the run but a fallback that leaves the organization without a PAT. */
async function finish(
  run: Run,
  before: Preflight,
  known: SlotReading,
  decision: Due,
  minted: MintedPat,
  delivered: Delivered,
  cannotExtend: readonly Pat[] | undefined,
): Promise<Conclusion> {
  const fallback = delivered.refusals.length > 0
  const ending = { outcome: 'renewed' as const, reason: decision.reason, deliveredTo: delivered.to, minted }
  let copies = before.copies
  let stuck = cannotExtend ?? []
  try {
    const state = fallback && delivered.to === 'repositories' ? 'fallback' : 'delivered'
    await run.log.group('Mark and confirm', () =>
      Promise.all([mark(run, before.bot, minted.pat, state), confirm(run, delivered.organization)]),
    )
    if (fallback) {
      const { candidates } = standingOf(known)
      stuck = cannotExtend ?? (await extendNearEnd(run, before.bot.azureDevOps, candidates, fullLife(run)))
      run.log.warning(fallbackInWords(run, delivered, stuck))
    } else {
      copies = await tidyCopies(run, before.copies, minted.pat, minted)
      await retire(run, before.bot, slotReading(run, { ...before, copies }))
    }
  } catch (error) {
    run.log.warning(
      `The new PAT is delivered, but not everything after that is done; the next run goes on. ${messageOf(error)}`,
    )
  }
  const after = { ...before, copies }
  if (fallback && stuck.length > 0 && standingOf(known).fallbackStands) {
    return conclude(run, {
      ...ending,
      outcome: 'failed',
      failure: nothingLeftToExtend(delivered, stuck),
      before: after,
    })
  }
  return conclude(run, { ...ending, before: after })
}

/**
 * After a failure: a PAT that no place can hold is revoked, and live candidates near their end are extended so that builds
 * go on, yet never so far that the next run would find them not due.
 */
async function leaveInOrder(
  run: Run,
  bot: Bot,
  known: SlotReading,
  minted: MintedPat | undefined,
  delivered: Delivered | undefined,
): Promise<void> {
  const azureDevOps = run.cancel.aborted ? bot.lastAzureDevOps() : bot.azureDevOps
  const now = run.clock.now()
  if (minted !== undefined && delivered?.mayBeHeld === true) {
    run.log.warning(
      `"${minted.pat.displayName}" (${minted.pat.authorizationId}) stays, unfinished: a place holds it, or may. The next run mints anew, and retires it when nothing can hold it any more.`,
    )
  }
  await Promise.all([
    minted !== undefined && delivered?.mayBeHeld !== true
      ? revokeOrWarn(run, azureDevOps, minted.pat, 'it was not delivered')
      : undefined,
    extendNearEnd(run, azureDevOps, standingOf(known).candidates, (pat) =>
      endAfterFailure(pat, run.inputs.renewBeforeDays, now),
    ),
  ])
}

/** GitHub cannot be read, so nothing can be delivered: what the secret holds is kept alive as after a failed delivery. */
async function withoutGitHub(run: Run, { bot, cause }: PreflightFailure): Promise<Conclusion> {
  if (!(cause instanceof Failure)) throw cause
  if (!run.inputs.dryRun) await leaveInOrder(run, bot, withoutPlaces(run), undefined, undefined)
  return conclude(run, { outcome: 'failed', failure: cause })
}
