import type { Home, OrganizationHome, Place, RepositoryName, Store } from '../place.ts'
import type { Wire } from '../wire.ts'
import { Client } from './client.ts'
import { deleteSecret } from './delete-secret.ts'
import { type Account, openOctokit } from './exchange.ts'
import { getPublicKey, type PublicKey } from './get-public-key.ts'
import { getRepository, type RepositoryFacts } from './get-repository.ts'
import { getSecret, type SecretMetadata } from './get-secret.ts'
import { listSelectedRepositories } from './list-selected-repositories.ts'
import { openPace, type Pace } from './pace.ts'
import { putSecret, type SecretAccess, type Written } from './put-secret.ts'
import type { Sealed } from './seal.ts'

export type { Account, Pace, PublicKey, RepositoryFacts, Sealed, SecretAccess, SecretMetadata, Written }

/** Who can read the secret must be said for a place of an organization, and counts nowhere else. */
export type AccessTo<H extends Home> = H extends OrganizationHome
  ? [access: SecretAccess, notAfter?: number | undefined]
  : [access?: SecretAccess | undefined, notAfter?: number | undefined]

/** GitHub's secrets. Every method fails with a GitHubFailure, or with a Failure `cancelled`. */
export interface GitHub {
  publicKey(home: Home, store: Store): Promise<PublicKey>
  /** Undefined for 404; whether the secret could be seen at all is known from `publicKey`. */
  secret(place: Place): Promise<SecretMetadata | undefined>
  /** Ids, from every page. */
  selectedRepositories(place: Place<OrganizationHome>): Promise<readonly number[]>
  /** No try starts after `notAfter`, milliseconds since 1970: Failure `incomplete`. */
  write<H extends Home>(place: Place<H>, sealed: Sealed, ...access: AccessTo<H>): Promise<Written>
  remove(place: Place): Promise<'removed' | 'already-gone'>
  repository(name: RepositoryName): Promise<RepositoryFacts>
}

/**
 * GitHub as one token sees it. Asks nothing yet.
 * @param pace to share among connections of one process; its own by default
 * @throws Failure `input` for a token that no header can carry
 */
export async function connectGitHub(wire: Wire, account: Account, pace?: Pace): Promise<GitHub> {
  const [octokit, ownPace] = await Promise.all([openOctokit(account), pace ?? openPace(wire.clock)])
  const client = new Client({ wire, octokit, secrets: account.secrets, pace: ownPace })
  return {
    publicKey: (home, store) => getPublicKey(client, home, store),
    secret: (place) => getSecret(client, place),
    selectedRepositories: (place) => listSelectedRepositories(client, place),
    write: (place, sealed, ...[access, notAfter]) => putSecret(client, place, sealed, { access, notAfter }),
    remove: (place) => deleteSecret(client, place),
    repository: (name) => getRepository(client, name),
  }
}
