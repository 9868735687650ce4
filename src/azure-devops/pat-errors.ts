const AGAIN = 'Azure DevOps failed inside. Run again; if it stays, look at https://status.dev.azure.com.'
const GONE = 'That PAT no longer exists: somebody revoked it. Mint a new one (operation: renew).'
const CLIENT =
  'Azure DevOps does not accept the app registration the bot signs in through. Check azure-client-id, and that the app has the delegated permission vso.pats_manage or user_impersonation of Azure DevOps.'
const UNKNOWN_USER =
  'Azure DevOps does not know the signed-in user. Open https://dev.azure.com as the bot once, and give the bot an access level in the organization.'
const TOKEN =
  "Azure DevOps does not accept the bot's access token for this. Sign in again (operation: sign-in) for the resource 499b84ac-1321-427f-aa17-267ca6975798."
const NO_MEMBER =
  'The organization does not know the bot. Check ado-organization, and that the bot is a member of it with an access level.'
const SOURCE =
  'Azure DevOps does not hand PATs to where this request came from. Sign in as the bot through an app registration of your own.'
const POLICY_UNREAD = 'Azure DevOps could not read the policy it has to check, and so refused. Run again later.'

/**
 * What to do about each `patTokenError`. Where several share a sentence the remedy really is the same.
 * https://learn.microsoft.com/rest/api/azure/devops/tokens/pats/create#sessiontokenerror
 * Policies: https://learn.microsoft.com/azure/devops/organizations/accounts/manage-pats-with-policies-for-administrators
 */
const hints: Readonly<Record<string, string>> = {
  displayNameRequired: 'The display name is empty. Set pat-name.',
  invalidDisplayName: 'Azure DevOps does not take the display name. Choose a shorter, plainer pat-name.',
  invalidValidTo:
    "Azure DevOps does not take the end date: it must lie ahead and within a year. Lower pat-lifetime-days, and check the runner's clock.",
  invalidScope:
    'Azure DevOps does not know one of the scopes. Check pat-scope against https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth#scopes.',
  userIdRequired: UNKNOWN_USER,
  invalidUserId: UNKNOWN_USER,
  invalidUserType:
    'PATs belong to users: who is signed in is something else, such as a service principal. Sign in as the bot user (operation: sign-in), or do without a PAT (operation: federate).',
  accessDenied:
    'The signed-in user may not do this: the PAT belongs to somebody else, or the bot has no access level in the organization. Check bot-user.',
  failedToIssueAccessToken: AGAIN,
  invalidClient: CLIENT,
  invalidClientType: CLIENT,
  invalidClientId: CLIENT,
  invalidTargetAccounts: NO_MEMBER,
  hostAuthorizationNotFound: NO_MEMBER,
  authorizationNotFound: GONE,
  failedToUpdateAccessToken: AGAIN,
  sourceNotSupported: SOURCE,
  invalidSourceIP:
    'The network address of this runner is not allowed. Have the Microsoft Entra administrator admit it in the Conditional Access policy ("IP Conditional Access policy validation on non-interactive flows"), or run on a runner inside the allowed network.',
  invalidSource: SOURCE,
  duplicateHash: 'Azure DevOps drew a value that is already in use. Run again.',
  sshPolicyDisabled:
    'The organization does not allow SSH keys ("SSH authentication", Organization settings > Policies). pat-scope should hold no scope for SSH keys.',
  invalidToken: 'That PAT has expired or was revoked, and can no longer be changed. Mint a new one (operation: renew).',
  tokenNotFound: GONE,
  invalidAuthorizationId: 'That is no id of a PAT. Check revoke-pats against the ids that operation: check shows.',
  failedToReadTenantPolicy: POLICY_UNREAD,
  globalPatPolicyViolation:
    'The tenant policy "Restrict global personal access token creation" forbids this: the PAT is valid in every organization. Mint one for this organization alone (operation: renew).',
  fullScopePatPolicyViolation:
    'The tenant policy "Restrict full-scoped personal access token creation" forbids this. Ask for single scopes in pat-scope, such as vso.packaging_write.',
  patLifespanPolicyViolation:
    'The tenant policy "Enforce maximum personal access token lifespan" allows no PAT that lives so long. Lower pat-lifetime-days, or have an Azure DevOps Administrator of the tenant put the bot on the allowlist of that policy.',
  invalidTokenType: TOKEN,
  invalidAudience: TOKEN,
  invalidSubject: TOKEN,
  deploymentHostNotSupported:
    'Azure DevOps manages PATs for organizations only. Check ado-organization: the name alone.',
  disablePatCreationPolicyViolation:
    'The organization policy "Restrict personal access token (PAT) creation" forbids this. A Project Collection Administrator can put the bot on its allowlist, or turn on "Allow creation of PAT with packaging scope only": pat-scope must then be exactly one packaging scope, vso.packaging_write.',
  failedToReadOrgPolicy: POLICY_UNREAD,
  globalPATCreationBlocked:
    'Azure DevOps no longer lets a PAT be valid in every organization. Mint one for this organization alone (operation: renew).',
  expiredPatCannotBeExtended: 'An expired PAT cannot be extended. Mint a new one (operation: renew).',
}

const byLowerCase = new Map(Object.entries(hints).map(([error, hint]) => [error.toLowerCase(), hint]))

/** What to do about a `patTokenError`, in whatever case it is written. Unknown ones are failures too. */
export function patErrorHint(error: string): string {
  return (
    byLowerCase.get(error.toLowerCase()) ??
    'Azure DevOps gives a reason this release does not know. Look it up in the documentation of the PAT API, and use the newest release of this action.'
  )
}

/**
 * Whether an error may pass by itself: the service failed inside, as with a 5xx, or drew a value that is in use. That it
 * could not read a policy says nothing of the policy.
 */
export function mayPass(error: string): boolean {
  return /^(failedTo|duplicateHash$)/i.test(error)
}
