import { arrayIn, objectIn } from '../json.ts'
import type { Client } from './client.ts'
import { factsIn, type RepositoryFacts } from './get-repository.ts'
import { readPages } from './pages.ts'

/**
 * Every repository of an organization that the token can see, archived ones too.
 * https://docs.github.com/rest/repos/repos#list-organization-repositories
 * @throws GitHubFailure
 */
export async function listRepositories(client: Client, organization: string): Promise<readonly RepositoryFacts[]> {
  const all = await readPages(client, {
    doing: `list the repositories of ${organization}`,
    about: { home: { kind: 'organization', organization } },
    path: '/orgs/{org}/repos',
    // By name: one that is made meanwhile moves no other to a page that was read already.
    params: { org: organization, type: 'all', sort: 'full_name' },
    items: (data) => factsOfAll(data, 'the list'),
  })
  return ownedBy(organization, all)
}

/**
 * Every repository of an organization that the App was installed for, archived ones too. Installation tokens only.
 * https://docs.github.com/rest/apps/installations#list-repositories-accessible-to-the-app-installation
 * @throws GitHubFailure
 */
export async function listInstallationRepositories(
  client: Client,
  organization: string,
): Promise<readonly RepositoryFacts[]> {
  const all = await readPages(client, {
    doing: 'list the repositories that the App is installed for',
    about: { home: { kind: 'organization', organization } },
    path: '/installation/repositories',
    params: {},
    items: (data) => factsOfAll(objectIn(data, 'the list').repositories, 'repositories'),
  })
  return ownedBy(organization, all)
}

/**
 * Every repository of a person that the token's owner owns or shares with them, private and archived ones too. Other lists
 * of a person's repositories show the public ones alone, and this one takes no App token.
 * https://docs.github.com/rest/repos/repos#list-repositories-for-the-authenticated-user
 * @throws GitHubFailure
 */
export async function listRepositoriesOfUser(client: Client, login: string): Promise<readonly RepositoryFacts[]> {
  const all = await readPages(client, {
    doing: `list the repositories of ${login}`,
    about: { home: { kind: 'organization', organization: login } },
    path: '/user/repos',
    params: { affiliation: 'owner,collaborator', sort: 'full_name' },
    // What single sign-on hides is an organization's.
    hidesOthers: true,
    items: (data) => factsOfAll(data, 'the list'),
  })
  return ownedBy(login, all)
}

/** Whatever else an answer names: nobody but a repository of that owner gets a copy. */
function ownedBy(login: string, all: readonly RepositoryFacts[]): readonly RepositoryFacts[] {
  const owner = `${login.toLowerCase()}/`
  return all.filter(({ name }) => name.toLowerCase().startsWith(owner))
}

function factsOfAll(data: unknown, what: string): readonly RepositoryFacts[] {
  return arrayIn(data, what).map((one) => factsIn(objectIn(one, 'a repository')))
}
