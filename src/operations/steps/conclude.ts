import { type Failure } from '../../errors.ts'
import type { MintedPat, Pat } from '../../pat.ts'
import { staleCopies } from '../../renewal/copies.ts'
import { renewsAt } from '../../renewal/lifetimes.ts'
import { type SlotStanding, standingOf } from '../../renewal/slot-standing.ts'
import { retiresAt, supersededPats } from '../../renewal/superseded.ts'
import type { DeliveredTo, Outcome, PatRow, RunResult, Standing } from '../../report/result.ts'
import type { Run } from '../run.ts'
import { repositoriesOf } from './places.ts'
import { allReadable, type Preflight, slotReading, withoutPlaces } from './preflight.ts'

/** All that a run has to say; main adds what the log gathered. */
export type Conclusion = Omit<RunResult, 'warnings' | 'finishedAt' | 'runUrl'>

export type Ending = {
  /** What preflight read, with copies as they are now. Undefined where the run ended before. */
  readonly before?: Preflight
  readonly deliveredTo?: DeliveredTo
  /** Only of a run that renewed. */
  readonly minted?: MintedPat
} & (
  | { readonly outcome: Exclude<Outcome, 'failed'>; readonly reason: string }
  | { readonly outcome: 'failed'; readonly failure: Failure }
)

/** Sums the run up from its journal. */
export function conclude(run: Run, ending: Ending): Conclusion {
  const { inputs, journal } = run
  const now = run.clock.now()
  const reading = ending.before === undefined ? withoutPlaces(run) : slotReading(run, ending.before)
  const found = standingOf(reading)
  const live = deliveredPat(run, ending) ?? found.live
  const standing = { ...found, live }
  // A place that nobody could look at may hold any of them.
  const superseded = ending.before !== undefined && allReadable(ending.before) ? supersededPats(reading, now) : []
  const written = journal.receipts.filter(({ did }) => did !== 'removed').map(({ place }) => place)
  return {
    operation: inputs.operation,
    outcome: ending.outcome,
    reason: ending.outcome === 'failed' ? ending.failure.message : ending.reason,
    live,
    dueAt: live === undefined ? undefined : renewsAt(live, inputs.renewBeforeDays),
    deliveredTo: ending.deliveredTo ?? 'nowhere',
    repositoriesWritten: repositoriesOf(written),
    repositoriesFailed: repositoriesOf([...journal.failures.keys()]),
    staleCopies: repositoriesOf(staleCopies(inputs, reading.repositoryPlaces, live).map(({ place }) => place)),
    superseded: superseded.map(({ authorizationId }) => authorizationId),
    pats: journal.pats
      .map(({ pat }) => row(run, pat, standing, superseded, retiresAt(reading, inputs.grace)))
      .reverse(),
    receipts: journal.receipts,
    plan: journal.plan,
    verification: journal.verification,
    failure: ending.outcome === 'failed' ? ending.failure.message : undefined,
    token: inputs.exposeToken ? ending.minted?.value : undefined,
  }
}

/** The PAT that this run delivered everywhere: it is live even where its state could not be marked. */
function deliveredPat({ inputs, journal }: Run, { outcome, deliveredTo }: Ending): Pat | undefined {
  const everywhere = deliveredTo === 'organization' || inputs.target === 'repositories'
  if (outcome !== 'renewed' || !everywhere) return undefined
  return journal.pats.find(({ pat }) => pat.authorizationId === journal.minted)?.pat
}

function row(run: Run, pat: Pat, standing: SlotStanding, superseded: readonly Pat[], retires: number): PatRow {
  const how = standingInWords(pat, standing, superseded, run.clock.now())
  return {
    pat,
    standing: how,
    minted: pat.authorizationId === run.journal.minted,
    ...(how === 'superseded' && Number.isFinite(retires) ? { retiresAt: retires } : {}),
  }
}

function standingInWords(pat: Pat, standing: SlotStanding, superseded: readonly Pat[], now: number): Standing {
  if (pat.revoked) return 'revoked'
  if (pat.expiresAt <= now) return 'expired'
  if (pat === standing.live) return 'live'
  if (standing.delivered?.state === 'fallback' && pat === standing.delivered.pat) return 'fallback'
  if (standing.unfinished.includes(pat)) return 'unfinished'
  if (superseded.includes(pat)) return 'superseded'
  return standing.candidates.includes(pat) ? 'candidate' : 'kept'
}
