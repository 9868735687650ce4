import { DAY, HOUR, MINUTE } from './clock.ts'
import { type Afterwards, afterwardsInputs } from './afterwards-inputs.ts'
import { type BotCredential, botCredential, type EntraApp, entraApp, entraAuthority } from './bot-inputs.ts'
import { InputReader, type InputSource, variable } from './input-reader.ts'
import * as rules from './input-rules.ts'
import { keyVault, type Vault } from './key-vault-inputs.ts'
import { type RepositoryName, type Store, stores, type Visibility, visibilities } from './place.ts'
import type { StaleCopiesPolicy, Target } from './renewal/due.ts'
import { type Repositories, repositoriesIn, type WritePace, writePaces } from './sweep-inputs.ts'

export const operations = ['renew', 'check', 'extend', 'revoke', 'audit', 'sign-in', 'federate'] as const
export type Operation = (typeof operations)[number]

/** Every input, read, converted and checked once. Nothing blank inside; times are milliseconds. */
export interface Inputs {
  readonly operation: Operation
  readonly dryRun: boolean
  readonly feed: {
    readonly organization: string
    readonly project: string | undefined
    readonly feed: string | undefined
  }
  readonly patName: string
  readonly scopes: readonly string[]
  readonly patLifetime: number
  readonly renewBeforeDays: number
  readonly force: boolean
  readonly grace: number
  /** For `revoke`: those superseded, all managed ones, or these authorization ids. */
  readonly revokePats: RevokePats
  /** For `audit`: how far back the log is read. */
  readonly auditPeriod: number
  readonly currentPat: string | undefined
  readonly bot: BotCredential
  /** The app registration, where `azure-tenant-id` and `azure-client-id` name one. */
  readonly app: EntraApp | undefined
  /** The tenant as `azure-tenant-id` names it, by its id or by a domain. */
  readonly tenant: string | undefined
  readonly botUser: string | undefined
  readonly vault: Vault | undefined
  /** Undefined only for `federate` and `audit`, which ask GitHub nothing. */
  readonly githubToken: string | undefined
  readonly apiUrl: string
  /** The repository running the step. */
  readonly thisRepository: RepositoryName
  readonly target: Target
  readonly fallback: 'repositories' | 'none'
  readonly organization: string
  readonly repositories: Repositories
  readonly secretName: string
  readonly secretNameBase64: string | undefined
  readonly maxWait: number
  readonly writePace: WritePace
  readonly stores: readonly Store[]
  readonly visibility: Visibility
  readonly staleCopies: StaleCopiesPolicy
  readonly exposeToken: boolean
  readonly afterwards: Afterwards
}

/** Which PATs `revoke` revokes. */
export type RevokePats = 'superseded' | 'all' | readonly string[]

/**
 * Reads every input. Secret ones are masked before anything else happens with them.
 * @throws Failure `input` with every bad input, each with what was expected
 */
export function readInputs(source: InputSource): Inputs {
  const reader = new InputReader(source)
  const { optional, required, fallingBackTo } = reader
  const operation = fallingBackTo('operation', 'renew', rules.oneOf(operations))
  const target = fallingBackTo('target', 'organization', rules.oneOf(['organization', 'repositories']))
  const force = fallingBackTo('force', false, rules.flag)
  const currentPat = reader.secret('current-pat')
  const secretName = fallingBackTo('secret-name', 'AZURE_DEVOPS_ARTIFACT_TOKEN', rules.secretName)
  const thisRepository = reader.environment('GITHUB_REPOSITORY', rules.fullRepository) ?? NO_REPOSITORY
  const owner = thisRepository.split('/')[0] ?? ''
  const organization = fallingBackTo('github-organization', owner, rules.login)
  const tenant = optional('azure-tenant-id', rules.tenant)
  const authority = entraAuthority(reader)
  const app = entraApp(reader, authority, tenant)
  const vault = keyVault(reader, authority, app)
  // Only a renewal of repositories may end before the bot is needed: where their PAT is still taken by the feed.
  const mayDoWithout = operation === 'renew' && target === 'repositories' && currentPat !== undefined && !force
  const needed = !mayDoWithout && !reader.isBad('operation')
  const inputs: Inputs = {
    operation,
    dryRun: fallingBackTo('dry-run', false, rules.flag),
    feed: {
      organization: required('ado-organization', rules.adoOrganization, 'hmcts'),
      project: optional('ado-project', rules.adoName),
      feed: optional('ado-feed', rules.adoName),
    },
    patName: fallingBackTo('pat-name', secretName, rules.line(100)),
    scopes: fallingBackTo('pat-scope', ['vso.packaging_write'], rules.scopes),
    patLifetime: fallingBackTo('pat-lifetime-days', 30, rules.wholeNumber(1, 365)) * DAY,
    renewBeforeDays: fallingBackTo('renew-before-days', RENEW_BEFORE, rules.wholeNumber(0, 364)),
    force,
    grace: fallingBackTo('revoke-superseded-after-hours', 24, rules.wholeNumber(0, 8760)) * HOUR,
    revokePats: fallingBackTo('revoke-pats', 'superseded', rules.revokePats),
    auditPeriod: fallingBackTo('audit-days', 30, rules.wholeNumber(1, 90)) * DAY,
    currentPat,
    bot: botCredential(reader, operation, { needed, app, vault }),
    app,
    vault,
    tenant,
    botUser: optional('bot-user', rules.userPrincipalName),
    githubToken: reader.secret('github-token'),
    apiUrl: reader.environment('GITHUB_API_URL', rules.httpsAddress) ?? 'https://api.github.com',
    thisRepository,
    target,
    fallback: fallingBackTo('fallback', 'repositories', rules.oneOf(['repositories', 'none'])),
    organization,
    repositories: repositoriesIn(reader, organization, thisRepository),
    secretName,
    secretNameBase64: optional('secret-name-base64', rules.secretName),
    maxWait: fallingBackTo('max-wait-minutes', 30, rules.wholeNumber(0, 360)) * MINUTE,
    writePace: fallingBackTo('write-pace', 'budget', rules.oneOf(writePaces)),
    stores: fallingBackTo('secret-stores', ['actions'], rules.listOf(rules.oneOf(stores))),
    visibility: fallingBackTo('secret-visibility', 'private', rules.oneOf(visibilities)),
    staleCopies: fallingBackTo('stale-copies', 'refresh', rules.oneOf(['refresh', 'remove', 'report'])),
    exposeToken: fallingBackTo('expose-token', false, rules.flag),
    afterwards: afterwardsInputs(reader),
  }
  checkTogether(reader, inputs)
  reader.throwProblems(operation)
  return inputs
}

