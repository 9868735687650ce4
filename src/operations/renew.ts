import { Failure, messageOf, withMore } from '../errors.ts'
import type { MintedPat, Pat } from '../pat.ts'
import { type CurrentPat, decide, type Decision, type NotDue } from '../renewal/due.ts'
import { isAlive } from '../renewal/lifetimes.ts'
import { type SlotStanding, standingOf } from '../renewal/slot-standing.ts'
import type { Run } from './run.ts'
import { type AccessReading, readAccess } from './steps/access.ts'
import { warnOfAnotherSecret } from './steps/another-secret.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { type Delivered, delivering, type Found, isCopyOfWritten, warnOfSweep } from './steps/deliver.ts'
import { evidenceOf } from './steps/evidence.ts'
import { extendNearEnd } from './steps/extend.ts'
import {
  brokenFallbackInWords,
  fallbackInShort,
  fallbackInWords,
  nothingLeftToExtend,
  refusedInVain,
  refusedMeanwhile,
  standingFallbackInWords,
} from './steps/fallback-words.ts'
import { leaveInOrder } from './steps/leave-in-order.ts'
import { confirm, mark } from './steps/mark.ts'
import { endOfFullLife, mint } from './steps/mint.ts'
import { slotOf } from './steps/places.ts'
import { planOf } from './steps/plan.ts'
import { type Preflight, preflight, PreflightFailure, slotReading, withoutPlaces } from './steps/preflight.ts'
import { proveCurrentPat, proveMinted } from './steps/prove.ts'
import { retire } from './steps/retire.ts'
import { warnOfIdleRefreshToken } from './steps/sign-in-bot.ts'
import { tidyCopies } from './steps/stale-copies.ts'
import { copyToVault, warnOfMisses } from './steps/vault-pat.ts'
import { verify } from './steps/verify.ts'

/**
 * Renews the slot's PAT when it is due: mint, prove, deliver, mark and confirm, tidy up, retire. What a service did wrong
 * is never thrown: the conclusion of a run that should have renewed and did not holds the failure.
 */
export async function renew(run: Run): Promise<Conclusion> {
  try {
    const proved = await proveFirst(run)
    if (proved === 'accepted') {
      warnOfIdleRefreshToken(run)
      return conclude(run, { outcome: 'not-due', reason: 'the feed takes the PAT that the secret holds now' })
    }
    const before = await run.log.group('Look at what there is', () => preflight(run, proved))
    const decision = decideOn(run, before, [])
    run.log.info(decision.due ? `Due: ${decision.reason}.` : `Not due: ${decision.reason}.`)
    warnOfAnotherSecret(run, before)
    if (run.inputs.dryRun) return plan(run, before, decision)
    if (!decision.due) return await keepInOrder(run, before, decision)
    return await carryOut(run, { before, known: slotReading(run, before), decision })
  } catch (error) {
    if (error instanceof PreflightFailure) return withoutAPlace(run, error)
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

/** A step in a consuming workflow asks the feed first: while it takes the PAT, neither the bot nor GitHub is needed. */
async function proveFirst(run: Run): Promise<CurrentPat | undefined> {
  return run.inputs.target === 'repositories' && !run.inputs.force ? proveCurrentPat(run) : undefined
}

function decideOn(run: Run, before: Preflight, cannotExtend: readonly Pat[]): Decision {
  return decide(run.inputs, evidenceOf(run, before, cannotExtend))
}

/** What a run would do; where preflight shows that it would fail whatever it is answered, the same failure. */
function plan(run: Run, before: Preflight, found: Decision): Conclusion {
  const { fallbackStands, candidates } = standingOf(slotReading(run, before))
  const ended = fallbackStands && !found.due ? candidates.filter((pat) => !isAlive(pat, run.clock.now())) : []
  const decision = decideOn(run, before, ended)
  if (!decision.due) warnOfTrouble(run, before)
  const failure = decision.due ? refusedInVain(run, before, decision, ended) : undefined
  run.journal.plan.push(...planOf(run, before, decision, failure !== undefined))
  for (const line of run.journal.plan) run.log.info(`Plan: ${line}`)
  if (failure !== undefined) return conclude(run, { outcome: 'failed', failure, before })
  return conclude(run, { outcome: decision.due ? 'planned' : 'not-due', reason: decision.reason, before })
}

/** Not due: only stale copies, superseded PATs and, while a fallback stands, the ends of live candidates are looked after. */
async function keepInOrder(run: Run, before: Preflight, { reason }: NotDue): Promise<Conclusion> {
  const standing = standingOf(slotReading(run, before))
  if (standing.fallbackStands) {
    const cannotExtend = await keepAlive(run, before, standing)
    const again = decideOn(run, before, cannotExtend)
    if (again.due) return carryOut(run, { before, known: slotReading(run, before), decision: again, cannotExtend })
  }
  warnOfTrouble(run, before)
  const copies = await tidyCopies(run, before, standing.live, undefined)
  const after = { ...before, copies }
  await retire(run, after)
  return conclude(run, { outcome: 'not-due', reason, before: after })
}

/** Nothing is due, and yet the vault misses PATs, or GitHub refuses the organization secret, or did when a fallback was delivered. */
function warnOfTrouble(run: Run, before: Preflight): void {
  const reading = slotReading(run, before)
  if (standingOf(reading).fallbackStands) {
    run.log.warning(standingFallbackInWords(run, before))
    return
  }
  warnOfMisses(run, reading)
  for (const store of before.organization)
    if (store.kind === 'refused') run.log.warning(refusedMeanwhile(store.failure))
}

/**
 * Extends what the organization secret holds, or may hold, where it is near its end.
 * @returns the live candidates whose end cannot be moved any more, as they are now
 */
async function keepAlive(run: Run, { bot }: Preflight, { candidates, perhaps }: SlotStanding): Promise<readonly Pat[]> {
  const held = [...candidates, ...perhaps]
  const stuck = await extendNearEnd(run, bot.azureDevOps, held, () => endOfFullLife(run))
  const ids = new Set(candidates.map(({ authorizationId }) => authorizationId))
  return stuck.filter(({ authorizationId }) => ids.has(authorizationId))
}

/** A renewal that is due: what was found, and why it is due. */
interface Renewal extends Found {
  /** Candidates that this run has already tried to extend in vain; undefined where it has not tried. */
  readonly cannotExtend?: readonly Pat[]
}

async function carryOut(run: Run, renewal: Renewal): Promise<Conclusion> {
  const { before } = renewal
  let minted: MintedPat | undefined
  let mayBeHeld = false
  try {
    const inVain = refusedInVain(run, before, renewal.decision, renewal.cannotExtend)
    if (inVain !== undefined) throw inVain
    await warnOfSweep(run, renewal)
    minted = await run.log.group('Mint', () => mint(run, before.bot, slotOf(run.inputs)))
    const access = await run.log.group('Prove, and look again at who can read the secret', proving(run, before, minted))
    // From the first write on a place may hold the new PAT, until all writes have said otherwise.
    mayBeHeld = true
    const delivered = await run.log.group('Deliver', delivering(run, { ...renewal, minted, access }))
    if (delivered.failure === undefined) return await finish(run, renewal, minted, delivered)
    mayBeHeld = delivered.mayBeHeld
    if (isFallback(delivered)) run.log.warning(brokenFallbackInWords(delivered))
    await leaveInOrder(run, before.bot, renewal.known, minted, mayBeHeld)
    return conclude(run, {
      outcome: 'failed',
      failure: failureOf(run, renewal, delivered.failure, delivered),
      deliveredTo: delivered.to,
      before,
    })
  } catch (error) {
    await leaveInOrder(run, before.bot, renewal.known, minted, mayBeHeld)
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error, before })
    throw error
  }
}

