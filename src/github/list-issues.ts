import { arrayIn, integerIn, isObject, type JsonObject, objectIn, optionalString } from '../json.ts'
import type { RepositoryName } from '../place.ts'
import type { Client } from './client.ts'
import { GitHubFailure } from './refusals.ts'
import { repositoryParts } from './secrets-path.ts'
import { issueHints } from './workflow-token-hints.ts'

export interface Issue {
  readonly number: number
  readonly body: string
  /** Opened by an app, or by somebody who belongs to the repository. Anybody may open issues in a public one. */
  readonly byInsider: boolean
}

/** The most GitHub gives. */
const PAGE_SIZE = 100

/** 5,000 issues: a list longer than that has no end. */
const MOST_PAGES = 50

/**
 * Every open issue with that label, the oldest first; without pull requests, which GitHub lists among them.
 * https://docs.github.com/rest/issues/issues#list-repository-issues
 * @throws GitHubFailure
 */
export async function listOpenIssues(
  client: Client,
  repository: RepositoryName,
  label: string,
): Promise<readonly Issue[]> {
  const issues: Issue[] = []
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const page = await readPage(client, repository, label, number)
    issues.push(...page.filter((issue) => !('pull_request' in issue)).map(issueIn))
    if (page.length < PAGE_SIZE) return issues
  }
  throw endless(repository)
}

function readPage(
  client: Client,
  repository: RepositoryName,
  label: string,
  page: number,
): Promise<readonly JsonObject[]> {
  return client.call({
    doing: doing(repository),
    about: { home: { kind: 'repository', repository }, hints: issueHints },
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues',
    params: {
      ...repositoryParts(repository),
      state: 'open',
      labels: label,
      sort: 'created',
      direction: 'asc',
      per_page: PAGE_SIZE,
      page,
    },
    decode: (_, data) => arrayIn(data, 'the list').map((one) => checked(objectIn(one, 'an issue'))),
  })
}

function checked(issue: JsonObject): JsonObject {
  integerIn(issue.number, 'number')
  return issue
}

function issueIn(issue: JsonObject): Issue {
  return {
    number: integerIn(issue.number, 'number'),
    body: optionalString(issue.body) ?? '',
    byInsider: isBot(issue.user) || insiders.includes(optionalString(issue.author_association) ?? ''),
  }
}

/** Nobody can open an account of that type by hand: the login of an app's own ends with `[bot]`. */
function isBot(user: unknown): boolean {
  return isObject(user) && user.type === 'Bot'
}

/** https://docs.github.com/graphql/reference/enums#commentauthorassociation */
const insiders: readonly string[] = ['OWNER', 'MEMBER', 'COLLABORATOR']

function doing(repository: RepositoryName): string {
  return `list the open issues of ${repository}`
}

function endless(repository: RepositoryName): GitHubFailure {
  return new GitHubFailure({
    refusal: 'unreadable',
    kind: 'unreadable',
    fallsBack: false,
    doing: doing(repository),
    hint: 'The list had no end. Run again.',
  })
}
