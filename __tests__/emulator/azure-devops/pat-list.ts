import type { WireAnswer } from '../wire.ts'
import { exception } from './answers.ts'
import type { AzureDevOps, Pat } from './azure-devops.ts'
import { wirePat } from './wire-pat.ts'

/** Silently 20 where nothing is asked, and never more than 100. */
const DEFAULT_TOP = 20
const MOST = 100

interface Cursor {
  readonly filters: string
  readonly after: readonly [string, string]
}

/** GET without an authorization id: one page of the caller's own PATs. The last page ends in an empty token. */
export function listPats(ado: AzureDevOps, query: URLSearchParams, owner: string): WireAnswer {
  const filter = (query.get('displayFilterOption') ?? 'active').toLowerCase()
  const sort = (query.get('sortByOption') ?? 'displayName').toLowerCase()
  const ascending = (query.get('isSortAscending') ?? 'true').toLowerCase() !== 'false'
  const top = query.has('$top') ? Number(query.get('$top')) : DEFAULT_TOP
  if (
    !['active', 'revoked', 'expired', 'all'].includes(filter) ||
    !['displayname', 'displaydate', 'status'].includes(sort)
  ) {
    return badRequest('The request is invalid: displayFilterOption or sortByOption has no such value.')
  }
  if (!Number.isInteger(top) || top < 1) return badRequest('The request is invalid: $top.')
  const filters = [filter, sort, ascending].join()
  const given = query.get('continuationToken')
  const cursor = given ? readCursor(given) : undefined
  if (given && cursor?.filters !== filters) return badRequest('The continuation token does not belong to this query.')

  const key = (pat: Pat): readonly [string, string] => [sortKey(ado, pat, sort), pat.authorizationId]
  const direction = ascending ? 1 : -1
  const compare = (a: readonly [string, string], b: readonly [string, string]): number =>
    direction * (byCodePoint(a[0], b[0]) || byCodePoint(a[1], b[1]))
  const sorted = ado.pats
    .filter((pat) => pat.owner === owner && (filter === 'all' || statusOf(ado, pat) === filter))
    .sort((a, b) => compare(key(a), key(b)))
  const rest = cursor === undefined ? sorted : sorted.filter((pat) => compare(key(pat), cursor.after) > 0)
  const page = rest.slice(0, Math.min(top, MOST))
  const last = page.at(-1)
  const more = last !== undefined && rest.length > page.length
  return {
    status: 200,
    body: {
      continuationToken: more ? writeCursor({ filters, after: key(last) }) : '',
      patTokens: page.map((pat) => wirePat(ado, pat)),
    },
  }
}

function statusOf(ado: AzureDevOps, pat: Pat): 'active' | 'revoked' | 'expired' {
  if (pat.revoked) return 'revoked'
  return ado.now() >= pat.validTo ? 'expired' : 'active'
}

function sortKey(ado: AzureDevOps, pat: Pat, sort: string): string {
  if (sort === 'displayname') return pat.displayName.toLowerCase()
  return sort === 'status' ? statusOf(ado, pat) : String(pat.validTo).padStart(16, '0')
}

const byCodePoint = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64')

function readCursor(text: string): Cursor | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString()) as Cursor
  } catch {
    return undefined
  }
}

function badRequest(message: string): WireAnswer {
  return exception(400, 'VssPropertyValidationException', message)
}
