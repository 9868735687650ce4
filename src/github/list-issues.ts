import { arrayIn, integerIn, isObject, type JsonObject, objectIn, optionalString } from '../json.ts'
import type { RepositoryName } from '../place.ts'
import type { Client } from './client.ts'
import { readPages } from './pages.ts'
import { repositoryParts } from './secrets-path.ts'
import { issueHints } from './workflow-token-hints.ts'

export interface Issue {
  readonly number: number
  readonly body: string
  /** Opened by an app, or by somebody who belongs to the repository. Anybody may open issues in a public one. */
  readonly byInsider: boolean
}

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
  return readPages(client, {
    doing: `list the open issues of ${repository}`,
    about: { home: { kind: 'repository', repository }, hints: issueHints },
    path: '/repos/{owner}/{repo}/issues',
    params: { ...repositoryParts(repository), state: 'open', labels: label, sort: 'created', direction: 'asc' },
    items: (data) =>
      arrayIn(data, 'the list')
        .map((one) => objectIn(one, 'an issue'))
        .filter((issue) => !('pull_request' in issue))
        .map(issueIn),
  })
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
