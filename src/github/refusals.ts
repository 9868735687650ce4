import { Failure, type FailureDetails, type FailureKind } from '../errors.ts'
import * as hints from './hints.ts'
import { type About, missingPermission } from './permissions.ts'
import { isRateLimit, type Refused } from './rate-limit.ts'

/** Why GitHub did not do what it was asked. */
export type Refusal =
  | 'rate-limited'
  | 'bad-credential'
  | 'locked-out'
  | 'sso'
  | 'ip-not-allowed'
  | 'archived'
  | 'disabled'
  | 'no-permission'
  | 'no-organization-secrets'
  | 'not-found'
  | 'moved'
  | 'stale-key'
  | 'secret-refused'
  | 'invalid'
  | 'server-error'
  | 'outdated'
  | 'unreadable'
  | 'network'

interface Rule {
  readonly refusal: Refusal
  /** `refused` where it does not say. */
  readonly kind?: FailureKind
  /** Whether a refused write to the organization lets the repositories get copies instead. */
  readonly fallsBack: boolean
  /** Whether the GitHub token lacks a permission that can be named. */
  readonly lacks?: true
  readonly when: (refused: Refused, about: About) => boolean
  readonly hint: hints.Hint
}

/**
 * Every answer that is no success, in the order in which they are told apart: the first that fits counts. Nothing falls
 * back while a wait would do, on a bad credential, or where another request might have been taken. A 5xx only gets out
 * of here once the retries are spent.
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export const rules: readonly Rule[] = [
  { refusal: 'rate-limited', kind: 'rate-limited', fallsBack: false, when: isRateLimit, hint: hints.waitLonger },
  { refusal: 'bad-credential', fallsBack: false, when: has(401), hint: hints.renewCredential },
  { refusal: 'locked-out', fallsBack: false, when: says(403, /\blogin attempts\b/i), hint: hints.waitForLogin },
  { refusal: 'sso', fallsBack: true, when: isSso, hint: hints.authorizeSso },
  { refusal: 'ip-not-allowed', fallsBack: true, when: says(403, /\bIP allow list\b/i), hint: hints.openNetwork },
  { refusal: 'archived', fallsBack: true, when: says(403, /\b(?:was|is) archived\b/i), hint: hints.unarchive },
  { refusal: 'disabled', fallsBack: true, when: says(403, /\baccess blocked\b/i), hint: hints.unblock },
  { refusal: 'no-permission', fallsBack: true, lacks: true, when: has(403), hint: hints.grantPermission },
  { refusal: 'no-organization-secrets', fallsBack: true, lacks: true, when: isOrganization404, hint: hints.findHome },
  { refusal: 'not-found', fallsBack: true, lacks: true, when: has(404), hint: hints.findHome },
  { refusal: 'moved', fallsBack: false, when: between(300, 399), hint: hints.followRename },
  { refusal: 'stale-key', fallsBack: false, when: has(409), hint: hints.runAgain },
  { refusal: 'secret-refused', fallsBack: true, when: namesTheSecret, hint: hints.checkSecretName },
  { refusal: 'invalid', fallsBack: false, when: between(400, 499), hint: hints.reportBug },
  { refusal: 'server-error', kind: 'unavailable', fallsBack: true, when: between(500, 599), hint: hints.waitForGitHub },
]

const unreadable: Omit<Rule, 'when'> = {
  refusal: 'unreadable',
  kind: 'unreadable',
  fallsBack: false,
  hint: hints.lookAtProxy,
}

interface Judgement extends FailureDetails {
  readonly refusal: Refusal
  readonly fallsBack: boolean
  readonly missingPermission?: string | undefined
}

/** A Failure that says why GitHub refused, and what may be done about it. */
export class GitHubFailure extends Failure {
  readonly refusal: Refusal
  /** Refused for good: an organization write may then fall back to repositories. */
  readonly fallsBack: boolean
  /** `organization_secrets=write`: what the GitHub token needs, where that is why. */
  readonly missingPermission: string | undefined
  readonly #judgement: Judgement

  constructor(judgement: Judgement) {
    super(judgement)
    this.name = 'GitHubFailure'
    this.refusal = judgement.refusal
    this.fallsBack = judgement.fallsBack
    this.missingPermission = judgement.missingPermission
    this.#judgement = judgement
  }

  /** The same failure, where some of it is known better. */
  but(known: Partial<Judgement>): GitHubFailure {
    return new GitHubFailure({ ...this.#judgement, fateUnknown: this.fateUnknown, ...known })
  }
}

/** GitHub shows nothing there: the plain 404, without the marks of anything else. */
export function isAbsence(error: unknown): boolean {
  return (
    error instanceof GitHubFailure && (error.refusal === 'not-found' || error.refusal === 'no-organization-secrets')
  )
}

/** GitHub keeps the token away for good: the plain 403 or 404. What it says of a moment, or of all that is asked, is not that. */
export function isNoAccess(error: unknown): boolean {
  return isAbsence(error) || (error instanceof GitHubFailure && error.refusal === 'no-permission')
}

/** GitHub does not let this token in, whatever it asks: asking on would only lock it out for longer. */
export function isNotLetIn(error: unknown): boolean {
  return error instanceof GitHubFailure && (error.refusal === 'bad-credential' || error.refusal === 'locked-out')
}

/** What an answer without success means; one with a success that nobody can read is `unreadable`. */
export function judge(refused: Refused, about: About): Omit<Judgement, 'doing'> {
  const {
    refusal,
    kind = 'refused',
    fallsBack,
    lacks,
    hint,
  } = rules.find(({ when }) => when(refused, about)) ?? unreadable
  return {
    refusal,
    kind,
    fallsBack,
    status: refused.status,
    hint: (about.hints?.[refusal] ?? hint)(refused, about),
    missingPermission: lacks ? missingPermission(refused.headers, about) : undefined,
  }
}

function has(wanted: number): Rule['when'] {
  return ({ status }) => status === wanted
}

function between(lowest: number, highest: number): Rule['when'] {
  return ({ status }) => status >= lowest && status <= highest
}

function says(wanted: number, wording: RegExp): Rule['when'] {
  return ({ status, words }) => status === wanted && wording.test(words)
}

/** https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso */
function isSso({ status, headers, words }: Refused): boolean {
  if (status !== 403 && status !== 404) return false
  return /^\s*required\b/i.test(headers.get('x-github-sso') ?? '') || /\bSAML\b/.test(words)
}

function isOrganization404({ status }: Refused, { home, store }: About): boolean {
  return status === 404 && home.kind === 'organization' && store !== undefined
}

function namesTheSecret({ status, words }: Refused, { secretName }: About): boolean {
  if (status !== 422) return false
  const named = secretName !== undefined && words.toUpperCase().split(/\W+/).includes(secretName.toUpperCase())
  // `Secret name` is also how the resource and its field are put into words.
  return named || /secret[ _]names?\b/i.test(words)
}
