import { MINUTE } from '../clock.ts'
import type { Connection, TokenWanted, VaultToken } from './connection.ts'
import { getSecret, type VaultSecret } from './get-secret.ts'
import { type NewVaultSecret, setSecret } from './set-secret.ts'

export type { TokenWanted, VaultToken } from './connection.ts'
export type { VaultSecret } from './get-secret.ts'
export type { NewVaultSecret } from './set-secret.ts'

/** One vault, as one identity. */
export interface KeyVault {
  readonly secret: (name: string) => Promise<VaultSecret | undefined>
  /** @param notAfter no try starts after this moment, milliseconds since 1970: Failure `incomplete` */
  readonly setSecret: (name: string, secret: NewVaultSecret, notAfter?: number) => Promise<void>
}

/** Connects to a vault. Asks nothing yet; the access token is got with the first request, and again once it has ended. */
export function connectKeyVault(connection: Connection): KeyVault {
  const kept = { ...connection, token: keeping(connection) }
  return {
    secret: (name) => getSecret(kept, name),
    setSecret: (name, secret, notAfter) => setSecret(kept, name, secret, notAfter),
  }
}

/** A token is not used in its last minutes. */
const MARGIN = 5 * MINUTE

/** Asks for one access token at a time; what continuous access evaluation wants anew is never a kept one. */
function keeping({ wire, token }: Connection): Connection['token'] {
  let kept: { readonly tenantId: string | undefined; readonly getting: Promise<VaultToken> } | undefined
  return async (wanted: TokenWanted) => {
    if (kept !== undefined && kept.tenantId === wanted.tenantId && wanted.claims === undefined) {
      const got = await kept.getting
      if (got.expiresAt - MARGIN > wire.clock.now()) return got
    }
    const getting = token(wanted)
    kept = { tenantId: wanted.tenantId, getting }
    getting.catch(() => (kept = undefined))
    return getting
  }
}
