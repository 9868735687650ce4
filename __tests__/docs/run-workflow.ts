import { type BundleRun, type BundleWorld, idTokenOf, runBundle } from '../bundle.ts'
import { type Context, filledIn, holds } from './expressions.ts'
import { isThisAction, type Job, type Step, type WorkflowFile } from './markdown.ts'

/** Every step of this action, job by job, as GitHub would run it. */
export async function runWorkflow(
  world: BundleWorld,
  file: WorkflowFile,
  context: Context,
  repository: string,
): Promise<readonly BundleRun[]> {
  const runs: BundleRun[] = []
  for (const job of Object.values(file.jobs ?? {})) {
    for (const matrix of job.strategy?.matrix?.include ?? [{}]) {
      const ofJob = { ...context, matrix }
      const env = textsOf(job.env, ofJob)
      const steps: Record<string, unknown> = {}
      for (const step of job.steps ?? []) {
        const now = { ...ofJob, env, steps }
        if (step.if !== undefined && !holds(step.if, now)) continue
        if (isAppToken(step)) refuseBlanks(textsOf(step.with, now))
        if (isThisAction(step)) runs.push(await runStep(world, { file, job, step }, now, repository))
        if (isAppToken(step)) Object.assign(steps, context.steps)
      }
    }
  }
  return runs
}

function textsOf(given: Readonly<Record<string, unknown>> = {}, context: Context): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filledIn(String(value), context)]))
}

function isAppToken({ uses = '' }: Step): boolean {
  return uses.startsWith('actions/create-github-app-token@')
}

/** As that action does: a blank key fails the job. */
function refuseBlanks(given: Readonly<Record<string, string>>): void {
  for (const name of ['client-id', 'private-key'])
    if ((given[name] ?? '') === '') throw new Error(`create-github-app-token got a blank ${name}`)
}

interface StepOf {
  readonly file: WorkflowFile
  readonly job: Job
  readonly step: Step
}

/** What the usual inputs of the tests would add. */
const nothing = {
  'ado-organization': '',
  'ado-project': '',
  'ado-feed': '',
  'github-token': '',
  'bot-access-token': '',
}

function runStep(
  world: BundleWorld,
  { file, job, step }: StepOf,
  context: Context,
  repository: string,
): Promise<BundleRun> {
  const permissions = { ...file.permissions, ...job.permissions }
  const env = { ...(permissions['id-token'] === 'write' ? idTokenOf(world) : {}), ...textsOf(step.env, context) }
  return runBundle(world, { ...nothing, ...textsOf(step.with, context) }, { repository, env })
}
