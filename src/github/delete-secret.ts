import { UnexpectedShape } from '../json.ts'
import { type Place, placeInWords } from '../place.ts'
import type { Client } from './client.ts'
import { listSecrets } from './list-secrets.ts'
import { isAbsence } from './refusals.ts'
import { secretsPath } from './secrets-path.ts'

/**
 * Removes a secret; one that is not there is fine, but a 404 alone does not say that: it must be gone from the list too.
 * https://docs.github.com/rest/actions/secrets#delete-an-organization-secret
 * https://docs.github.com/rest/actions/secrets#delete-a-repository-secret
 * https://docs.github.com/rest/actions/secrets#delete-an-environment-secret
 * @throws GitHubFailure; the 404 itself where GitHub lists the secret still
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
    if (!isAbsence(error)) throw error
    const left = await listSecrets(client, home, store)
    if (left.has(name.toUpperCase())) throw error
    return 'already-gone'
  }
}
