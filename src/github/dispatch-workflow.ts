import { type WorkflowName, workflowInWords } from '../afterwards-inputs.ts'
import { integerIn, objectIn, stringIn } from '../json.ts'
import type { Client } from './client.ts'
import { GitHubFailure } from './refusals.ts'
import { repositoryParts } from './secrets-path.ts'
import { dispatchHints } from './workflow-token-hints.ts'

/** A run, as the answer to its dispatch names it. */
export interface DispatchedRun {
  readonly id: number
  /** Its page on GitHub. */
  readonly url: string
}

/**
 * Starts a workflow, without inputs. Once only: where the answer is lost, look for the run before it is dispatched again.
 * https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
 * @returns the run; undefined where GitHub does not name it (GitHub Enterprise Servers of 2025 and before)
 * @throws GitHubFailure, with `fateUnknown` where the workflow may have been started
 */
export async function dispatchWorkflow(client: Client, workflow: WorkflowName): Promise<DispatchedRun | undefined> {
  try {
    return await dispatch(client, workflow, { return_run_details: true })
  } catch (error) {
    if (!knowsNoRunDetails(error)) throw error
    return await dispatch(client, workflow, {})
  }
}

function dispatch(client: Client, workflow: WorkflowName, wish: object): Promise<DispatchedRun | undefined> {
  const { repository, file, ref } = workflow
  return client.call({
    doing: `dispatch ${workflowInWords(workflow)}`,
    about: { home: { kind: 'repository', repository }, hints: dispatchHints },
    method: 'POST',
    path: '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    params: { ...repositoryParts(repository), workflow_id: file, ref, ...wish },
    decode: (status, data) => (status === 204 ? undefined : runIn(data)),
  })
}

function runIn(data: unknown): DispatchedRun {
  const run = objectIn(data, 'the run')
  return { id: integerIn(run.workflow_run_id, 'workflow_run_id'), url: stringIn(run.html_url, 'html_url') }
}

/** A server that is older than this parameter may refuse it; nothing was started then. */
function knowsNoRunDetails(error: unknown): boolean {
  return (
    error instanceof GitHubFailure && error.refusal === 'invalid' && (error.said ?? '').includes('return_run_details')
  )
}
