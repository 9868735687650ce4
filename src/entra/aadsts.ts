/** Who has to act before a sign-in can work again. `transient`: nobody, it passes. */
const remedies = ['bot-must-sign-in-again', 'administrator', 'configuration', 'account-owner', 'transient'] as const
export type Remedy = (typeof remedies)[number]

export interface Meaning {
  readonly remedy: Remedy
  readonly hint: string
}

const AGAIN = 'Sign in as the bot again (operation: sign-in).'
const IN_A_BROWSER =
  'sign in by the authorization code in a browser of your own machine instead (docs/sign-in.md of this action says how; it does what operation: sign-in does)'

const FEDERATED_SUBJECT =
  'The federated credential of the app registration must hold exactly the subject that GitHub sends. Repositories created after 2026-07-15 send immutable ids, repo:owner@OWNERID/repo@REPOID:ref:refs/heads/main instead of repo:owner/repo:ref:refs/heads/main: read the prefix with `gh api repos/OWNER/REPO/actions/oidc/customization/sub`, and put that subject (shown above) into the credential.'

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const hints: Readonly<Record<Remedy, Readonly<Record<number, string>>>> = {
  'bot-must-sign-in-again': {
    50076: 'Microsoft Entra wants multi-factor authentication, since a policy or the network of the runner changed.',
    50074: 'Multi-factor authentication is required and has not been passed.',
    50078: 'The multi-factor authentication has expired; a policy of the tenant sets how long it lasts.',
    50173:
      "Somebody revoked the bot's sign-ins, by a new password or as an administrator: find out who, or it happens again.",
    700082: 'The refresh token expired because nobody used it for 90 days: let renew run at least once a week.',
    70008: 'The refresh token has expired, or was revoked.',
    70043: 'A sign-in frequency policy ended the session: ask the administrator to exclude the bot from it.',
    70000:
      'The refresh token is not valid: it was cut off when copied, belongs to another app registration, or has been revoked.',
    50158: 'An external service (such as a third-party second factor) has to be passed, which only a person can.',
  },
  administrator: {
    53003: `A Conditional Access policy blocks the bot: the administrator finds which one in the sign-in log of the bot and lets it through. If it blocks the device code, ${IN_A_BROWSER}.`,
    530036: `A Conditional Access policy on authentication flows blocks the device code, and every refresh token that once came from one: ${IN_A_BROWSER}.`,
    530032: 'A security policy of the tenant blocks the bot: ask the administrator which one.',
    530035:
      "The tenant's security defaults block this sign-in: the administrator replaces them with Conditional Access policies that admit the bot.",
    53000:
      'Only compliant devices may sign in, and a runner is none: ask for an exclusion of the bot from that Conditional Access policy.',
    53001:
      'Only domain-joined devices may sign in, and a runner is none: ask for an exclusion of the bot from that Conditional Access policy.',
    50005:
      "The runner's platform is not allowed to sign in: ask for an exclusion of the bot from that Conditional Access policy.",
    65001:
      'Nobody has consented to the app registration: an administrator grants it the delegated permission of Azure DevOps (API permissions > Grant admin consent).',
    65004: 'The consent was declined: sign in again and accept, or have an administrator grant it.',
    90094:
      'Only an administrator can consent to this app registration: have it done under API permissions > Grant admin consent.',
    500011:
      'The tenant does not know Azure DevOps as a resource: check azure-tenant-id; else an administrator has to sign in to https://dev.azure.com with an account of this tenant once.',
    650052:
      'The tenant has no service principal for Azure DevOps, or has it disabled: an administrator enables it under Enterprise applications.',
  },
  configuration: {
    700084: `The refresh token was made for a single-page app and lives for 24 hours: give the app registration a redirect URI of the platform "Mobile and desktop applications" or "Web". ${AGAIN}`,
    65002:
      'That client id belongs to Microsoft and is not authorized for Azure DevOps: set azure-client-id to an app registration of your own.',
    650057:
      'The app registration does not list Azure DevOps: add its delegated permission (vso.pats_manage or user_impersonation) under API permissions.',
    50011:
      'The redirect URI is not registered: add http://localhost to the app registration, under the platform "Mobile and desktop applications".',
    54005: 'The authorization code was used already, as when an answer is lost on the way: sign in once more.',
    700016: 'There is no such app registration in this tenant: check azure-client-id and azure-tenant-id.',
    7000112: 'The app registration is disabled: have it enabled, or set azure-client-id to another one.',
    70001:
      'The app registration is not known or not usable in this tenant: check azure-client-id, azure-tenant-id and whether the app is multi-tenant.',
    90002: 'There is no such tenant: check azure-tenant-id, and AZURE_AUTHORITY_HOST for a sovereign cloud.',
    50059: 'No tenant was named: set azure-tenant-id to the id of the tenant.',
    9001023: 'This app cannot be used through /common or /consumers: set azure-tenant-id to the id of the tenant.',
    7000215:
      'The app registration was sent a wrong client secret, which this action never does: let it sign in by azure-client-auth: github-oidc.',
    7000222:
      "The app registration's client secret has expired: let it sign in by azure-client-auth: github-oidc, which needs none.",
    7000218:
      'The app registration wants to authenticate: turn on "Allow public client flows" (Authentication), or set azure-client-auth: github-oidc.',
    700025: 'The app registration is a public client and must not authenticate: set azure-client-auth: none.',
    700211:
      'The app registration has no federated credential of GitHub Actions: add one with the issuer https://token.actions.githubusercontent.com (an organization of GitHub Enterprise may have an issuer of its own).',
    700212: "The app registration's federated credential has another audience: set it to api://AzureADTokenExchange.",
    700213: FEDERATED_SUBJECT,
    7002131: `No claims expression of the app's flexible federated credential matches. ${FEDERATED_SUBJECT}`,
    700024: "GitHub's OIDC token was too old or too new when it arrived: check the runner's clock, then run again.",
    50196:
      'Microsoft Entra sees the same request in a loop and stops it: find what else redeems this refresh token (two schedules?), wait some minutes, then run again.',
  },
  'account-owner': {
    50079:
      'The bot has to enrol for multi-factor authentication first: sign in as the bot at https://aka.ms/mfasetup, then with operation: sign-in.',
    50072:
      'The bot has to register a second factor first: sign in as the bot at https://aka.ms/mysecurityinfo, then with operation: sign-in.',
    50053:
      "The bot's account is locked after too many wrong sign-ins, or its address is blocked: unlock it, and see who tried.",
    50055: "The bot's password has expired: change it, then sign in with operation: sign-in.",
    50057: "The bot's account is disabled: have it enabled again. Its PATs do not work either.",
    50126: 'User name or password is wrong: whoever keeps the password of the bot signs in with operation: sign-in.',
    50034: 'There is no such user in this tenant: check azure-tenant-id and bot-user.',
  },
  transient: {
    90033: 'Microsoft Entra is unavailable for a moment.',
    90006: 'An outside server that Microsoft Entra needs could not be reached.',
    50033: 'Microsoft Entra had a passing fault of its own.',
    90024: 'Microsoft Entra is asked too much at present.',
    90055: 'The tenant as a whole sends Microsoft Entra too many requests.',
    50087: 'A server of Microsoft Entra did not answer for a moment.',
  },
}

const closing: Partial<Record<Remedy, string>> = {
  'bot-must-sign-in-again': ` ${AGAIN}`,
  transient: ' Run again later.',
}

const meanings = new Map<number, Meaning>()
for (const remedy of remedies) {
  for (const [code, hint] of Object.entries(hints[remedy])) {
    meanings.set(Number(code), { remedy, hint: `${hint}${closing[remedy] ?? ''}` })
  }
}

/** What a code means and who must do what; undefined for codes that are not in the table. */
export function meaningOf(code: number): Meaning | undefined {
  return meanings.get(code)
}
