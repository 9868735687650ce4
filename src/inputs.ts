import { DAY, HOUR, MINUTE } from './clock.ts'
import { Failure } from './errors.ts'
import * as rules from './input-rules.ts'
import { type RepositoryName, type Store, stores, type Visibility, visibilities, sameRepository } from './place.ts'
import type { StaleCopiesPolicy, Target } from './renewal/due.ts'
import type { Secrets } from './secrets.ts'

export const operations = ['renew', 'check', 'extend', 'revoke', 'audit', 'sign-in', 'federate'] as const
export type Operation = (typeof operations)[number]

/** The app registration through which the bot signs in. */
export interface EntraApp {
  readonly authority: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientAuth: 'none' | 'github-oidc'
}

/** Where the rolled refresh token is written back to: an Actions secret of this repository, or of one of its environments. */
export interface RefreshTokenHome {
  readonly secretName: string
  readonly environment: string | undefined
}

/** How the bot signs in. `missing` is an error only where the bot is needed. */
export type BotCredential =
  | { readonly kind: 'access-token'; readonly accessToken: string }
  | {
      readonly kind: 'refresh-token'
      readonly newest: string
      readonly previous: string | undefined
      readonly app: EntraApp
      readonly home: RefreshTokenHome
    }
  | { readonly kind: 'device-code'; readonly app: EntraApp }
  | { readonly kind: 'cli' }
  | { readonly kind: 'missing'; readonly wanted: string }

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
  readonly currentPat: string | undefined
  readonly bot: BotCredential
  readonly botUser: string | undefined
  readonly githubToken: string
  readonly apiUrl: string
  /** The repository running the step. */
  readonly thisRepository: RepositoryName
  readonly target: Target
  readonly fallback: 'repositories' | 'none'
  readonly organization: string
  readonly repositories: readonly RepositoryName[]
  readonly secretName: string
  readonly secretNameBase64: string | undefined
  readonly maxWait: number
  readonly stores: readonly Store[]
  readonly visibility: Visibility
  readonly staleCopies: StaleCopiesPolicy
  readonly exposeToken: boolean
}

/** Inputs that are declared and checked, and whose work is not built yet. */
export const notBuiltYet = [
  'key-vault-url',
  'key-vault-refresh-token',
  'key-vault-pat',
  'verify-workflow',
  'notify-webhook-url',
] as const

export interface InputSource {
  /** The input's text, trimmed; `''` where it is blank or missing. As `core.getInput`. */
  readonly read: (name: string) => string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secrets: Secrets
}

/**
 * Reads every input. Secret ones are masked before anything else happens with them.
 * @throws Failure `input` with every bad input, each with what was expected
 */
