import { isObject, objectIn, optionalString, UnexpectedShape } from '../json.ts'
import { type Connection, withClient } from './connection.ts'
import { KeyVaultFailure } from './refusals.ts'

/** The newest version of a vault secret. */
export interface VaultSecret {
  /** Undefined where it is blank. */
  readonly value: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** When it was written or changed, milliseconds since 1970, by the clock of the vault. */
  readonly writtenAt: number
}

/**
 * Reads the newest version of a vault secret; undefined where there is none of that name. Its value is masked. Needs the
 * permission Get of secrets.
 * @throws Failure
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
 */
export async function getSecret(connection: Connection, name: string): Promise<VaultSecret | undefined> {
  const doing = `read the vault secret ${name} of ${new URL(connection.url).host}`
  try {
    return await withClient(connection, doing, async (client) => secretIn(await client.getSecret(name)))
  } catch (error) {
    if (error instanceof KeyVaultFailure && error.code === 'SecretNotFound') return undefined
    throw error
  }
}

function secretIn(answer: unknown): VaultSecret {
  const { value, properties } = objectIn(answer, 'the vault secret')
  const { tags, updatedOn } = objectIn(properties, 'its properties')
  const named = Object.entries(isObject(tags) ? tags : {}).flatMap(([name, text]) => {
    const said = optionalString(text)
    return said === undefined ? [] : [[name, said] as const]
  })
  if (!(updatedOn instanceof Date) || Number.isNaN(updatedOn.getTime()))
    throw new UnexpectedShape('the time of its last change', 'a date')
  return { value: optionalString(value), tags: Object.fromEntries(named), writtenAt: updatedOn.getTime() }
}
