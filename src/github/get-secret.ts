import { objectIn, timeIn, UnexpectedShape } from '../json.ts'
import { type Place, placeInWords, type Visibility, visibilities } from '../place.ts'
import type { Client } from './client.ts'
import { isAbsence } from './refusals.ts'
import { secretsPath } from './secrets-path.ts'

/** What GitHub tells of a secret; never its value. Times are milliseconds since 1970. */
export interface SecretMetadata {
  /** `updated_at`: moved by every write. */
  readonly writtenAt: number
  readonly createdAt: number
  /** Which repositories get an organization's secret; undefined for other homes. */
  readonly visibility: Visibility | undefined
}

/**
 * The secret's metadata; undefined where GitHub shows none. It answers the same where it is not to be seen: the public
 * key and the list of secrets tell the two apart.
 * https://docs.github.com/rest/actions/secrets#get-an-organization-secret
 * https://docs.github.com/rest/actions/secrets#get-a-repository-secret
 * https://docs.github.com/rest/actions/secrets#get-an-environment-secret
 * @throws GitHubFailure
 */
export async function getSecret(client: Client, place: Place): Promise<SecretMetadata | undefined> {
  const { home, store, name, form } = place
  const { path, parts } = secretsPath(home, store)
  try {
    return await client.call({
      doing: `read what GitHub tells of ${placeInWords(place)}`,
      about: { home, store, secretName: name, form },
      method: 'GET',
      path: `${path}/{secret_name}`,
      params: { ...parts, secret_name: name },
      decode: (_, data) => metadataIn(data, place),
    })
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

function metadataIn(data: unknown, { home }: Place): SecretMetadata {
  const secret = objectIn(data, "the secret's metadata")
  return {
    writtenAt: timeIn(secret.updated_at, 'updated_at'),
    createdAt: timeIn(secret.created_at, 'created_at'),
    visibility: home.kind === 'organization' ? visibilityIn(secret.visibility) : undefined,
  }
}

function visibilityIn(value: unknown): Visibility {
  const visibility = visibilities.find((known) => known === value)
  if (visibility === undefined) throw new UnexpectedShape('visibility', `one of ${visibilities.join(', ')}`)
  return visibility
}