export function readInputs(source: InputSource): Inputs {
  const reader = new Reader(source)
  const { optional, required, fallingBackTo } = reader
  const operation = fallingBackTo('operation', 'renew', rules.oneOf(operations))
  if (operation !== 'renew') reader.problem('operation', `"${operation}" is not built yet; only renew is`)
  for (const name of notBuiltYet) if (reader.text(name) !== '') reader.problem(name, 'is not built yet; leave it blank')
  for (const name of ['notify-issue'] as const) {
    if (fallingBackTo(name, false, rules.flag)) reader.problem(name, 'is not built yet; leave it false')
  }
  fallingBackTo('revoke-pats', ['superseded'], rules.listOf(rules.line(60)))
  fallingBackTo('audit-days', 30, rules.wholeNumber(1, 90))
  reader.secret('workflow-token')

  const secretName = fallingBackTo('secret-name', 'AZURE_DEVOPS_ARTIFACT_TOKEN', rules.secretName)
  const thisRepository = reader.environment('GITHUB_REPOSITORY', rules.repository('')) ?? 'unknown/unknown'
  const owner = thisRepository.split('/')[0] ?? ''
  const organization = fallingBackTo('github-organization', owner, rules.login)
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
    renewBeforeDays: fallingBackTo('renew-before-days', 10, rules.wholeNumber(0, 364)),
    force: fallingBackTo('force', false, rules.flag),
    grace: fallingBackTo('revoke-superseded-after-hours', 24, rules.wholeNumber(0, 8760)) * HOUR,
    currentPat: reader.secret('current-pat'),
    bot: botCredential(reader),
    botUser: optional('bot-user', rules.userPrincipalName),
    githubToken:
      reader.secret('github-token') ??
      reader.missing('github-token', 'an App installation token, or a PAT of GitHub, that may write the secrets'),
    apiUrl: reader.environment('GITHUB_API_URL', rules.httpsAddress) ?? 'https://api.github.com',
    thisRepository,
    target: fallingBackTo('target', 'organization', rules.oneOf(['organization', 'repositories'])),
    fallback: fallingBackTo('fallback', 'repositories', rules.oneOf(['repositories', 'none'])),
    organization,
    repositories: repositoriesOf(reader, organization, thisRepository),
    secretName,
    secretNameBase64: optional('secret-name-base64', rules.secretName),
    maxWait: fallingBackTo('max-wait-minutes', 30, rules.wholeNumber(0, 360)) * MINUTE,
    stores: fallingBackTo('secret-stores', ['actions'], rules.listOf(rules.oneOf(stores))),
    visibility: fallingBackTo('secret-visibility', 'private', rules.oneOf(visibilities)),
    staleCopies: fallingBackTo('stale-copies', 'refresh', rules.oneOf(['refresh', 'remove', 'report'])),
    exposeToken: fallingBackTo('expose-token', false, rules.flag),
  }
  checkTogether(reader, inputs)
  reader.throwProblems()
  return inputs
}

/** What one input says only together with another. */
function checkTogether(reader: Reader, inputs: Inputs): void {
  const { renewBeforeDays, patLifetime, secretName, secretNameBase64, bot } = inputs
  if (renewBeforeDays * DAY >= patLifetime) {
    reader.problem(
      'renew-before-days',
      `expected less than pat-lifetime-days (${patLifetime / DAY}), got ${renewBeforeDays}`,
    )
  }
  if (secretNameBase64?.toUpperCase() === secretName.toUpperCase()) {
    reader.problem(
      'secret-name-base64',
      'expected another name than secret-name: one holds the PAT, the other base64 of it',
    )
  }
  const names = [secretName, secretNameBase64].map((name) => name?.toUpperCase())
  if (bot.kind === 'refresh-token' && names.includes(bot.home.secretName.toUpperCase())) {
    reader.problem(
      'bot-refresh-token-secret',
      "expected another name than the PAT's secrets: the refresh token would overwrite the PAT",
    )
  }
}

function repositoriesOf(
  reader: Reader,
  organization: string,
  thisRepository: RepositoryName,
): readonly RepositoryName[] {
  if (rules.itemsIn(reader.text('repositories')).some((item) => item === 'all')) {
    reader.problem('repositories', '"all" is not built yet; name the repositories')
    return []
  }
  return reader.fallingBackTo(
    'repositories',
    [thisRepository],
    rules.listOf(rules.repository(organization), sameRepository),
  )
}

const credentialKinds = ['access-token', 'refresh-token', 'device-code', 'cli'] as const

