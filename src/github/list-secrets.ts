import { arrayIn, objectIn, stringIn, timeIn } from '../json.ts'
import { type Home, homeInWords, type RepositoryName, type Store } from '../place.ts'
import type { Client } from './client.ts'
import { readPages } from './pages.ts'
import { repositoryParts, secretsPath } from './secrets-path.ts'

/**
 * When each secret of one store was last written, by its name in capitals: one request for up to a hundred names. Unlike
 * the 404 for a single secret, it tells what does not exist from what the token cannot see.
 * https://docs.github.com/rest/actions/secrets#list-organization-secrets
 * https://docs.github.com/rest/actions/secrets#list-repository-secrets
 * https://docs.github.com/rest/actions/secrets#list-environment-secrets
 * @throws GitHubFailure
 */
export async function listSecrets(client: Client, home: Home, store: Store): Promise<ReadonlyMap<string, number>> {
  const { path, parts } = secretsPath(home, store)
  const secrets = await readPages(client, {
    doing: `list the ${store} secrets of ${homeInWords(home)}`,
    about: { home, store },
    path,
    params: parts,
    items: (data) => secretsIn(data).map((one) => [nameOf(one), timeIn(one.updated_at, 'updated_at')] as const),
  })
  return new Map(secrets)
}

/**
 * The names, in capitals, of the organization's secrets that reach a repository. It takes no permission for the organization.
 * https://docs.github.com/rest/actions/secrets#list-repository-organization-secrets
 * @throws GitHubFailure
 */
export async function listOrganizationSecretsOf(
  client: Client,
  repository: RepositoryName,
  store: 'actions' | 'agents',
): Promise<readonly string[]> {
  const home = { kind: 'repository', repository } as const
  return readPages(client, {
    doing: `list the ${store} secrets of the organization that reach ${homeInWords(home)}`,
    about: { home, store },
    path: `/repos/{owner}/{repo}/${store}/organization-secrets`,
    params: repositoryParts(repository),
    items: (data) => secretsIn(data).map(nameOf),
  })
}

function secretsIn(data: unknown): readonly Readonly<Record<string, unknown>>[] {
  return arrayIn(objectIn(data, 'the list').secrets, 'secrets').map((one) => objectIn(one, 'a secret'))
}

function nameOf(secret: Readonly<Record<string, unknown>>): string {
  return stringIn(secret.name, 'name').toUpperCase()
}
