import { arrayIn, integerIn, objectIn } from '../json.ts'
import { type OrganizationHome, type Place, placeInWords } from '../place.ts'
import type { Client } from './client.ts'
import { GitHubFailure } from './refusals.ts'
import { secretsPath } from './secrets-path.ts'

interface Page {
  readonly total: number
  readonly ids: readonly number[]
}

/** The most GitHub gives; the default of 30 would do too, with more requests. */
const PAGE_SIZE = 100

/** 100,000 repositories: a list longer than that has no end. */
const MOST_PAGES = 1000

/**
 * The ids of all the repositories selected for an organization's secret, every page of them: the list is sent back with
 * the next write, and whoever is missing there loses the secret.
 * https://docs.github.com/rest/actions/secrets#list-selected-repositories-for-an-organization-secret
 * @throws GitHubFailure; `unreadable` where the pages end before the number of repositories that they promise
 */
export async function listSelectedRepositories(
  client: Client,
  place: Place<OrganizationHome>,
): Promise<readonly number[]> {
  const ids = new Set<number>()
  for (let number = 1; ; number += 1) {
    const before = ids.size
    const page = await readPage(client, place, number)
    for (const id of page.ids) ids.add(id)
    if (ids.size >= page.total) return [...ids]
    if (ids.size === before || number >= MOST_PAGES) throw incomplete(place, ids.size, page.total)
  }
}

async function readPage(client: Client, place: Place<OrganizationHome>, number: number): Promise<Page> {
  const { home, store, name } = place
  const { path, parts } = secretsPath(home, store)
  return client.call({
    doing: doing(place),
    about: { home, store, secretName: name },
    method: 'GET',
    path: `${path}/{secret_name}/repositories`,
    params: { ...parts, secret_name: name, per_page: PAGE_SIZE, page: number },
    decode: (_, data) => {
      const { total_count: total, repositories } = objectIn(data, 'the list')
      const ids = arrayIn(repositories, 'repositories').map((one) => integerIn(objectIn(one, 'a repository').id, 'id'))
      return { total: integerIn(total, 'total_count'), ids }
    },
  })
}

function doing(place: Place): string {
  return `read the repositories selected for ${placeInWords(place)}`
}

function incomplete(place: Place, read: number, total: number): GitHubFailure {
  return new GitHubFailure({
    refusal: 'unreadable',
    kind: 'unreadable',
    fallsBack: false,
    doing: doing(place),
    hint: `GitHub counts ${total} and showed ${read}, and a write with fewer would take the secret from the others. Let the github-token see all repositories of the organization (install the App on all of them), and run again.`,
  })
}
