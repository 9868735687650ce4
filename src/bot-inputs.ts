import type { InputReader } from './input-reader.ts'
import * as rules from './input-rules.ts'

/** The app registration through which the bot signs in. */
export interface EntraApp {
  readonly authority: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientAuth: 'none' | 'github-oidc'
}

/** Where the refresh token lives: an Actions secret of this repository, or of one of its environments. */
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
  | { readonly kind: 'device-code'; readonly app: EntraApp; readonly home: RefreshTokenHome }
  | { readonly kind: 'cli' }
  | { readonly kind: 'missing'; readonly wanted: string }

const credentialKinds = ['access-token', 'refresh-token', 'device-code', 'cli'] as const

/**
 * How the bot signs in: what `bot-credential` says, else the one way that the inputs fit. For `sign-in` always by a
 * person, and for `federate` never.
 */
export function botCredential(reader: InputReader, operation: string, app: EntraApp | undefined): BotCredential {
  const accessToken = reader.secret('bot-access-token')
  const needsNone = operation === 'sign-in' || operation === 'federate'
  const refresh = reader.secret('bot-refresh-token', needsNone ? whatever : rules.refreshTokens)
  const home: RefreshTokenHome = {
    secretName: reader.fallingBackTo('bot-refresh-token-secret', 'ADO_BOT_REFRESH_TOKEN', rules.secretName),
    environment: reader.optional('bot-refresh-token-environment', rules.environmentName),
  }
  const asked = reader.optional('bot-credential', rules.oneOf(credentialKinds))
  if (needsNone) return withoutCredential(reader, operation, { app, home, asked })
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
  if (kind === 'device-code' || refresh === undefined) return { kind: 'device-code', app, home }
  return { kind, newest: refresh[0], previous: refresh[1], app, home }
}

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
  const whose = operation === 'sign-in' ? 'that the bot signs in through' : 'whose service principal reads the feed'
  for (const name of ['azure-tenant-id', 'azure-client-id']) {
    if (reader.text(name) === '') reader.missing(name, `the id that names the app registration ${whose}`)
  }
  return NOBODY
}

const NOBODY = { kind: 'missing', wanted: 'azure-tenant-id and azure-client-id' } as const

/** What `sign-in` is about to replace may be broken. */
const whatever: rules.Rule<undefined> = () => ({ value: undefined })

/** The app registration, where both its tenant and its client id are given. */
export function entraApp(reader: InputReader, tenantId: string | undefined): EntraApp | undefined {
  const clientId = reader.optional('azure-client-id', rules.guid)
  const clientAuth = reader.fallingBackTo('azure-client-auth', 'none', rules.oneOf(['none', 'github-oidc']))
  const authority = reader.environment('AZURE_AUTHORITY_HOST', rules.authority) ?? 'https://login.microsoftonline.com'
  return tenantId === undefined || clientId === undefined ? undefined : { authority, tenantId, clientId, clientAuth }
}
