import { iso } from '../clock.ts'
import type { Pat } from '../pat.ts'
import { withRetries } from '../retry.ts'
import { checked, contentOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { patIn, grantedIn } from './pat-record.ts'

export interface PatChange {
  readonly displayName?: string
  /** Milliseconds since 1970. A policy may grant less, counted from when the PAT was minted. */
  readonly expiresAt?: number
}

/**
 * Changes the name or the end of a PAT; its value stays. Returns it as granted. The whole record is sent, so that saying
 * it twice is saying it once.
 * @throws Failure
 * @see https://learn.microsoft.com/rest/api/azure/devops/tokens/pats/update-pat
 */
export async function updatePat(connection: Connection, pat: Pat, change: PatChange): Promise<Pat> {
  const asking = {
    doing: `change the PAT "${pat.displayName}"`,
    method: 'PUT',
    body: {
      authorizationId: pat.authorizationId,
      displayName: change.displayName ?? pat.displayName,
      scope: pat.scopes.join(' '),
      validTo: iso(change.expiresAt ?? pat.expiresAt),
      allOrgs: false,
    },
  } as const
  return withRetries(connection.wire, async () => {
    const question = connection.question(asking)
    const content = contentOf(await connection.ask(asking), question)
    return checked(question, () => patIn(grantedIn(content, asking.doing, connection.secrets), false))
  })
}
