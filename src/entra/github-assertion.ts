import { SECOND } from '../clock.ts'
import { Failure, type FailureKind, plainWords } from '../errors.ts'
import { oidcHosts } from '../hosts.ts'
import { isObject, optionalString, parseJson } from '../json.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, retryAfterOf, send, type Wire } from '../wire.ts'

const doing = "get this job's OIDC token from GitHub"
const TIMEOUT = 30 * SECOND
const PERMISSION =
  'The job needs `permissions: id-token: write`. If it has that, GitHub is in trouble (https://www.githubstatus.com): run again later.'

/**
 * This job's OIDC token, by which an app registration that trusts the workflow authenticates; it lives for about five
 * minutes. Not through @actions/core, whose client follows redirects, cannot be cancelled, and never returns where the
 * answer is cut off.
 * @throws Failure `input` where the job may not have one, `cancelled`, else `sign-in`
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export async function githubAssertion(
  wire: Wire,
  secrets: Secrets,
  audience = 'api://AzureADTokenExchange',
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: token = '' } = process.env
  if (!URL.canParse(address) || token === '') throw notPermitted()
  secrets.add(token)
  const url = new URL(address)
  url.searchParams.set('audience', audience)
  try {
    return await withRetries(wire, async () => {
      const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
      const answer = await send(wire, {
        doing,
        service: 'GitHub',
        url: url.href,
        method: 'GET',
        headers,
        timeout: TIMEOUT,
      })
      return assertionIn(answer, secrets, wire)
    })
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'cancelled') throw error
    // Its tries are spent, so the redemption that it is for must not begin them again.
    const { status, said, hint } = error
    throw new Failure({ kind: 'sign-in', doing, status, said, hint, cause: error })
  }
}

/** Whether the job may have an OIDC token. */
export function mayGetAssertion(): boolean {
  return oidcHosts().length > 0 && (process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '') !== ''
}

function assertionIn({ status, headers, text }: Answer, secrets: Secrets, { clock }: Wire): string {
  const body = parseJson(text)
  const value = isObject(body) ? optionalString(body.value) : undefined
  if (status === 200 && value !== undefined) {
    secrets.add(value)
    return value
  }
  const words = isObject(body) ? optionalString(body.message) : undefined
  throw new Failure({
    kind: kindOf(status),
    doing,
    status,
    said: words === undefined ? undefined : plainWords(secrets.redact(words)),
    hint: PERMISSION,
    retryAfter: retryAfterOf(headers, clock),
  })
}

function kindOf(status: number): FailureKind {
  if (status === 429) return 'rate-limited'
  if (status === 200) return 'unreadable'
  return status >= 500 || status === 408 ? 'unavailable' : 'refused'
}

function notPermitted(): Failure {
  return new Failure({
    kind: 'input',
    doing,
    hint: 'Give the job `permissions: id-token: write`. Workflows that a pull request from a fork starts never get it.',
  })
}
