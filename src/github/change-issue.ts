import { integerIn, isObject, objectIn } from '../json.ts'
import type { RepositoryName } from '../place.ts'
import type { Client } from './client.ts'
import { repositoryParts } from './secrets-path.ts'
import { issueHints } from './workflow-token-hints.ts'

/** What an issue says; Markdown. */
export interface IssueText {
  readonly title: string
  readonly body: string
}

export interface OpenedIssue {
  readonly number: number
  /** GitHub leaves the label out, without a word, where the token may not set it. */
  readonly labelled: boolean
}

/**
 * Opens an issue. Once only: where the answer is lost, look whether it is there.
 * https://docs.github.com/rest/issues/issues#create-an-issue
 * @throws GitHubFailure, with `fateUnknown` where it may have been opened
 */
export async function openIssue(
  client: Client,
  repository: RepositoryName,
  { title, body }: IssueText,
  label: string,
): Promise<OpenedIssue> {
  return client.call({
    doing: `open an issue in ${repository}`,
    about: { home: { kind: 'repository', repository }, hints: issueHints },
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues',
    params: { ...repositoryParts(repository), title, body, labels: [label] },
    decode: (_, data) => {
      const issue = objectIn(data, 'the issue')
      const labels = Array.isArray(issue.labels) ? issue.labels.map((one) => isObject(one) && one.name) : []
      return { number: integerIn(issue.number, 'number'), labelled: labels.includes(label) }
    },
  })
}

/**
 * Changes what an issue says, or closes it.
 * https://docs.github.com/rest/issues/issues#update-an-issue
 * @throws GitHubFailure
 */
export async function updateIssue(
  client: Client,
  repository: RepositoryName,
  number: number,
  change: IssueText | { readonly state: 'closed'; readonly state_reason: 'completed' | 'not_planned' },
): Promise<void> {
  await client.call({
    doing: `${'state' in change ? 'close' : 'update'} issue ${number} of ${repository}`,
    about: { home: { kind: 'repository', repository }, hints: issueHints },
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/issues/{issue_number}',
    params: { ...repositoryParts(repository), issue_number: number, ...change },
    decode: () => undefined,
  })
}

/**
 * Adds a comment; Markdown. Once only.
 * https://docs.github.com/rest/issues/comments#create-an-issue-comment
 * @throws GitHubFailure
 */
export async function commentOnIssue(
  client: Client,
  repository: RepositoryName,
  number: number,
  body: string,
): Promise<void> {
  await client.call({
    doing: `comment on issue ${number} of ${repository}`,
    about: { home: { kind: 'repository', repository }, hints: issueHints },
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    params: { ...repositoryParts(repository), issue_number: number, body },
    decode: () => undefined,
  })
}