/** What one input says only together with another; where the other is bad, that is what there is to mend. */
function checkTogether(reader: InputReader, inputs: Inputs): void {
  const { renewBeforeDays, patLifetime, secretName, secretNameBase64, bot } = inputs
  checkGitHubToken(reader, inputs)
  checkThisRepository(reader, inputs)
  if (renewBeforeDays * DAY >= patLifetime && !reader.isBad('pat-lifetime-days')) {
    reader.problem(
      'renew-before-days',
      `expected less than pat-lifetime-days (${patLifetime / DAY}), got ${renewBeforeDays}${renewBeforeDays === RENEW_BEFORE ? ', which also stands where it is left out: set it too' : ''}`,
    )
  }
  if (secretNameBase64?.toUpperCase() === secretName.toUpperCase() && !reader.isBad('secret-name')) {
    reader.problem(
      'secret-name-base64',
      'expected another name than secret-name: one holds the PAT, the other base64 of it',
    )
  }
  const names = [secretName, secretNameBase64].map((name) => name?.toUpperCase())
  const storing = bot.kind === 'refresh-token' || inputs.operation === 'sign-in'
  if (storing && 'home' in bot && bot.home.kind === 'actions' && names.includes(bot.home.secretName.toUpperCase())) {
    reader.problem(
      'bot-refresh-token-secret',
      "expected another name than the PAT's secrets: the refresh token would overwrite the PAT",
    )
  }
}

/**
 * Only `federate` and `audit` ask GitHub nothing, unless `audit` rolls a refresh token: the new one must be stored before
 * anything else.
 */
function asksGitHub({ operation, bot }: Inputs): boolean {
  return operation !== 'federate' && (operation !== 'audit' || bot.kind === 'refresh-token')
}

function checkGitHubToken(reader: InputReader, inputs: Inputs): void {
  const told = reader.isBad('github-token') || reader.isBad('operation')
  if (inputs.githubToken !== undefined || told || !asksGitHub(inputs)) return
  const why = inputs.operation === 'audit' ? ' (audit stores the rolled refresh token)' : ''
  reader.missing('github-token', `an App installation token, or a PAT of GitHub, that may write the secrets${why}`)
}

/** As action.yml has it. */
const RENEW_BEFORE = 10

const NO_REPOSITORY: RepositoryName = 'unknown/unknown'

/** The runner always says which repository it is; whoever starts the action by hand may not. */
function checkThisRepository(reader: InputReader, inputs: Inputs): void {
  const { thisRepository, organization, repositories, target, bot, afterwards } = inputs
  if (thisRepository !== NO_REPOSITORY || reader.isBad(variable('GITHUB_REPOSITORY'))) return
  const forSecrets = target === 'repositories' || organization === 'unknown' || repositories.includes(NO_REPOSITORY)
  const forRefreshToken = 'home' in bot && bot.home.kind === 'actions'
  if (afterwards.notifyIssue || (asksGitHub(inputs) && (forSecrets || forRefreshToken)))
    reader.problem(
      variable('GITHUB_REPOSITORY'),
      'is not set; expected owner/name of the repository that runs the step',
    )
}
