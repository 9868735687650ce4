import { DEFAULT_AUTHORITY } from './hosts.ts'
import type { InputReader } from './input-reader.ts'
import * as rules from './input-rules.ts'
import type { Vault } from './key-vault-inputs.ts'

/** The app registration through which the bot signs in. */
export interface EntraApp {
  readonly authority: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientAuth: 'none' | 'github-oidc'
}

/** Where the refresh token lives: an Actions secret of this repository, or of one of its environments; or the vault. */
export type RefreshTokenHome = ActionsHome | { readonly kind: 'vault'; readonly secretName: string }

export interface ActionsHome {
  readonly kind: 'actions'
  readonly secretName: string
  readonly environment: string | undefined
}

/** How the bot signs in. `missing` is an error only where the bot is needed, which for some runs is not known before they ask. */
export type BotCredential =
  | { readonly kind: 'access-token'; readonly accessToken: string }
  | {
      readonly kind: 'refresh-token'
      readonly newest: string
      readonly previous: string | undefined
      readonly app: EntraApp
      readonly home: ActionsHome
    }
  | { readonly kind: 'device-code'; readonly app: EntraApp; readonly home: RefreshTokenHome }
  /** The tokens are read from the vault at sign-in, and rolled there. */
  | { readonly kind: 'refresh-token-in-vault'; readonly secretName: string; readonly app: EntraApp }
  | { readonly kind: 'cli' }
  | { readonly kind: 'missing'; readonly wanted: string }

const credentialKinds = ['access-token', 'refresh-token', 'device-code', 'cli'] as const

/** What the way of signing in is told by beside the inputs of its own. */
interface Beside {
  /** Whatever the run finds, it cannot do without the bot. */
  readonly needed: boolean
  readonly app: EntraApp | undefined
  readonly vault: Pick<Vault, 'refreshToken'> | undefined
}

/**
 * How the bot signs in: what `bot-credential` says, else the one way that the inputs fit. For `sign-in` always by a
 * person, and for `federate` never.
 */
export function botCredential(reader: InputReader, operation: string, beside: Beside): BotCredential {
  const { needed, app, vault } = beside
  const accessToken = reader.secret('bot-access-token')
  const needsNone = operation === 'sign-in' || operation === 'federate'
  const refresh = reader.secret('bot-refresh-token', needsNone ? whatever : rules.refreshTokens)
  const inVault = vault?.refreshToken
  const inActions: ActionsHome = {
    kind: 'actions',
    secretName: reader.fallingBackTo('bot-refresh-token-secret', 'ADO_BOT_REFRESH_TOKEN', rules.secretName),
    environment: reader.optional('bot-refresh-token-environment', rules.environmentName),
  }
  const home: RefreshTokenHome = inVault === undefined ? inActions : { kind: 'vault', secretName: inVault }
  const asked = reader.optional('bot-credential', rules.oneOf(credentialKinds))
  if (needsNone) return withoutCredential(reader, operation, { app, home, asked })
  const given = [
    ...(accessToken === undefined ? [] : ['access-token' as const]),
    ...(refresh === undefined && inVault === undefined ? [] : ['refresh-token' as const]),
  ]
  if (asked === undefined && given.length > 1) {
    reader.problem(
      'bot-credential',
      `both bot-access-token and ${inVault === undefined ? 'bot-refresh-token' : 'key-vault-refresh-token'} are given: expected access-token or refresh-token to say which one counts`,
    )
  }
  const kind = asked ?? given[0]
  const missing = (input: string, wanted = input): BotCredential => {
    if (needed && !AFFECTED.some((name) => reader.isBad(name)))
      reader.problem(
        input,
        `is blank, and operation ${operation} needs the bot to sign in; expected ${wanted}. If it comes from a secret or variable, make sure that this workflow can see it`,
      )
    return { kind: 'missing', wanted }
  }
  if (kind === undefined) return missing('bot-refresh-token', ANY_WAY)
  if (kind === 'cli') return { kind }
  if (kind === 'access-token') return accessToken === undefined ? missing('bot-access-token') : { kind, accessToken }
  if (kind === 'refresh-token' && refresh !== undefined && inVault !== undefined) {
    reader.problem(
      'key-vault-refresh-token',
      'bot-refresh-token is given too, and one refresh token has one home: expected just one of the two',
    )
  }
  if (kind === 'refresh-token' && refresh === undefined && inVault === undefined) return missing('bot-refresh-token')
  if (app === undefined) {
    if (needed) missingApp(reader, 'that the bot signs in through')
    return NOBODY
  }
  if (kind === 'device-code') return { kind, app, home }
  if (inVault !== undefined) return { kind: 'refresh-token-in-vault', secretName: inVault, app }
  if (refresh === undefined) return missing('bot-refresh-token')
  return { kind, newest: refresh[0], previous: refresh[1], app, home: inActions }
}

const ANY_WAY =
  'bot-refresh-token (or key-vault-refresh-token, bot-access-token, or bot-credential: device-code or cli)'

/** Where one of these is bad, that is why no way to sign in is left. */
const AFFECTED = ['bot-credential', 'bot-access-token', 'bot-refresh-token', 'key-vault-url', 'key-vault-refresh-token']

interface Asked {
  readonly app: EntraApp | undefined
  readonly home: RefreshTokenHome
  readonly asked: (typeof credentialKinds)[number] | undefined
}

/** What `sign-in` is to make, or `federate` does without, is not read; the app registration they cannot do without. */
function withoutCredential(
  reader: InputReader,
  operation: 'sign-in' | 'federate',
  { app, home, asked }: Asked,
): BotCredential {
  if (operation === 'sign-in' && (asked === 'access-token' || asked === 'cli')) {
    reader.problem(
      'bot-credential',
      `operation sign-in is for a refresh token, and ${asked} never gives one: leave it blank, or set refresh-token or device-code`,
    )
  }
  if (app !== undefined) return operation === 'sign-in' ? { kind: 'device-code', app, home } : NOBODY
  missingApp(
    reader,
    operation === 'sign-in' ? 'that the bot signs in through' : 'whose service principal reads the feed',
  )
  return NOBODY
}

function missingApp(reader: InputReader, whose: string): void {
  for (const name of ['azure-tenant-id', 'azure-client-id'])
    if (reader.text(name) === '') reader.missing(name, `the id that names the app registration ${whose}`)
}

const NOBODY = { kind: 'missing', wanted: 'azure-tenant-id and azure-client-id' } as const

/** What `sign-in` is about to replace may be broken. */
const whatever: rules.Rule<undefined> = () => ({ value: undefined })

/** Microsoft Entra ID of the cloud that `AZURE_AUTHORITY_HOST` names. */
export function entraAuthority(reader: InputReader): string {
  return reader.environment('AZURE_AUTHORITY_HOST', rules.authority) ?? DEFAULT_AUTHORITY
}

/** The app registration, where both its tenant and its client id are given. */
export function entraApp(reader: InputReader, authority: string, tenantId: string | undefined): EntraApp | undefined {
  const clientId = reader.optional('azure-client-id', rules.guid)
  const clientAuth = reader.fallingBackTo('azure-client-auth', 'none', rules.oneOf(['none', 'github-oidc']))
  return tenantId === undefined || clientId === undefined ? undefined : { authority, tenantId, clientId, clientAuth }
}
