import { UnexpectedShape } from '../json.ts'
import { type Place, placeInWords } from '../place.ts'
import type { Client } from './client.ts'
import { isAbsence } from './refusals.ts'
import { secretsPath } from './secrets-path.ts'

/**
 * Removes a secret; one that is not there is fine.
 * https://docs.github.com/rest/actions/secrets#delete-an-organization-secret
 * https://docs.github.com/rest/actions/secrets#delete-a-repository-secret
 * https://docs.github.com/rest/actions/secrets#delete-an-environment-secret
 * @throws GitHubFailure
 */
export async function deleteSecret(client: Client, place: Place): Promise<'removed' | 'already-gone'> {
  const { home, store, name, form } = place
  const { path, parts } = secretsPath(home, store)
  try {
    return await client.call({
      doing: `remove ${placeInWords(place)}`,
      about: { home, store, secretName: name, form },
      method: 'DELETE',
      path: `${path}/{secret_name}`,
      params: { ...parts, secret_name: name },
      decode: (status) => {
        if (status !== 204) throw new UnexpectedShape(`status ${status}`, '204')
        return 'removed'
      },
    })
  } catch (error) {
    if (isAbsence(error)) return 'already-gone'
    throw error
  }
}
