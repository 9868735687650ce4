import type { Home, OrganizationHome, Place, RepositoryName, Store } from '../place.ts'
import type { Wire } from '../wire.ts'
import { Client } from './client.ts'
import { deleteSecret } from './delete-secret.ts'
import { type Account, openOctokit } from './exchange.ts'
import { getAccountType } from './get-account.ts'
import { getPublicKey, type PublicKey } from './get-public-key.ts'
import { getRepository, type RepositoryFacts } from './get-repository.ts'
import { getSecret, type SecretMetadata } from './get-secret.ts'
import { listInstallationRepositories, listRepositories, listRepositoriesOfUser } from './list-repositories.ts'
import { listOrganizationSecretsOf, listSecrets } from './list-secrets.ts'
import { listSelectedRepositories } from './list-selected-repositories.ts'
import { openPace, type Pace, READ_POINTS, WRITE_POINTS } from './pace.ts'
import { putSecret, type SecretAccess, type Written } from './put-secret.ts'
import type { Sealed } from './seal.ts'
import { Credential, type Standing } from './standing.ts'

export { READ_POINTS, WRITE_POINTS }
export type { Account, Pace, PublicKey, RepositoryFacts, Sealed, SecretAccess, SecretMetadata, Written }

/** Who can read the secret must be said for a place of an organization, and counts nowhere else. */
export type AccessTo<H extends Home> = H extends OrganizationHome
  ? [access: SecretAccess, notAfter?: number | undefined]
  : [access?: SecretAccess | undefined, notAfter?: number | undefined]

export interface Allowance {
  readonly pointsAMinute: number
  /** Requests before the reset, without those kept for the end of the run; Infinity where GitHub has not told. */
  readonly requests: number
  readonly resetsAt: number
  /** Whether the token is an App's, which lives an hour. */
  readonly livesAnHour: boolean
}

/** GitHub's secrets. Every method fails with a GitHubFailure, or with a Failure `cancelled`. */
export interface GitHub {
  /** `form` is that of what is to be sealed: a refusal then names the input to look at. */
  publicKey(home: Home, store: Store, form?: Place['form']): Promise<PublicKey>
  /** Undefined for 404; whether the secret could be seen at all is known from `publicKey` and `secretsOf`. */
  secret(place: Place): Promise<SecretMetadata | undefined>
  /** Ids, from every page. */
  selectedRepositories(place: Place<OrganizationHome>): Promise<readonly number[]>
  /** No try starts after `notAfter`, milliseconds since 1970: Failure `incomplete`. */
  write<H extends Home>(place: Place<H>, sealed: Sealed, ...access: AccessTo<H>): Promise<Written>
  remove(place: Place): Promise<'removed' | 'already-gone'>
  /** `User`, `Organization` or another; anybody may ask. */
  accountType(login: string): Promise<string>
  repository(name: RepositoryName): Promise<RepositoryFacts>
  /** Every repository of the organization that the token sees, from every page. */
  repositories(organization: string): Promise<readonly RepositoryFacts[]>
  /** Every one that the token was given: of an App, those it is installed for; else those that it sees, also of a person. */
  reachedRepositories(owner: string, type: 'User' | 'Organization'): Promise<readonly RepositoryFacts[]>
  /** When each secret of one store was last written, by its name in capitals. What is not there does not exist. */
  secretsOf(home: Home, store: Store): Promise<ReadonlyMap<string, number>>
  /** The names, in capitals, of the organization's secrets that reach a repository. */
  organizationSecretsOf(repository: RepositoryName, store: 'actions' | 'agents'): Promise<readonly string[]>
  /** Waits until the hour's amount holds so many requests, and some for the end of the run. */
  room(requests: number, doing: string, notAfter?: number): Promise<void>
  /** How fast and how long GitHub may be asked now. */
  allowance(): Allowance
}

/**
 * GitHub as one token sees it. Asks nothing yet.
 * @param standing to share among all connections with this token; its own by default
 * @throws Failure `input` for a token that no header can carry
 */
export async function connectGitHub(
  wire: Wire,
  account: Account,
  standing: Standing = { pace: openPace(wire.clock), credential: new Credential() },
): Promise<GitHub> {
  const octokit = await openOctokit(account)
  const client = new Client({ wire, octokit, secrets: account.secrets, standing })
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  const isApp = account.token.startsWith('ghs_')
  return {
    publicKey: (home, store, form) => getPublicKey(client, home, store, form),
    secret: (place) => getSecret(client, place),
    selectedRepositories: (place) => listSelectedRepositories(client, place),
    write: (place, sealed, ...[access, notAfter]) => putSecret(client, place, sealed, { access, notAfter }),
    remove: (place) => deleteSecret(client, place),
    accountType: (login) => getAccountType(client, login),
    repository: (name) => getRepository(client, name),
    repositories: (organization) => listRepositories(client, organization),
    reachedRepositories: (owner, type) => {
      if (isApp) return listInstallationRepositories(client, owner)
      return type === 'User' ? listRepositoriesOfUser(client, owner) : listRepositories(client, owner)
    },
    secretsOf: (home, store) => listSecrets(client, home, store),
    organizationSecretsOf: (repository, store) => listOrganizationSecretsOf(client, repository, store),
    room: (requests, doing, notAfter) => client.room(requests, doing, notAfter),
    allowance: () => ({
      pointsAMinute: standing.pace.pointsAMinute(),
      requests: client.hour.left(),
      resetsAt: client.hour.resetsAt(),
      livesAnHour: isApp,
    }),
  }
}
