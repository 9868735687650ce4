import { type WorkflowName, workflowInWords } from '../../afterwards-inputs.ts'
import { MINUTE, SECOND } from '../../clock.ts'
import { Failure, messageOf } from '../../errors.ts'
import type { DispatchedRun, WorkflowGitHub, WorkflowRun } from '../../github/connect-workflow-token.ts'
import type { Verification } from '../../report/result.ts'
import { isTransient } from '../../retry.ts'
import type { Run } from '../run.ts'

/** Builds take longer than that where something is wrong with the runners, and a job costs money while it waits. */
const LONGEST_RUN = 30 * MINUTE

/** A run shows in the list some seconds after it was dispatched. */
const UNTIL_LISTED: readonly number[] = [2, 3, 5, 10, 20, 20].map((seconds) => seconds * SECOND)

/** Short builds are seen to end soon; the rest costs four requests a minute. */
const FIRST_LOOKS: readonly number[] = [3, 5, 10].map((seconds) => seconds * SECOND)
const BETWEEN_LOOKS = 15 * SECOND

/** A log that stands still says every so often that something is still going on. */
const SIGN_OF_LIFE = 5 * MINUTE

/**
 * Dispatches `verify-workflow` and waits for its end. Secrets are read when a run is queued, so it uses the new PAT. The
 * renewal is through by now: a build that fails, or cannot be begun, is a warning.
 * @returns whether the new PAT may be relied on, as far as anybody asked: what was live before may then be retired
 */
export async function verify(run: Run): Promise<boolean> {
  const { verifyWorkflow } = run.inputs.afterwards
  if (verifyWorkflow === undefined) return true
  const name = workflowInWords(verifyWorkflow)
  const verification = await run.log.group(`Verify with ${name}`, () => verificationBy(run, verifyWorkflow))
  run.journal.verification = verification
  if (verification.verdict === 'passed') run.log.info(verification.words)
  else run.log.warning(`${verification.words} Nothing is retired in this run.`)
  return verification.verdict === 'passed'
}

async function verificationBy(run: Run, workflow: WorkflowName): Promise<Verification> {
  const name = workflowInWords(workflow)
  let begun: DispatchedRun | undefined
  try {
    const github = await run.services.workflowGitHub()
    begun = await dispatched(run, github, workflow)
    run.log.info(`Dispatched ${name}: ${begun.url}. It is waited for, ${LONGEST_RUN / MINUTE} minutes at most.`)
    return judged(name, await ended(run, github, workflow, begun))
  } catch (error) {
    if (!(error instanceof Failure) && !run.cancel.aborted) throw error
    const why = error instanceof Failure ? messageOf(error) : 'The run was cancelled.'
    const where = begun === undefined ? 'look at the next build instead' : `see how it ends: ${begun.url}`
    const words = `The new PAT is delivered, but ${name} did not verify it. ${why} The renewal stands; ${where}.`
    return { verdict: 'unknown', words }
  }
}

function judged(name: string, { conclusion = 'unknown', url }: WorkflowRun): Verification {
  if (conclusion === 'success')
    return { verdict: 'passed', words: `Verified: ${name} succeeded with the new PAT (${url}).` }
  return {
    verdict: 'failed',
    words: `Verification failed: ${name} ended with "${conclusion}" (${url}). The new PAT is delivered and stays. Read the log of that run: if it is the feed that refuses, run this workflow with \`force: true\`; if not, mend the build.`,
  }
}

/** Where the answer to the dispatch is lost, or does not name the run, it is looked for; only if there is none, once more. */
async function dispatched(run: Run, github: WorkflowGitHub, workflow: WorkflowName): Promise<DispatchedRun> {
  const before = new Set((await github.dispatchedRuns(workflow)).map(({ id }) => id))
  for (let again = false; ; again = true) {
    try {
      const begun = await github.dispatch(workflow)
      return begun ?? (await listed(run, github, workflow, before)) ?? notListed(workflow)
    } catch (error) {
      if (!(error instanceof Failure && error.fateUnknown) || run.cancel.aborted) throw error
      run.log.info(`Whether ${workflowInWords(workflow)} was dispatched cannot be told; its runs are looked at.`)
      const begun = await listed(run, github, workflow, before)
      if (begun !== undefined) return begun
      if (again) throw error
    }
  }
}

/**
 * The first run that was not there before. GitHub tells neither token its own name, so that somebody else's dispatch
 * at the same moment may be taken for ours: it was queued after delivery too, and verifies the same PAT.
 */
async function listed(
  run: Run,
  github: WorkflowGitHub,
  workflow: WorkflowName,
  before: ReadonlySet<number>,
): Promise<DispatchedRun | undefined> {
  for (const pause of UNTIL_LISTED) {
    await run.clock.sleep(pause, run.cancel)
    const runs = await github.dispatchedRuns(workflow)
    const [first] = runs.filter(({ id }) => !before.has(id)).toSorted((one, other) => one.createdAt - other.createdAt)
    if (first !== undefined) return first
  }
  return undefined
}

async function ended(
  run: Run,
  github: WorkflowGitHub,
  workflow: WorkflowName,
  { id }: DispatchedRun,
): Promise<WorkflowRun> {
  const began = run.clock.now()
  let shown = { status: '', at: began }
  for (let look = 0; run.clock.now() - began < LONGEST_RUN; look += 1) {
    await run.clock.sleep(FIRST_LOOKS[look] ?? BETWEEN_LOOKS, run.cancel)
    const now = await lookAt(run, github, workflow, id)
    if (now?.status === 'completed') return now
    const { status } = now ?? shown
    const at = run.clock.now()
    if (status !== shown.status || at - shown.at >= SIGN_OF_LIFE) {
      run.log.info(`${workflowInWords(workflow)}: ${status} (${Math.round((at - began) / SECOND)} s).`)
      shown = { status, at }
    }
  }
  throw tooLong(workflow)
}

/** Undefined where GitHub is in trouble for the moment: the build goes on meanwhile. */
async function lookAt(
  run: Run,
  github: WorkflowGitHub,
  workflow: WorkflowName,
  id: number,
): Promise<WorkflowRun | undefined> {
  try {
    return await github.run(workflow, id)
  } catch (error) {
    if (!isTransient(error)) throw error
    run.log.info(`The next look is in ${BETWEEN_LOOKS / SECOND} s. ${error.message}`)
    return undefined
  }
}

function notListed(workflow: WorkflowName): never {
  throw new Failure({
    kind: 'unreadable',
    doing: `find the run of ${workflowInWords(workflow)}`,
    hint: 'GitHub took the dispatch, but lists no run of it.',
  })
}

function tooLong(workflow: WorkflowName): Failure {
  return new Failure({
    kind: 'incomplete',
    doing: `wait for ${workflowInWords(workflow)}`,
    hint: `It did not end within ${LONGEST_RUN / MINUTE} minutes.`,
  })
}
