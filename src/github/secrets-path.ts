import { Failure } from '../errors.ts'
import { type Home, homeInWords, type RepositoryName, type Store } from '../place.ts'

/** A path of GitHub's REST API as its documentation writes it, and what stands for its parts; octokit encodes those. */
export interface SecretsPath {
  readonly path: `/${string}`
  readonly parts: Readonly<Record<string, string>>
}

/**
 * Where the secrets of one store of one home are: `…/secrets`, under which `/public-key` and `/{secret_name}` lie.
 * https://docs.github.com/rest/actions/secrets · https://docs.github.com/rest/dependabot/secrets
 * https://docs.github.com/rest/codespaces/organization-secrets · https://docs.github.com/rest/codespaces/repository-secrets
 * https://docs.github.com/rest/agents/secrets
 * @throws Failure `input` for an environment's secrets in any store but `actions`: there are none
 */
export function secretsPath(home: Home, store: Store): SecretsPath {
  switch (home.kind) {
    case 'organization':
      return { path: `/orgs/{org}/${store}/secrets`, parts: { org: home.organization } }
    case 'repository':
      return { path: `/repos/{owner}/{repo}/${store}/secrets`, parts: repositoryParts(home.repository) }
    case 'environment':
      if (store !== 'actions') throw noSuchStore(home, store)
      return {
        path: '/repos/{owner}/{repo}/environments/{environment_name}/secrets',
        parts: { ...repositoryParts(home.repository), environment_name: home.environment },
      }
  }
}

/** `{owner}` and `{repo}` of a path. */
export function repositoryParts(repository: RepositoryName): { readonly owner: string; readonly repo: string } {
  const slash = repository.indexOf('/')
  return { owner: repository.slice(0, slash), repo: repository.slice(slash + 1) }
}

function noSuchStore(home: Home, store: Store): Failure {
  return new Failure({
    kind: 'input',
    doing: `find the ${store} secrets of ${homeInWords(home)}`,
    hint: 'Environments have Actions secrets only: nothing was asked.',
  })
}
