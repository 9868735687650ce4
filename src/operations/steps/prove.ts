import { Failure } from '../../errors.ts'
import { MINUTE, SECOND } from '../../clock.ts'
import type { MintedPat } from '../../pat.ts'
import type { CurrentPat } from '../../renewal/due.ts'
import type { Run } from '../run.ts'

/** A PAT that was just minted is not known everywhere at once. */
const PATIENCE = MINUTE

/**
 * Shows that the new PAT authenticates against the feed and that a made-up one does not. A refusal right after minting is
 * tried again for up to 60 s.
 * @throws Failure where that cannot be shown
 */
export async function proveMinted(run: Run, { value }: MintedPat): Promise<void> {
  const until = run.clock.now() + PATIENCE
  for (let step = SECOND; ; step = Math.min(2 * step, 15 * SECOND)) {
    const proof = await run.services.proveOnFeed(value)
    if (proof.proof === 'accepted') {
      run.log.info('Proved: the feed takes the new PAT and refuses a made-up one.')
      return
    }
    const passing = proof.proof === 'refused' || proof.failure.kind === 'sign-in'
    if (!passing) throw proof.failure
    // The last try is made when the time is up, however long the feed takes to answer.
    const pause = Math.min(step, until - run.clock.now())
    if (pause <= 0) throw proof.proof === 'refused' ? stillRefused(proof.why) : proof.failure
    run.log.info(
      `The feed does not take the new PAT yet (${proof.proof === 'refused' ? proof.why : proof.failure.message}); trying again in ${Math.ceil(pause / SECOND)} s.`,
    )
    await run.clock.sleep(pause, run.cancel)
  }
}

function stillRefused(why: string): Failure {
  return new Failure({
    kind: 'refused',
    doing: 'prove the new PAT against the feed',
    status: 401,
    said: why,
    hint: 'The feed refused it for 60 s after it was minted. Look for a Conditional Access or IP policy of the organization that keeps the runner out, and sign in once as the bot in a browser; then run again.',
  })
}

/** What the feed says of `current-pat`. Only a 401 refuses it; anything unclear says nothing. */
export async function proveCurrentPat(run: Run): Promise<CurrentPat> {
  const { currentPat } = run.inputs
  if (currentPat === undefined) return 'not-given'
  const proof = await run.services.proveOnFeed(currentPat)
  if (proof.proof === 'accepted') {
    run.log.info('The feed takes the PAT that the secret holds now (current-pat), and refuses a made-up one.')
    return 'accepted'
  }
  if (proof.proof === 'refused') {
    run.log.warning(
      'The feed refuses the PAT that the secret holds now (current-pat): builds that use it fail until it is renewed.',
    )
    return 'refused'
  }
  run.log.warning(`What the feed thinks of current-pat cannot be told. ${proof.failure.message}`)
  return 'unknown'
}
