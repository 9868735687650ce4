import type { WorkflowName } from '../afterwards-inputs.ts'
import type { RepositoryName } from '../place.ts'
import type { Wire } from '../wire.ts'
import { commentOnIssue, type IssueText, type OpenedIssue, openIssue, updateIssue } from './change-issue.ts'
import { Client } from './client.ts'
import { type DispatchedRun, dispatchWorkflow } from './dispatch-workflow.ts'
import { type Account, openOctokit } from './exchange.ts'
import { type Issue, listOpenIssues } from './list-issues.ts'
import type { Standing } from './standing.ts'
import { getWorkflowRun, listDispatchedRuns, type WorkflowRun } from './workflow-runs.ts'

export type { DispatchedRun, Issue, IssueText, OpenedIssue, WorkflowRun }

/** What the workflow token is for. Every method fails with a GitHubFailure, or with a Failure `cancelled`. */
export interface WorkflowGitHub {
  /** Undefined where GitHub does not name the run. Never sent twice. */
  dispatch(workflow: WorkflowName): Promise<DispatchedRun | undefined>
  /** The newest ones at the branch or tag, dispatched by whomever. */
  dispatchedRuns(workflow: WorkflowName): Promise<readonly WorkflowRun[]>
  run(workflow: WorkflowName, id: number): Promise<WorkflowRun>
  /** The open ones with that label, the oldest first. */
  issues(repository: RepositoryName, label: string): Promise<readonly Issue[]>
  /** Never sent twice. */
  openIssue(repository: RepositoryName, text: IssueText, label: string): Promise<OpenedIssue>
  updateIssue(repository: RepositoryName, number: number, text: IssueText): Promise<void>
  closeIssue(repository: RepositoryName, number: number, why: 'completed' | 'not_planned'): Promise<void>
  commentOnIssue(repository: RepositoryName, number: number, body: string): Promise<void>
}

/**
 * GitHub as the workflow token sees it. Asks nothing yet.
 * @throws Failure `input` for a token that no header can carry
 */
export async function connectWorkflowToken(wire: Wire, account: Account, standing: Standing): Promise<WorkflowGitHub> {
  const octokit = await openOctokit(account)
  const client = new Client({ wire, octokit, secrets: account.secrets, standing })
  return {
    dispatch: (workflow) => dispatchWorkflow(client, workflow),
    dispatchedRuns: (workflow) => listDispatchedRuns(client, workflow),
    run: (workflow, id) => getWorkflowRun(client, workflow, id),
    issues: (repository, label) => listOpenIssues(client, repository, label),
    openIssue: (repository, text, label) => openIssue(client, repository, text, label),
    updateIssue: (repository, number, text) => updateIssue(client, repository, number, text),
    closeIssue: (repository, number, why) =>
      updateIssue(client, repository, number, { state: 'closed', state_reason: why }),
    commentOnIssue: (repository, number, body) => commentOnIssue(client, repository, number, body),
  }
}
