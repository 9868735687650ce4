import type { FailureKind } from '../errors.ts'
import { isHtml } from './service-words.ts'
import type { Answer } from '../wire.ts'

/** What an answer that is no success means, and what to do about it. */
export interface Refusal {
  readonly kind: FailureKind
  readonly hint: string
}

const NOT_TAKEN: Refusal = {
  kind: 'sign-in',
  hint: "Azure DevOps does not take the bot's access token: it has expired, was made for something else than Azure DevOps (audience 499b84ac-1321-427f-aa17-267ca6975798), or comes from another tenant than the organization's; or the bot was disabled or removed from the organization. Check azure-tenant-id, or sign in again (operation: sign-in).",
}

/** Conditional Access keeps the request out, whatever it carries. The status that comes with it is not documented. */
export const CONDITIONAL_ACCESS = /VS403463/i

/**
 * Told apart by their words, whatever their status: Azure DevOps documents neither for most of them.
 * https://learn.microsoft.com/azure/devops/organizations/accounts/manage-personal-access-tokens-via-api
 */
const known: readonly (Refusal & { readonly words: RegExp; readonly below?: number })[] = [
  {
    words: /service principals are not allowed/i,
    kind: 'sign-in',
    hint: 'PATs belong to users: a service principal or managed identity can neither mint nor manage them. Sign in as the bot user (operation: sign-in), or do without a PAT (operation: federate).',
  },
  {
    words: /InvalidAccessException|the requested operation is not allowed/i,
    kind: 'sign-in',
    hint: 'PATs are only managed with a Microsoft Entra access token of the bot user, not with a PAT, a personal Microsoft account or another kind of token. Check what bot-access-token holds, or sign in with operation: sign-in.',
  },
  {
    words: CONDITIONAL_ACCESS,
    kind: 'sign-in',
    hint: "A Conditional Access policy of the tenant stopped the request. Ask the Microsoft Entra administrator to let the bot reach Azure DevOps from this runner's network, or run on a runner inside the allowed one.",
  },
  // Nobody's name: the access token was not read at all. https://github.com/microsoft/azure-devops-auth-samples/issues/52
  { ...NOT_TAKEN, words: /TF400813\b[^'"]*(''|"")/i },
  {
    words: /TF400813/i,
    kind: 'sign-in',
    hint: 'The signed-in user is no user of this organization. Add the bot to the organization with an access level, and check that azure-tenant-id is the tenant the organization is connected to (a guest or a personal account of the same name is another user).',
  },
  {
    words: /VssInvalidPreviewVersion|VssVersionNotSpecified|VssVersionOutOfRange|-preview flag/i,
    kind: 'refused',
    hint: 'Azure DevOps no longer takes the version of the API this release speaks. Use the newest release of this action.',
  },
  {
    // With 5xx it is any fault inside the service.
    words: /TF400898/i,
    below: 500,
    kind: 'refused',
    hint: 'Azure DevOps could not read the request. Check ado-organization, pat-name and pat-scope for unusual characters; if they are plain, report this as a bug of this action.',
  },
]

const LIMITED: Refusal = {
  kind: 'rate-limited',
  hint: 'The bot has used up what Azure DevOps allows one user in five minutes. Run again later, and see what else works as the bot.',
}

const UNAVAILABLE: Refusal = {
  kind: 'unavailable',
  hint: 'Azure DevOps is in trouble (https://status.dev.azure.com). Run again later.',
}

const SIGN_IN: Refusal = {
  kind: 'sign-in',
  hint: "Azure DevOps showed its sign-in page: nothing was done. The bot's access token has expired, was made for something else than Azure DevOps (audience 499b84ac-1321-427f-aa17-267ca6975798), comes from another tenant than the organization's, or is stopped by Conditional Access; or the bot was disabled or removed from the organization.",
}

const FORBIDDEN: Refusal = {
  kind: 'refused',
  hint: 'The bot is signed in but may not do this. It needs an access level in the organization, and its app registration the delegated permission vso.pats_manage or user_impersonation of Azure DevOps.',
}

const NOT_FOUND: Refusal = {
  kind: 'refused',
  hint: 'There is no such organization, or the bot cannot see it. Check ado-organization: the name alone, as in https://dev.azure.com/{name}.',
}

const REDIRECTED: Refusal = {
  kind: 'refused',
  hint: "Azure DevOps, or a proxy, sent the request elsewhere. Redirects are never followed, since they would carry the bot's credential along. Check ado-organization (has it been renamed?) and the proxy.",
}

const REFUSED: Refusal = { kind: 'refused', hint: 'Azure DevOps refused the request for the reason it gives.' }

const UNREADABLE: Refusal = {
  kind: 'unreadable',
  hint: 'Azure DevOps, or a proxy on the way, answered with something unexpected. Run again; if it stays, look at the proxy and use the newest release of this action.',
}

/** What these answers mean depends on who asks for what: each asker may bring its own sentence. */
export type OwnHints = Partial<Record<'signInPage' | 'forbidden' | 'notFound', string>>

/** @param words the service's own words, with the exception's name */
export function refusalOf(answer: Answer, words: string, own: OwnHints = {}): Refusal {
  const { status } = answer
  if (status === 429 || /TF400733/i.test(words)) return LIMITED
  const named = known.find((one) => one.words.test(words) && status < (one.below ?? Infinity))
  if (named !== undefined) return named
  if (status >= 500 || status === 408) return UNAVAILABLE
  if (isSignInPage(answer)) return explained(SIGN_IN, own.signInPage)
  if (status >= 300 && status < 400) return REDIRECTED
  if (status === 401) return NOT_TAKEN
  if (status === 403) return explained(FORBIDDEN, own.forbidden)
  if (status === 404) return explained(NOT_FOUND, own.notFound)
  return status >= 400 ? REFUSED : UNREADABLE
}

function explained({ kind, hint }: Refusal, own: string | undefined): Refusal {
  return { kind, hint: own ?? hint }
}

/**
 * 203 with HTML, or a redirect to it: neither is an error by its status. HTML under another 4xx comes from gateways and
 * for organizations that do not exist.
 * https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/authentication-guidance
 */
function isSignInPage(answer: Answer): boolean {
  const { status, headers } = answer
  if (status === 203) return true
  const location = headers.get('location') ?? ''
  if (/_signin\b|\/login\.(microsoftonline|windows|live)\./i.test(location)) return true
  return isHtml(answer) && (status < 300 || status === 401 || status === 403)
}
