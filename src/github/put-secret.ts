import { MINUTE } from '../clock.ts'
import { UnexpectedShape } from '../json.ts'
import { type Home, type Place, placeInWords, type Visibility } from '../place.ts'
import type { Client } from './client.ts'
import type { Sealed } from './seal.ts'
import { secretsPath } from './secrets-path.ts'

/** Who can read an organization's secret. Every write replaces it, so every write must say it. */
export interface SecretAccess {
  readonly visibility: Visibility
  /** Only sent with `selected`; all of them, since those that are missing lose the secret. */
  readonly selectedRepositoryIds: readonly number[]
  /**
   * No write that says so starts after this moment, milliseconds since 1970: somebody may change who can read the secret
   * meanwhile, and the write must not undo that.
   */
  readonly holdsUntil: number
}

export interface WriteMeans {
  /** For organizations, and only for them. */
  readonly access?: SecretAccess | undefined
  /** No try starts after this moment, milliseconds since 1970. */
  readonly notAfter?: number | undefined
}

/** How long before its write who can read an organization secret may have been read, milliseconds. */
export const ACCESS_HOLDS_FOR = MINUTE

export type Written = 'created' | 'updated'

/**
 * Writes a sealed secret. The status alone tells whether it is done; what is written twice is the same.
 * https://docs.github.com/rest/actions/secrets#create-or-update-an-organization-secret
 * https://docs.github.com/rest/actions/secrets#create-or-update-a-repository-secret
 * https://docs.github.com/rest/actions/secrets#create-or-update-an-environment-secret
 * @throws GitHubFailure, `outdated` where it could not be sent before the access given no longer held: who can read the
 * secret is to be read again; Failure `incomplete` after `notAfter`; TypeError for an organization without access
 */
export async function putSecret(
  client: Client,
  place: Place,
  sealed: Sealed,
  { access, notAfter }: WriteMeans,
): Promise<Written> {
  const { home, store, name, form } = place
  const { path, parts } = secretsPath(home, store)
  return client.call({
    doing: `write ${placeInWords(place)}`,
    about: { home, store, secretName: name, form },
    method: 'PUT',
    notAfter,
    // The one that was redeemed for it may be spent by now.
    onlyChance: form === 'refresh-token',
    holdsUntil: home.kind === 'organization' ? access?.holdsUntil : undefined,
    path: `${path}/{secret_name}`,
    params: {
      ...parts,
      secret_name: name,
      encrypted_value: sealed.encryptedValue,
      key_id: sealed.keyId,
      ...accessFor(home, access),
    },
    decode: (status) => {
      if (status === 201) return 'created'
      if (status === 204) return 'updated'
      throw new UnexpectedShape(`status ${status}`, '201 or 204')
    },
  })
}

function accessFor(home: Home, access: SecretAccess | undefined): object {
  if (home.kind !== 'organization') return {}
  if (access === undefined) throw new TypeError('A write to an organization says who can read the secret')
  const { visibility, selectedRepositoryIds } = access
  return visibility === 'selected' ? { visibility, selected_repository_ids: selectedRepositoryIds } : { visibility }
}
