/** The secret stores of GitHub, each with keys and secrets of its own. */
export const stores = ['actions', 'dependabot', 'codespaces', 'agents'] as const
export type Store = (typeof stores)[number]

export const visibilities = ['all', 'private', 'selected'] as const
export type Visibility = (typeof visibilities)[number]

export type RepositoryName = `${string}/${string}`

const LOGIN = '[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?'
const WHOLE_LOGIN = new RegExp(`^${LOGIN}$`)
const REPOSITORY = new RegExp(`^(?:(${LOGIN})/)?(?!\\.{1,2}$)([A-Za-z0-9._-]{1,100})$`)

/** Whether an organization or a user of GitHub can be called so. */
export function isLogin(text: string): boolean {
  return WHOLE_LOGIN.test(text)
}

/**
 * The repository that a text names: `owner/name`, or a bare name of `owner`, where there is one. Undefined for all that no
 * repository can be called: names become parts of paths, in which "." and ".." lead elsewhere.
 */
export function repositoryNamed(text: string, owner = ''): RepositoryName | undefined {
  const [, given = owner, name] = REPOSITORY.exec(text) ?? []
  return name === undefined || given === '' ? undefined : `${given}/${name}`
}

/** Where secrets live: each home has one public key a store. */
export type Home =
  | { readonly kind: 'organization'; readonly organization: string }
  | { readonly kind: 'repository'; readonly repository: RepositoryName }
  | { readonly kind: 'environment'; readonly repository: RepositoryName; readonly environment: string }

export type OrganizationHome = Extract<Home, { kind: 'organization' }>
export type RepositoryHome = Extract<Home, { kind: 'repository' }>

/**
 * One secret name in one store of one home. `form` says what is written there: the PAT, base64 of it (npm's `_password`), or
 * the bot's refresh token.
 */
export interface Place<H extends Home = Home> {
  readonly home: H
  readonly store: Store
  readonly name: string
  readonly form: 'plain' | 'base64' | 'refresh-token'
}

/** Whether `${{ secrets.… }}` in a job reads it: what `current-pat` speaks of, and not of the twin, nor of another store. */
export function isReadByJobs({ store, form }: Place): boolean {
  return store === 'actions' && form === 'plain'
}

/** A place as GitHub's metadata shows it. `writtenAt` is `updated_at` in milliseconds; undefined where there is no such secret. */
export interface PlaceReading<H extends Home = Home> {
  readonly place: Place<H>
  readonly writtenAt: number | undefined
}

/** The vault secret of `key-vault-pat`. */
export interface VaultPlace {
  /** The host of the vault. */
  readonly vault: string
  readonly name: string
}

/** The home in words, for logs and receipts. */
export function homeInWords(home: Home): string {
  if (home.kind === 'organization') return `organization ${home.organization}`
  if (home.kind === 'repository') return `repository ${home.repository}`
  return `environment ${home.environment} of ${home.repository}`
}

/** The place in words: `AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts (dependabot)`. */
export function placeInWords(place: Place | VaultPlace): string {
  if ('vault' in place) return `vault secret ${place.name} of ${place.vault}`
  const { home, store, name } = place
  return `${name} of ${homeInWords(home)}${store === 'actions' ? '' : ` (${store})`}`
}

export function sameRepository(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
