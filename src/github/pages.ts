import { authorizeSso } from './hints.ts'
import type { Call, Client } from './client.ts'
import { GitHubFailure } from './refusals.ts'

/** The most GitHub gives; the default of 30 would do too, with more requests. */
const PAGE_SIZE = 100

/** 100,000 items: a list longer than that has no end. */
const MOST_PAGES = 1000

export type Listing<T> = Omit<Call<never>, 'decode' | 'method' | 'notAfter'> & {
  /** What stands on one page. @throws UnexpectedShape where it is not as documented */
  readonly items: (data: unknown) => readonly T[]
  /** Single sign-on hides nothing there that is looked for. */
  readonly hidesOthers?: true
}

/**
 * Every page of a list, one after the other. A page may be shorter than asked for, so only the `Link` header ends it.
 * https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 * @throws GitHubFailure; `sso` where GitHub leaves out what the token's single sign-on does not reach
 */
export async function readPages<T>(
  client: Client,
  { items, hidesOthers, ...listing }: Listing<T>,
): Promise<readonly T[]> {
  const all: T[] = []
  for (let page = 1; ; page += 1) {
    const { found, more } = await client.call({
      ...listing,
      method: 'GET',
      params: { ...listing.params, per_page: PAGE_SIZE, page },
      decode: (_, data, headers) => {
        if (hidesOthers === undefined) refusePartOfList(listing, headers)
        return { found: items(data), more: /\brel="?next\b/.test(headers.get('link') ?? '') }
      },
    })
    all.push(...found)
    if (!more) return all
    if (page >= MOST_PAGES) throw endless(listing)
  }
}

/**
 * A success may show only a part: who is not on the list would be taken for nobody.
 * @throws GitHubFailure `sso` where GitHub leaves out what the token's single sign-on does not reach
 */
export function refusePartOfList({ doing, about }: Pick<Call<unknown>, 'doing' | 'about'>, headers: Headers): void {
  if (!/^\s*partial-results\b/i.test(headers.get('x-github-sso') ?? '')) return
  const hint = authorizeSso({ status: 200, headers, words: '' }, about)
  throw new GitHubFailure({ refusal: 'sso', kind: 'refused', fallsBack: true, status: 200, doing, hint })
}

function endless({ doing }: Pick<Listing<unknown>, 'doing'>): GitHubFailure {
  return new GitHubFailure({
    refusal: 'unreadable',
    kind: 'unreadable',
    fallsBack: false,
    doing,
    hint: `The list did not end after ${MOST_PAGES} pages. Run again; if it stays, look at the proxy and at GITHUB_API_URL.`,
  })
}
