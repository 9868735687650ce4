import { Failure } from '../errors.ts'
import type { Place } from '../place.ts'
import type { GitHub, PublicKey, SecretAccess, Written } from './connect.ts'
import { GitHubFailure } from './refusals.ts'
import { seal } from './seal.ts'

export interface SealingMeans {
  /** A key of the very place, fetched just before; undefined where it is still to be fetched. */
  readonly key?: PublicKey | undefined
  /** Who can read the secret: for places of organizations. */
  readonly access?: SecretAccess | undefined
  /** No try starts after this moment, milliseconds since 1970. */
  readonly notAfter?: number | undefined
}

/**
 * Seals the text for the very place and writes it. Where GitHub may have changed the key meanwhile (409, any 422), the
 * key is fetched and the text sealed once more; then the failure stands.
 * @throws GitHubFailure, with `fateUnknown` where either write may have happened; Failure `input` for a text that cannot
 * be sealed
 */
export async function writeSealed(
  github: Pick<GitHub, 'publicKey' | 'write'>,
  place: Place,
  text: string,
  { key, access, notAfter }: SealingMeans = {},
): Promise<Written> {
  const write = async (sealingKey?: PublicKey): Promise<Written> => {
    const sealed = await seal(sealingKey ?? (await github.publicKey(place.home, place.store, place.form)), text)
    return github.write(place, sealed, access, notAfter)
  }
  try {
    return await write(key)
  } catch (error) {
    if (!mayBeStaleKey(error)) throw error
    return await write().catch((again: unknown) => {
      if (again instanceof Failure) again.fateUnknown ||= error.fateUnknown
      throw again
    })
  }
}

/** https://docs.github.com/rest/actions/secrets#create-or-update-an-organization-secret */
function mayBeStaleKey(error: unknown): error is GitHubFailure {
  return error instanceof GitHubFailure && (error.status === 409 || error.status === 422)
}
