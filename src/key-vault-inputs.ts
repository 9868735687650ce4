import type { EntraApp } from './bot-inputs.ts'
import type { InputReader } from './input-reader.ts'
import * as rules from './input-rules.ts'

/** The vault of `key-vault-url`. */
export interface Vault {
  /** `https://NAME.vault.azure.net` */
  readonly url: string
  /** The vault secret that holds the bot's refresh token. */
  readonly refreshToken: string | undefined
  /** The vault secret that gets a copy of each new PAT. */
  readonly pat: string | undefined
  /** Through which the job signs in to the vault where it may have an OIDC token; else whoever the machine runs as does. */
  readonly app: EntraApp | undefined
  /** Microsoft Entra ID of the cloud. */
  readonly authority: string
}

/** The vault and its secrets; undefined where none is given. */
export function keyVault(reader: InputReader, authority: string, app: EntraApp | undefined): Vault | undefined {
  const url = reader.optional('key-vault-url', rules.vaultAddress)
  const refreshToken = reader.optional('key-vault-refresh-token', rules.vaultSecretName)
  const pat = reader.optional('key-vault-pat', rules.vaultSecretName)
  const named = ['key-vault-refresh-token', 'key-vault-pat'].filter((name) => reader.text(name) !== '')
  if (named.length > 0 && reader.text('key-vault-url') === '')
    reader.problem('key-vault-url', `expected the address of the vault, since ${named.join(' and ')} is given`)
  if (pat !== undefined && pat.toLowerCase() === refreshToken?.toLowerCase())
    reader.problem('key-vault-pat', 'expected another name than key-vault-refresh-token: one would overwrite the other')
  return url === undefined ? undefined : { url, refreshToken, pat, app, authority }
}
