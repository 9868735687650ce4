import { momentInWords, wholeDays } from '../clock.ts'
import { Failure } from '../errors.ts'
import type { StaleCopiesPolicy } from '../renewal/due.ts'
import { type Health, healthOf } from '../renewal/health.ts'
import { standingOf } from '../renewal/slot-standing.ts'
import type { Finding, PlaceRow, RunResult } from '../report/result.ts'
import type { Run } from './run.ts'
import { warnOfAnotherSecret } from './steps/another-secret.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { evidenceOf } from './steps/evidence.ts'
import { standingFallbackInWords } from './steps/fallback-words.ts'
import { inspect, tenantOfOrganization } from './steps/inspect.ts'
import { placeRows } from './steps/place-rows.ts'
import { inShort } from './steps/places.ts'
import { type Preflight, preflight, PreflightFailure } from './steps/preflight.ts'
import { reachOfOrganizationSecret } from './steps/reach-finding.ts'
import { nameOf } from './steps/revoke.ts'
import { isSweep } from './steps/sweep.ts'
import { warnOfMisses } from './steps/vault-pat.ts'

/**
 * Says how the PAT, the secret and its copies stand. Writes nothing but the rolled refresh token. The conclusion holds a
 * failure where the PAT has expired or is missing, and where something could not be read.
 */
export async function check(run: Run): Promise<Conclusion> {
  try {
    const before = await run.log.group('Look at what there is', () => preflight(run))
    const findings = await run.log.group('Look at what a renewal depends on', () =>
      Promise.all([inspect(run, before.bot), reachOfOrganizationSecret(run, before)]),
    )
    const places = placeRows(run, before)
    const health = judge(run, before)
    const conclusion = conclude(run, { outcome: health.state, reason: health.reason, before })
    tell(run, conclusion, places)
    return { ...conclusion, findings: findings.flat(), places, failure: failureOf(health) }
  } catch (error) {
    return withoutAll(run, error)
  }
}

function judge(run: Run, before: Preflight): Health {
  const evidence = evidenceOf(run, before, [])
  const health = healthOf(run.inputs, evidence)
  warnOfAnotherSecret(run, before)
  for (const store of before.organization) {
    if (store.kind === 'refused') run.log.warning(`GitHub refuses the organization secret. ${store.failure.message}`)
  }
  if (standingOf(evidence.reading).fallbackStands) run.log.warning(standingFallbackInWords(run, before))
  else if (health.state === 'healthy') warnOfMisses(run, evidence.reading)
  if (health.state === 'due') run.log.warning(`A renewal is due: ${health.reason}.`)
  return health
}

/** The tables of the summary, a line each, for whoever reads the log. */
function tell(
  run: Run,
  { pats, staleCopies }: Pick<RunResult, 'pats' | 'staleCopies'>,
  places: readonly PlaceRow[],
): void {
  const now = run.clock.now()
  for (const { pat, standing } of pats.filter(({ pat: { revoked } }) => !revoked)) {
    const left = pat.expiresAt <= now ? '' : ` (${wholeDays(pat.expiresAt, now)} days left)`
    run.log.info(
      `PAT ${nameOf(pat)}: ${standing}, scope ${pat.scopes.join(' ')}, minted ${momentInWords(pat.mintedAt)}, ends ${momentInWords(pat.expiresAt)}${left}.`,
    )
  }
  for (const { place, writtenAt, remark } of places) {
    const age =
      writtenAt === undefined ? '' : ` written ${momentInWords(writtenAt)} (${wholeDays(now, writtenAt)} days ago),`
    const line = `Secret ${place}:${age} ${remark}.`
    if (isSweep(places.length)) run.log.debug(line)
    else run.log.info(line)
  }
  if (staleCopies.length > 0)
    run.log.warning(
      `Stale copies hide the organization secret from ${inShort(staleCopies)}. ${remedies[run.inputs.staleCopies]}`,
    )
}

const remedies: Readonly<Record<StaleCopiesPolicy, string>> = {
  refresh: 'The next renewal refreshes them.',
  remove: 'The next renewal removes them, due or not.',
  report: 'Delete them, or set stale-copies to refresh or remove.',
}

/** Whoever reads this may have broken builds: what to run comes with it. */
function failureOf({ state, reason }: Health): string | undefined {
  if (state === 'expired') return `Builds that use the PAT fail: ${reason}. Run \`operation: renew\` to mint a new one.`
  if (state === 'missing') return `No PAT is kept alive: ${reason}. Run \`operation: renew\` to mint one.`
  return undefined
}

/** What could not be read fails the check; a wrong tenant is the likeliest cause of a bot that is not taken. */
async function withoutAll(run: Run, error: unknown): Promise<Conclusion> {
  const failure = error instanceof PreflightFailure ? error.cause : error
  if (!(failure instanceof Failure)) throw failure
  const findings = error instanceof PreflightFailure ? [] : await tenantUnlessCancelled(run)
  return { ...conclude(run, { outcome: 'failed', failure }), findings }
}

/** A run that is cancelled meanwhile still has its own failure to tell. */
async function tenantUnlessCancelled(run: Run): Promise<readonly Finding[]> {
  const { bot } = run.journal
  if (bot === undefined || run.cancel.aborted) return []
  try {
    return [await tenantOfOrganization(run, bot)]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return []
  }
}
