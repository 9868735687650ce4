import { objectIn, stringIn } from '../json.ts'
import { type Home, homeInWords, type Place, type Store } from '../place.ts'
import type { Client } from './client.ts'
import { secretsPath } from './secrets-path.ts'

/** What secrets of one store of one home are sealed with; each has its own. */
export interface PublicKey {
  readonly keyId: string
  /** 32 bytes in standard base64. */
  readonly key: string
}

/**
 * The key to seal with, as it is now.
 * https://docs.github.com/rest/actions/secrets#get-an-organization-public-key
 * https://docs.github.com/rest/actions/secrets#get-a-repository-public-key
 * https://docs.github.com/rest/actions/secrets#get-an-environment-public-key
 * @throws GitHubFailure; its refusal tells whether the home's secrets can be seen at all
 */
export async function getPublicKey(client: Client, home: Home, store: Store, form?: Place['form']): Promise<PublicKey> {
  const { path, parts } = secretsPath(home, store)
  return client.call({
    doing: `read the public key of ${homeInWords(home)} (${store})`,
    about: { home, store, form },
    method: 'GET',
    path: `${path}/public-key`,
    params: parts,
    decode: (_, data) => {
      const { key_id: keyId, key } = objectIn(data, 'the public key')
      return { keyId: stringIn(keyId, 'key_id'), key: stringIn(key, 'key') }
    },
  })
}
