import { type WorkflowName, workflowInWords } from '../afterwards-inputs.ts'
import { arrayIn, integerIn, objectIn, optionalString, stringIn, timeIn } from '../json.ts'
import type { Client } from './client.ts'
import { repositoryParts } from './secrets-path.ts'
import { dispatchHints } from './workflow-token-hints.ts'

/** One run of a workflow. */
export interface WorkflowRun {
  readonly id: number
  /** Its page on GitHub. */
  readonly url: string
  /** `queued`, `in_progress`, `waiting` … and at its end `completed`. */
  readonly status: string
  /** `success`, `failure`, `cancelled`, `skipped` …; undefined until it is completed. */
  readonly conclusion: string | undefined
  /** The branch or tag. */
  readonly ref: string | undefined
  /** Milliseconds since 1970, by GitHub's clock. */
  readonly createdAt: number
}

/** The most GitHub gives on a page; the newest run stands first. */
const PAGE_SIZE = 100

/**
 * The newest runs of the workflow at its branch or tag that were dispatched, by whomever.
 * https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
 * @throws GitHubFailure
 */
export async function listDispatchedRuns(client: Client, workflow: WorkflowName): Promise<readonly WorkflowRun[]> {
  const { repository, file, ref } = workflow
  return client.call({
    doing: `list the runs of ${workflowInWords(workflow)}`,
    about: { home: { kind: 'repository', repository }, hints: dispatchHints },
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
    params: {
      ...repositoryParts(repository),
      workflow_id: file,
      event: 'workflow_dispatch',
      per_page: PAGE_SIZE,
    },
    decode: (_, data) =>
      arrayIn(objectIn(data, 'the list').workflow_runs, 'workflow_runs')
        .map(runIn)
        .filter((run) => run.ref === ref),
  })
}

/**
 * One run as it stands now.
 * https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run
 * @throws GitHubFailure
 */
export async function getWorkflowRun(client: Client, workflow: WorkflowName, id: number): Promise<WorkflowRun> {
  const { repository } = workflow
  return client.call({
    doing: `look at run ${id} of ${workflowInWords(workflow)}`,
    about: { home: { kind: 'repository', repository }, hints: dispatchHints },
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/runs/{run_id}',
    params: { ...repositoryParts(repository), run_id: id },
    decode: (_, data) => runIn(data),
  })
}

function runIn(data: unknown): WorkflowRun {
  const run = objectIn(data, 'the run')
  return {
    id: integerIn(run.id, 'id'),
    url: stringIn(run.html_url, 'html_url'),
    status: stringIn(run.status, 'status'),
    conclusion: optionalString(run.conclusion),
    ref: optionalString(run.head_branch),
    createdAt: timeIn(run.created_at, 'created_at'),
  }
}
