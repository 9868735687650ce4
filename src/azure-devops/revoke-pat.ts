import { isObject, parseJson } from '../json.ts'
import type { Pat } from '../pat.ts'
import { withRetries } from '../retry.ts'
import type { Answer } from '../wire.ts'
import { checked, contentOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { refusePatTokenError } from './pat-record.ts'
import { exceptionIn, isHtml, serviceWords } from './service-words.ts'

/**
 * Revokes a PAT; it cannot be brought back. One that is no longer there is no failure.
 * @throws Failure
 * @see https://learn.microsoft.com/rest/api/azure/devops/tokens/pats/revoke
 */
export async function revokePat(connection: Connection, pat: Pat): Promise<'revoked' | 'already-gone'> {
  const asking = {
    doing: `revoke the PAT "${pat.displayName}"`,
    method: 'DELETE',
    query: { authorizationId: pat.authorizationId },
  } as const
  return withRetries(connection.wire, async () => {
    const answer = await connection.ask(asking)
    if (isAlreadyGone(connection, answer)) return 'already-gone'
    // The specification promises 200 without a body, its example 204.
    if (answer.status === 200 && answer.text.trim() === '') return 'revoked'
    const question = connection.question(asking)
    const content = contentOf(answer, question)
    if (isObject(content))
      checked(question, () => {
        refusePatTokenError(content, asking.doing, connection.secrets)
      })
    return 'revoked'
  })
}

/** HTML under 404 is a page for people: there is no such organization. */
function isAlreadyGone({ secrets }: Connection, answer: Answer): boolean {
  if (answer.status === 404) return !isHtml(answer)
  const words =
    answer.status === 200 ? errorIn(answer) : `${exceptionIn(answer) ?? ''} ${serviceWords(answer, secrets)}`
  return /SessionTokenNotFound|\btokenNotFound\b|\bauthorizationNotFound\b/i.test(words)
}

function errorIn({ text }: Answer): string {
  const body = parseJson(text)
  return isObject(body) && typeof body.patTokenError === 'string' ? body.patTokenError : ''
}
