import { momentInWords } from '../clock.ts'
import { Failure, withMore } from '../errors.ts'
import type { Pat } from '../pat.ts'
import { CLOCK_TOLERANCE } from '../renewal/copies.ts'
import { type SlotReading, standingOf } from '../renewal/slot-standing.ts'
import type { Run } from './run.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { cutInWords, extendEach, type Extension, foreseen } from './steps/extend.ts'
import { endOfFullLife } from './steps/mint.ts'
import { extensionInWords } from './steps/plan-extension.ts'
import { nameOf } from './steps/revoke.ts'
import { readSlotOrWarn, type SlotRead } from './steps/read-slot.ts'

/**
 * Moves the end of every live candidate to now + `pat-lifetime-days`, in place, as far as the policy lets it: their value
 * stays, and no secret is written. The conclusion holds a failure where the end of the live PAT, or of one that a run was about
 * to make live, could not be moved; an older candidate that could not is a warning.
 */
export async function extend(run: Run): Promise<Conclusion> {
  try {
    const slot = await run.log.group('Look at what there is', () => readSlotOrWarn(run))
    const pats = toExtend(slot.reading)
    const until = endOfFullLife(run)
    if (run.inputs.dryRun) return plan(run, slot, pats, until)
    const extensions = await run.log.group('Extend', () => extendEach(run, slot.bot.azureDevOps, pats, () => until))
    return conclude(run, { ...endingOf(run, slot.reading, extensions, until), ...slot.preflight })
  } catch (error) {
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

/**
 * The live candidates, and after them what the secret holds perhaps.
 * @throws Failure where no PAT of the slot is live
 */
function toExtend(reading: SlotReading): readonly Pat[] {
  const { candidates, perhaps } = standingOf(reading)
  if (candidates.length > 0) return [...candidates, ...perhaps]
  throw notExtended('There is no live PAT of this slot.')
}

/** What a run would do. Where it is known to fail whatever Azure DevOps says, so does the plan. */
function plan(run: Run, slot: SlotRead, pats: readonly Pat[], until: number): Conclusion {
  const now = run.clock.now()
  run.journal.plan.push(...pats.map((pat) => extensionInWords(run, pat, until)))
  for (const line of run.journal.plan) run.log.info(`Plan: ${line}`)
  const extensions = pats.map((pat): Extension => foreseen(pat, until, now) ?? { kind: 'moved', pat })
  const missed = missedOf(slot.reading, extensions, until)
  if (missed !== undefined)
    return conclude(run, { outcome: 'failed', failure: whyNot(missed, until, now), ...slot.preflight })
  return conclude(run, { outcome: 'planned', reason: 'extend the live candidates in place', ...slot.preflight })
}

type Outcome =
  { readonly outcome: 'extended'; readonly reason: string } | { readonly outcome: 'failed'; readonly failure: Failure }

/** What was granted, and what keeps the rest from it. */
function endingOf(run: Run, reading: SlotReading, extensions: readonly Extension[], until: number): Outcome {
  const reached = extensions.filter((extension) => isWhereAsked(extension, until))
  for (const { pat } of reached) {
    if (pat.expiresAt < until - CLOCK_TOLERANCE)
      run.log.warning(`${nameOf(pat)} could not be extended to ${momentInWords(until)}. ${LIMIT}`)
  }
  const granted = reached.map(({ pat }) => `${nameOf(pat)} now ends ${momentInWords(pat.expiresAt)}`).join('; ')
  const missed = missedOf(reading, extensions, until)
  if (missed === undefined) return { outcome: 'extended', reason: granted }
  const why = whyNot(missed, until, run.clock.now())
  return { outcome: 'failed', failure: granted === '' ? why : withMore(why, `Others were extended: ${granted}.`) }
}

/**
 * What keeps the run from being done: the live PAT, which builds use, or the newest candidate where none is live; or a newer
 * one, which a run was about to make live.
 * @param extensions one a candidate, in their order, and then others
 */
function missedOf(reading: SlotReading, extensions: readonly Extension[], until: number): Extension | undefined {
  const { candidates, live } = standingOf(reading)
  const ofCandidates = extensions.slice(0, candidates.length)
  const [main, ...newer] = ofCandidates.slice(candidates.findIndex((pat) => pat === live))
  if (main !== undefined && !isWhereAsked(main, until)) return main
  return newer.find(({ kind }) => kind !== 'moved' && kind !== 'far-enough')
}

/** Moved, or there already because the same was asked a moment ago. */
function isWhereAsked({ kind, pat }: Extension, until: number): boolean {
  return kind === 'moved' || (kind === 'far-enough' && pat.expiresAt <= until + CLOCK_TOLERANCE)
}

const LIMIT =
  'The policy allows no more: a PAT ends at the latest on the day it was minted plus the maximum lifespan, however often it is extended.'
const MINT_ANEW = 'Run `operation: renew` with `force: true` to mint a new PAT and deliver it.'

function whyNot(extension: Extension, until: number, now: number): Failure {
  const { kind, pat } = extension
  const end = `${nameOf(pat)} ends ${momentInWords(pat.expiresAt)}`
  switch (kind) {
    case 'failed':
      return extension.failure
    case 'ended':
      return notExtended(`${nameOf(pat)} ended ${momentInWords(pat.expiresAt)}, and an expired PAT cannot be extended.`)
    case 'no-room':
      return notExtended(`${end}. ${LIMIT}`)
    case 'cut':
      return new Failure({
        kind: 'refused',
        doing: 'extend the PAT',
        hint: cutInWords(extension, now),
      })
    case 'far-enough':
    case 'moved':
      return new Failure({
        kind: 'refused',
        doing: 'extend the PAT',
        hint: `${end}, which is not before ${momentInWords(until)} as pat-lifetime-days asks. Raise pat-lifetime-days to move it further.`,
      })
  }
}

function notExtended(why: string): Failure {
  return new Failure({ kind: 'refused', doing: 'extend the PAT', hint: `${why} ${MINT_ANEW}` })
}