function failureOf(run: Run, renewal: Renewal, failure: Failure, delivered: Delivered): Failure {
  const { decision, cannotExtend = [] } = renewal
  const { refusals } = delivered
  if (decision.cause === 'cannot-extend' && refusals.length > 0) return nothingLeftToExtend(run, refusals, cannotExtend)
  return isFallback(delivered) ? withMore(failure, `${fallbackInShort(delivered).replace(/^f/, 'F')}.`) : failure
}

function isFallback({ refusals, repositories }: Delivered): boolean {
  return refusals.length > 0 && repositories.length > 0
}

function proving(run: Run, before: Preflight, minted: MintedPat): () => Promise<readonly AccessReading[]> {
  return async () => {
    const [access, proof] = await Promise.allSettled([readAccess(run, before), proveMinted(run, minted)])
    if (proof.status === 'rejected') throw proof.reason
    if (access.status === 'rejected') throw access.reason
    return access.value
  }
}

/** Delivered: from here on nothing can fail the run but a fallback that leaves the organization without a PAT. */
async function finish(run: Run, renewal: Renewal, minted: MintedPat, delivered: Delivered): Promise<Conclusion> {
  const { before, known, decision } = renewal
  const fellBack = delivered.refusals.length > 0
  let copies = before.copies
  let stuck: readonly Pat[] = []
  let { reason } = decision
  const inVain = (): boolean => fellBack && stuck.length > 0 && standingOf(known).fallbackStands
  try {
    // Also where only some organization places were refused: those hold the PAT that was live before, so it stays live.
    const state = fellBack ? 'fallback' : 'delivered'
    await run.log.group('Mark and confirm', () =>
      Promise.all([
        mark(run, before.bot, minted.pat, state),
        confirm(run, delivered.organization),
        copyToVault(run, before.vault, minted),
      ]),
    )
    if (fellBack) {
      const standing = standingOf(known)
      stuck = renewal.cannotExtend ?? (await keepAlive(run, before, standing))
      run.log.warning(fallbackInWords(delivered, standing.candidates, stuck, run.clock.now()))
      reason = `${reason}; ${fallbackInShort(delivered)}`
    }
    const own = before.copies.filter(({ place }) => isCopyOfWritten(delivered, place))
    const others = before.copies.filter((copy) => !own.includes(copy))
    copies = [...(await tidyCopies(run, { ...before, copies: own }, minted.pat, minted)), ...others]
    // What was live before is the way back while builds fail with the new PAT.
    if (inVain() || (await verify(run))) await retire(run, { ...before, copies })
  } catch (error) {
    run.log.warning(`The new PAT is delivered, but not all is tidied up; the next run goes on. ${messageOf(error)}`)
  }
  const ending = { deliveredTo: delivered.to, before: { ...before, copies } }
  if (inVain()) {
    return conclude(run, { ...ending, outcome: 'failed', failure: nothingLeftToExtend(run, delivered.refusals, stuck) })
  }
  return conclude(run, { ...ending, outcome: 'renewed', reason, minted })
}

/** GitHub or the vault cannot be read, so nothing is delivered: what the secret holds is kept alive as after a failed delivery. */
async function withoutAPlace(run: Run, { bot, cause }: PreflightFailure): Promise<Conclusion> {
  if (!(cause instanceof Failure)) throw cause
  if (!run.inputs.dryRun) await leaveInOrder(run, bot, withoutPlaces(run))
  return conclude(run, { outcome: 'failed', failure: cause })
}
