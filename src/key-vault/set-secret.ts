import { type Connection, withClient } from './connection.ts'

export interface NewVaultSecret {
  readonly value: string
  /** What kind of thing it is, for people. */
  readonly contentType: string
  /** Milliseconds since 1970; the vault goes on giving it out after that. */
  readonly expiresAt?: number | undefined
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * Writes a new version of a vault secret, which is the newest from then on; the older ones stay. Needs the permission Set of
 * secrets.
 * @param notAfter no try starts after this moment, milliseconds since 1970
 * @throws Failure, `incomplete` after `notAfter`; a name that was deleted and is still kept by the vault is refused
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret/set-secret
 */
export async function setSecret(
  connection: Connection,
  name: string,
  secret: NewVaultSecret,
  notAfter?: number,
): Promise<void> {
  const { value, contentType, expiresAt, tags } = secret
  connection.secrets.add(value)
  const doing = `write the vault secret ${name} of ${new URL(connection.url).host}`
  const properties = {
    contentType,
    ...(expiresAt === undefined ? {} : { expiresOn: new Date(expiresAt) }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
  }
  await withClient(connection, doing, (client) => client.setSecret(name, value, properties), notAfter)
}
