import { Failure } from '../errors.ts'
import { objectIn, optionalString } from '../json.ts'
import type { Pat } from '../pat.ts'
import { withRetries } from '../retry.ts'
import { checked, contentOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { type LeaveOut, patsIn } from './pat-record.ts'

/** `all` is said to leave some out; each of these is exactly what its name says. */
const filters = ['active', 'expired', 'revoked'] as const
type Filter = (typeof filters)[number]

interface Page {
  readonly pats: readonly Pat[]
  readonly next: string | undefined
}

const doing = 'list the PATs of the bot'

/**
 * Every PAT of the signed-in user, expired and revoked ones too, all pages, each once.
 * @param leaveOut which of those that cannot be read may be missing; none by default
 * @throws Failure
 * @see https://learn.microsoft.com/rest/api/azure/devops/tokens/pats/list
 */
export async function listPats(connection: Connection, leaveOut: LeaveOut = () => false): Promise<readonly Pat[]> {
  const lists = await Promise.all(filters.map((filter) => everyPage({ connection, filter, leaveOut })))
  // Revoked ones come last: a PAT that was revoked between two of the readings counts as revoked.
  return [...new Map(lists.flat().map((pat) => [pat.authorizationId.toLowerCase(), pat])).values()]
}

/** Nobody has so many PATs: a list this long has no end. */
const MOST_PAGES = 200

interface Reading {
  readonly connection: Connection
  readonly filter: Filter
  readonly leaveOut: LeaveOut
}

async function everyPage(reading: Reading): Promise<readonly Pat[]> {
  const pats: Pat[] = []
  const seen = new Set<string>()
  let next: string | undefined
  do {
    const page = await onePage(reading, next)
    pats.push(...page.pats)
    next = page.next
    if (next !== undefined && (seen.has(next) || seen.size >= MOST_PAGES)) throw goesInCircles()
    if (next !== undefined) seen.add(next)
  } while (next !== undefined)
  return pats
}

/** The service wants the same filters with every page, and ends with an empty continuation token. */
async function onePage(
  { connection, filter, leaveOut }: Reading,
  continuationToken: string | undefined,
): Promise<Page> {
  const asking = {
    doing,
    method: 'GET',
    query: {
      displayFilterOption: filter,
      $top: '100',
      ...(continuationToken === undefined ? {} : { continuationToken }),
    },
  } as const
  return withRetries(connection.wire, async () => {
    const question = connection.question(asking)
    const content = contentOf(await connection.ask(asking), question)
    return checked(question, () => {
      const page = objectIn(content, 'the list')
      return {
        pats: patsIn(page.patTokens, filter === 'revoked', leaveOut),
        next: optionalString(page.continuationToken),
      }
    })
  })
}

function goesInCircles(): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    hint: 'Azure DevOps names the same next page again and again, or pages without end. Run again later.',
  })
}
