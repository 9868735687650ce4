import { arrayIn, integerIn, objectIn } from '../json.ts'
import { type OrganizationHome, type Place, placeInWords } from '../place.ts'
import type { Client } from './client.ts'
import { refusePartOfList } from './pages.ts'
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

/** A list that changes while it is read is read anew, this often in all. */
const MOST_READINGS = 3

/**
 * The ids of all the repositories selected for an organization's secret, every page of them: the list is sent back with
 * the next write, and whoever is missing there loses the secret.
 * https://docs.github.com/rest/actions/secrets#list-selected-repositories-for-an-organization-secret
 * @throws GitHubFailure; `unreadable` where the pages end before the number of repositories that they promise, and where
 * that number changes again and again; `sso` where GitHub leaves out what the token's single sign-on does not reach
 */
export async function listSelectedRepositories(
  client: Client,
  place: Place<OrganizationHome>,
): Promise<readonly number[]> {
  for (let reading = 1; reading <= MOST_READINGS; reading += 1) {
    const ids = await readAll(client, place)
    if (ids !== undefined) return ids
  }
  throw unreadable(place, `Somebody changed them between two pages, ${MOST_READINGS} times in a row. Run again.`)
}

/** Undefined where the number of repositories changed between two pages: one may have slipped from the one to the other. */
async function readAll(client: Client, place: Place<OrganizationHome>): Promise<readonly number[] | undefined> {
  const ids = new Set<number>()
  let total: number | undefined
  for (let number = 1; ; number += 1) {
    const before = ids.size
    const page = await readPage(client, place, number)
    total ??= page.total
    if (page.total !== total) return undefined
    for (const id of page.ids) ids.add(id)
    if (ids.size >= total) return [...ids]
    if (ids.size === before || number >= MOST_PAGES) throw incomplete(place, ids.size, total)
  }
}

async function readPage(client: Client, place: Place<OrganizationHome>, number: number): Promise<Page> {
  const { home, store, name } = place
  const { path, parts } = secretsPath(home, store)
  const asked = { doing: doing(place), about: { home, store, secretName: name } }
  return client.call({
    ...asked,
    method: 'GET',
    path: `${path}/{secret_name}/repositories`,
    params: { ...parts, secret_name: name, per_page: PAGE_SIZE, page: number },
    decode: (_, data, headers) => {
      refusePartOfList(asked, headers)
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
  return unreadable(
    place,
    `GitHub counts ${total} and showed ${read}, and a write with fewer would take the secret from the others. Let the github-token see all repositories of the organization (install the App on all of them), and run again.`,
  )
}

function unreadable(place: Place, hint: string): GitHubFailure {
  return new GitHubFailure({
    refusal: 'unreadable',
    kind: 'unreadable',
    fallsBack: false,
    doing: doing(place),
    hint,
  })
}