function botCredential(reader: Reader): BotCredential {
  const accessToken = reader.secret('bot-access-token')
  const refresh = reader.secret('bot-refresh-token', rules.refreshTokens)
  const app = entraApp(reader)
  const home: RefreshTokenHome = {
    secretName: reader.fallingBackTo('bot-refresh-token-secret', 'ADO_BOT_REFRESH_TOKEN', rules.secretName),
    environment: reader.optional('bot-refresh-token-environment', rules.line(255)),
  }
  const asked = reader.optional('bot-credential', rules.oneOf(credentialKinds))
  const given = [
    ...(accessToken === undefined ? [] : ['access-token' as const]),
    ...(refresh === undefined ? [] : ['refresh-token' as const]),
  ]
  if (asked === undefined && given.length > 1) {
    reader.problem(
      'bot-credential',
      'both bot-access-token and bot-refresh-token are given: expected access-token or refresh-token to say which one counts',
    )
  }
  const kind = asked ?? given[0]
  if (kind === undefined)
    return { kind: 'missing', wanted: 'bot-refresh-token (or bot-access-token, or bot-credential: device-code or cli)' }
  if (kind === 'cli') return { kind }
  if (kind === 'access-token')
    return accessToken === undefined ? { kind: 'missing', wanted: 'bot-access-token' } : { kind, accessToken }
  if (kind === 'refresh-token' && refresh === undefined) return { kind: 'missing', wanted: 'bot-refresh-token' }
  if (app === undefined) {
    reader.problem(
      'azure-tenant-id and azure-client-id',
      `expected both for bot-credential ${kind}: the app registration that the bot signs in through`,
    )
    return { kind: 'missing', wanted: 'azure-tenant-id and azure-client-id' }
  }
  if (kind === 'device-code' || refresh === undefined) return { kind: 'device-code', app }
  return { kind, newest: refresh[0], previous: refresh[1], app, home }
}

function entraApp(reader: Reader): EntraApp | undefined {
  const tenantId = reader.optional('azure-tenant-id', rules.tenant)
  const clientId = reader.optional('azure-client-id', rules.guid)
  const clientAuth = reader.fallingBackTo('azure-client-auth', 'none', rules.oneOf(['none', 'github-oidc']))
  const authority = reader.environment('AZURE_AUTHORITY_HOST', rules.authority) ?? 'https://login.microsoftonline.com'
  return tenantId === undefined || clientId === undefined ? undefined : { authority, tenantId, clientId, clientAuth }
}

/** Reads single inputs and gathers what is wrong with them. */
class Reader {
  readonly #source: InputSource
  readonly #problems: string[] = []

  constructor(source: InputSource) {
    this.#source = source
  }

  readonly text = (name: string): string => this.#source.read(name).trim()

  problem(name: string, what: string): void {
    this.#problems.push(`${name}: ${what}.`)
  }

  readonly optional = <T>(name: string, rule: rules.Rule<T>): T | undefined =>
    this.#convert(name, this.text(name), rule, true)

  readonly fallingBackTo = <T>(name: string, value: T, rule: rules.Rule<T>): T => this.optional(name, rule) ?? value

  readonly required = (name: string, rule: rules.Rule<string>, example: string): string =>
    this.text(name) === '' ? this.missing(name, `a value, e.g. ${example}`) : (this.optional(name, rule) ?? '')

  missing(name: string, expected: string): string {
    this.problem(
      name,
      `is required and was blank; expected ${expected}. If it comes from a secret or variable, make sure that this workflow can see it`,
    )
    return ''
  }

  secret(name: string): string | undefined
  secret<T>(name: string, rule: rules.Rule<T>): T | undefined
  secret(name: string, rule: rules.Rule<unknown> = rules.secretValue): unknown {
    const text = this.text(name)
    this.#source.secrets.add(text)
    return this.#convert(name, text, rule, false)
  }

  environment<T>(name: string, rule: rules.Rule<T>): T | undefined {
    return this.#convert(`the environment variable ${name}`, this.#source.env[name]?.trim() ?? '', rule, true)
  }

  throwProblems(): void {
    if (this.#problems.length === 0) return
    const count = this.#problems.length === 1 ? 'one input' : `${this.#problems.length} inputs`
    throw new Failure({
      kind: 'input',
      doing: `start: ${count} cannot be used`,
      hint: `${this.#problems.join(' ')} Nothing was asked of any service. Mend the workflow and run again.`,
    })
  }

  #convert<T>(name: string, text: string, rule: rules.Rule<T>, show: boolean): T | undefined {
    if (text === '') return undefined
    const parsed = rule(text)
    if ('value' in parsed) return parsed.value
    this.problem(name, `expected ${parsed.expected}${show ? `, got "${shown(text)}"` : ''}`)
    return undefined
  }
}

/** A bad value as it may stand in a log: one line, and not the whole of a secret pasted into the wrong input. */
function shown(text: string): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return line.length > 40 ? `${line.slice(0, 12)}… (${line.length} characters)` : line
}
