import { type BundleRun, type BundleWorld, idTokenOf, runBundle } from '../bundle.ts'
import { type Context, filledIn } from './expressions.ts'
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
      for (const step of (job.steps ?? []).filter(isThisAction)) {
        runs.push(await runStep(world, { file, job, step }, { ...context, matrix }, repository))
      }
    }
  }
  return runs
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
  const texts = (given: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filledIn(String(value), context)]))
  const permissions = { ...file.permissions, ...job.permissions }
  const env = { ...(permissions['id-token'] === 'write' ? idTokenOf(world) : {}), ...texts(step.env) }
  return runBundle(world, { ...nothing, ...texts(step.with) }, { repository, env })
}
