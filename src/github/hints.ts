import { homeInWords, type Place } from '../place.ts'
import { type About, isClassic, missingPermission } from './permissions.ts'
import type { Refused } from './rate-limit.ts'

/** What to do about a refusal: whole sentences, for that very cause. */
export type Hint = (refused: Refused, about: About) => string

const APP_TOKEN =
  'Use the installation token of a GitHub App that has it, made with actions/create-github-app-token in a step before.'

/** Says which permission is missing, in the terms of the kind of token that lacks it. */
export const grantPermission: Hint = (refused, about) => {
  const { headers, words } = refused
  const missing = missingPermission(headers, about)
  if (about.store === 'codespaces' && about.home.kind === 'organization') {
    return "Codespaces secrets of an organization take no App token: use an organization owner's classic personal access token with the scope admin:org."
  }
  if (/not accessible by integration/i.test(words)) {
    return `The github-token lacks ${missing}. If it is the workflow's own GITHUB_TOKEN: that one can never write secrets, whatever its permissions are. ${APP_TOKEN} A permission added to an App must be accepted by an owner of the organization before it counts.`
  }
  if (/not accessible by personal access token/i.test(words)) {
    return `The fine-grained personal access token in github-token lacks ${missing}. Add it, and have an owner of the organization approve it.`
  }
  if (isClassic(headers)) {
    return `The classic personal access token in github-token lacks the scope ${missing}, or its owner may not manage the secrets of ${homeInWords(about.home)}.`
  }
  return `The github-token lacks ${missing}. ${APP_TOKEN}`
}

export const findHome: Hint = (refused, about) => {
  const missing = missingPermission(refused.headers, about)
  const home = homeInWords(about.home)
  if (about.home.kind === 'organization' && about.store === undefined) {
    return `Either GitHub knows no ${home}, or the github-token may not see it. Check github-organization.`
  }
  if (about.home.kind === 'organization') {
    return `Either GitHub knows no ${home} (a user account has no organization secrets: use target: repositories), or the github-token may not see its secrets. Check github-organization, and that the token has ${missing} there.`
  }
  if (about.home.kind === 'repository' && isRefreshToken(about)) {
    return `Either GitHub knows no ${home}, or the github-token may not see it. The step runs there and keeps the bot's refresh token there, so the github-token must cover it too: an App must be installed there with ${missing}, and a token for chosen repositories must name it.`
  }
  return `Either GitHub knows no ${home}, or the github-token may not see it. Check ${inputFor(about)}; an App must be installed there with ${missing}.`
}

/** The header's address carries a request token: only its host is shown. */
export const authorizeSso: Hint = ({ headers }) => {
  const address = /url=([^;,\s]+)/i.exec(headers.get('x-github-sso') ?? '')?.[1] ?? ''
  const host = URL.canParse(address) ? new URL(address).host : 'GitHub'
  return `The organization enforces SAML single sign-on, and the github-token is not authorized for it. Its owner opens the settings of the token on ${host}, chooses "Configure SSO" and authorizes the organization; the installation token of a GitHub App needs none of this.`
}

/** https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
export const followRename: Hint = (_, about) =>
  `GitHub answered with a redirect, which is never followed with a credential. The ${homeInWords(about.home)} has probably been renamed or transferred (if not, a proxy sends requests elsewhere): ${isRefreshToken(about) ? 'start a new run, which knows its present name' : `give its present name in ${inputFor(about)}`}.`

export const renewCredential: Hint = () =>
  'GitHub does not take the github-token: it has expired (installation tokens of an App live for one hour), was revoked, or is cut off. It was not tried again, since GitHub locks out whoever repeats a bad credential. Make a new one.'

/** https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#failed-login-limit */
export const waitForLogin: Hint = () =>
  'GitHub turns all tokens of this account away for a while, good ones too, because bad ones were sent again and again. It was not tried again. Wait some minutes and run again; if it comes back, look for what keeps sending a token that has expired or was revoked.'

export const openNetwork: Hint = (_, { home }) =>
  `An IP allow list keeps this runner away from ${homeInWords(home)}. Have an owner of the organization add the runner's address, or run on a runner inside the list.`

export const unarchive: Hint = (_, about) =>
  `The ${homeInWords(about.home)} is archived and takes no changes. Unarchive it, or ${doWithout(about)}.`

export const unblock: Hint = (_, about) =>
  `GitHub has disabled the ${homeInWords(about.home)} (for what it holds, or for an unpaid bill). Have GitHub enable it again, or ${doWithout(about)}.`

function doWithout(about: About): string {
  if (about.home.kind === 'organization') return 'name another one in github-organization'
  return isRefreshToken(about)
    ? 'run the workflow in another repository, after `operation: sign-in` there'
    : 'take it out of repositories'
}

/** It is kept by the repository that runs the step, which no input names, or in an environment of that one. */
function isRefreshToken({ form }: About): boolean {
  return form === 'refresh-token'
}

/** The input that names the home. */
function inputFor({ home }: About): string {
  if (home.kind === 'organization') return 'github-organization'
  return home.kind === 'repository' ? 'repositories' : 'bot-refresh-token-environment'
}

export const waitLonger: Hint = () =>
  'GitHub limits how much may be asked in a time. Run again later, or raise max-wait-minutes.'

export const runAgain: Hint = () =>
  'The public key changed while the secret was being written, twice in a row. Run again.'

const secretInputs: Readonly<Record<Place['form'], string>> = {
  plain: 'secret-name',
  base64: 'secret-name-base64',
  'refresh-token': 'bot-refresh-token-secret',
}

export const checkSecretName: Hint = (_, { secretName, form = 'plain' }) =>
  `GitHub does not take this secret here. Check ${secretInputs[form]} (${secretName ?? 'none'}: letters, digits and underscores, no digit first, no GITHUB_ first), and that there is room: 1,000 secrets an organization, 100 a repository, 48 KB each.`

export const reportBug: Hint = () =>
  'GitHub does not take the request as it is, for the reason it gives. Check the inputs that name places; if they are right, use the newest release of this action.'

export const waitForGitHub: Hint = () => 'GitHub is in trouble (https://www.githubstatus.com). Run again later.'

export const lookAtProxy: Hint = () =>
  'GitHub, or a proxy on the way, answered with something unexpected. Run again; if it stays, look at the proxy and at GITHUB_API_URL.'
