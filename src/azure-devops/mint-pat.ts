import { iso } from '../clock.ts'
import { stringIn } from '../json.ts'
import type { MintedPat } from '../pat.ts'
import { withRetries } from '../retry.ts'
import { checked, contentOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { patIn, grantedIn } from './pat-record.ts'

export interface WantedPat {
  readonly displayName: string
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. A policy may grant less. */
  readonly expiresAt: number
}

/**
 * Mints one PAT for this organization. Only a rate limit is tried again: any other lost answer may have minted. What was
 * granted may differ from what was wanted (policies cut the life without a word), so compare.
 * @throws Failure; with `fateUnknown` a PAT of that name may exist
 * @see https://learn.microsoft.com/rest/api/azure/devops/tokens/pats/create
 */
export async function mintPat(connection: Connection, wanted: WantedPat): Promise<MintedPat> {
  const asking = {
    doing: `mint the PAT "${wanted.displayName}"`,
    method: 'POST',
    body: {
      displayName: wanted.displayName,
      scope: wanted.scopes.join(' '),
      validTo: iso(wanted.expiresAt),
      // PATs for all organizations stop working on 2026-12-01, and are no longer minted.
      allOrgs: false,
    },
  } as const
  const mint = async (): Promise<MintedPat> => {
    const question = connection.question(asking)
    const content = contentOf(await connection.ask(asking), question)
    return checked(question, () => {
      const token = grantedIn(content, asking.doing, connection.secrets)
      return { value: stringIn(token.token, 'the value of the PAT'), pat: patIn(token, false) }
    })
  }
  return withRetries(connection.wire, mint, { transient: false })
}
