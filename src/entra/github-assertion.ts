import { Failure, messageOf } from '../errors.ts'
import type { Secrets } from '../secrets.ts'

const doing = "get this job's OIDC token from GitHub"

/**
 * This job's OIDC token, by which an app registration that trusts the workflow authenticates; it lives for about five
 * minutes, and the runner masks it.
 * @throws Failure `input` where the job may not have one, else `sign-in`
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export async function githubAssertion(
  audience = 'api://AzureADTokenExchange',
  secrets?: Pick<Secrets, 'redact'>,
): Promise<string> {
  if ((process.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '') === '') throw notPermitted()
  const { getIDToken } = await import('@actions/core')
  try {
    return await getIDToken(audience)
  } catch (error) {
    throw new Failure({
      kind: 'sign-in',
      doing,
      said: messageOf(error, (text) => secrets?.redact(text) ?? text),
      hint: 'The job needs `permissions: id-token: write`. If it has that, GitHub is in trouble (https://www.githubstatus.com): run again later.',
      cause: error,
    })
  }
}

function notPermitted(): Failure {
  return new Failure({
    kind: 'input',
    doing,
    hint: 'Give the job `permissions: id-token: write`. Workflows that a pull request from a fork starts never get it.',
  })
}
