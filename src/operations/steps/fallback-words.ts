import { momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { GitHubFailure } from '../../github/refusals.ts'
import type { Pat } from '../../pat.ts'
import type { Due } from '../../renewal/due.ts'
import { isAlive } from '../../renewal/lifetimes.ts'
import { type SlotReading, type SlotStanding, standingOf } from '../../renewal/slot-standing.ts'
import { vaultLag } from '../../renewal/vault.ts'
import type { Run } from '../run.ts'
import type { Delivered } from './deliver.ts'
import { type Preflight, slotReading } from './preflight.ts'

const WHAT_TO_DO =
  'Mend what GitHub refuses, then run with `force: true`: the organization secret is renewed and the copies are tidied up.'

const NONE_KNOWN =
  'No live PAT is known for the organization secret: every other repository goes without one, or uses one that this action did not mint and cannot keep alive.'

/**
 * The warning of a run that has just fallen back: the reason, and the permission that is missing.
 * @param candidates what the organization secret may hold
 * @param stuck those of them whose end cannot be moved any more
 */
export function fallbackInWords(
  delivered: Delivered,
  candidates: readonly Pat[],
  stuck: readonly Pat[],
  now: number,
): string {
  const { repositories } = delivered
  const rest = candidates.length === 0 ? NONE_KNOWN : heldInWords(stuck, now)
  return `Fallback: GitHub refused the organization write, so the new PAT is in ${repositories.length} ${repositories.length === 1 ? 'repository' : 'repositories'} instead. ${reasonsOf(delivered)} ${rest} ${WHAT_TO_DO}`
}

/** The warning of a run that fell back, and could not write every repository. */
export function brokenFallbackInWords(delivered: Delivered): string {
  return `Fallback: GitHub refused the organization write, so \`repositories\` were to hold the new PAT instead, and not all of them could be written. ${reasonsOf(delivered)} ${WHAT_TO_DO}`
}

function reasonsOf({ refusals }: Delivered): string {
  return [...new Set(refusals.map(({ message }) => message))].join(' ')
}

function heldInWords(stuck: readonly Pat[], now: number): string {
  const held = 'The organization secret still holds the old PAT for every other repository'
  return stuck.length === 0
    ? `${held}; it is kept alive meanwhile.`
    : `${held}, and it cannot be extended: their builds ${stopInWords(stuck, now)}.`
}

/** The fallback in the output `reason`: what GitHub said, and the permission that is missing. */
export function fallbackInShort({ refusals, to }: Delivered): string {
  const said = refusals.map(({ status, said, missingPermission }) =>
    [
      `status ${status ?? 'unknown'}`,
      said === undefined ? '' : `"${said}"`,
      missingPermission === undefined ? '' : `missing permission ${missingPermission}`,
    ]
      .filter((part) => part !== '')
      .join(', '),
  )
  return `fallback to repositories${to === 'mixed' ? ' for some stores' : ''}, because GitHub refused the organization write (${[...new Set(said)].join('; ')})`
}

/** The warning of a run that finds nothing due because an earlier fallback stands. */
export function standingFallbackInWords(run: Run, before: Preflight): string {
  const refused = before.organization.flatMap((store) => (store.kind === 'refused' ? [store.failure.message] : []))
  const why =
    refused.length > 0
      ? refused.join(' ')
      : 'GitHub refused to write it when that PAT was delivered; it wants the permission organization_secrets=write (classic PATs: admin:org) and an authorised single sign-on.'
  const reading = slotReading(run, before)
  const standing = standingOf(reading)
  const rest =
    standing.candidates.length === 0
      ? `the organization secret of ${run.inputs.organization} is not written. ${NONE_KNOWN}`
      : `the organization secret of ${run.inputs.organization} still holds an older one for every other repository.`
  return `A fallback stands: each of \`repositories\` holds the renewed PAT, but ${rest} ${why} ${WHAT_TO_DO}${vaultInWords(reading, standing, run.clock.now())}`
}

/** The vault's copy is made good by the next renewal; one of what the organization secret holds is kept alive until then. */
function vaultInWords({ vault }: SlotReading, { delivered, candidates }: SlotStanding, now: number): string {
  const kept = candidates.filter((pat) => isAlive(pat, now))
  const lag = vaultLag(vault, [...(delivered ? [delivered.pat] : []), ...kept])
  return lag === undefined ? '' : ` The vault's copy lags behind, until the next renewal: ${lag}.`
}

/** The warning of a run that has nothing to write, and could not either. */
export function refusedMeanwhile(refusal: Failure): string {
  return `Nothing is due, but GitHub refuses the organization secret, so nothing is retired and the next renewal would fall back. ${refusal.message}`
}

/**
 * A refusal met in preflight, where nothing may be delivered instead, so that nothing need be minted: with `fallback: none`,
 * and in a standing fallback that is due only because the organization's PAT cannot be kept alive. Undefined elsewhere.
 */
export function refusedInVain(
  run: Run,
  { organization }: Preflight,
  { cause }: Due,
  cannotExtend: readonly Pat[] = [],
): Failure | undefined {
  const refused = organization.flatMap((store) => (store.kind === 'refused' ? [store.failure] : []))
  const [first] = refused
  if (first === undefined) return undefined
  if (cause === 'cannot-extend') return nothingLeftToExtend(run, refused, cannotExtend)
  return run.inputs.fallback === 'none' ? first : undefined
}

/** The failure of a run in a standing fallback that could neither reach the organization nor keep its PAT alive. */
export function nothingLeftToExtend(
  { clock }: Pick<Run, 'clock'>,
  refusals: readonly GitHubFailure[],
  stuck: readonly Pat[],
): Failure {
  const [refusal] = refusals
  return new Failure({
    kind: 'refused',
    doing: 'renew the organization secret, and its PAT cannot be extended any further',
    status: refusal?.status,
    said: refusal?.said,
    hint: `The builds of every repository that has no copy ${stopInWords(stuck, clock.now())}. ${refusal?.hint ?? ''} ${WHAT_TO_DO}`,
    cause: refusal,
  })
}

function stopInWords(pats: readonly Pat[], now: number): string {
  const end = Math.min(...pats.map(({ expiresAt }) => expiresAt))
  return `${end <= now ? 'fail since' : 'stop on'} ${momentInWords(end)}`
}
