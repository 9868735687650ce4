import { idTokenOf } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { COPY, REFRESH, seedCopy, withTokensInVault } from '../vault/vault.ts'
import type { Store } from './places.ts'
import { SECRET, seedLive, seedManaged, seedSecret, type World } from '../world.ts'

/** A clean renewal that is due, and what a case of the matrix needs to know of it. */
export interface Scene {
  readonly name: string
  /** The repositories that `repositories` names. */
  readonly repositories: readonly string[]
  /** The repositories that may read the organization secret. */
  readonly readers: readonly string[]
  /** The repositories that have a copy in the end. */
  readonly copies?: readonly string[]
  /** The stores of the secret; `actions` where it does not say. */
  readonly stores?: readonly Store[]
  /** Whether there is a base64 twin beside each secret. */
  readonly twin?: boolean
  /** Whether faults strike this request; all of them where it does not say. */
  readonly strikes?: (method: string) => boolean
  /** Hours until superseded PATs are retired. With 0 the renewal does it, and the requests for that get their faults too. */
  readonly grace: number
  /** GitHub refuses the organization write until somebody mends that, so a fallback is the best there can be. */
  readonly fallsBack?: true
  /** Played only where it is asked for by name: the others come first, and take their minutes. */
  readonly apart?: true
  /** Seeds the world. */
  readonly prepare: (world: World) => void
  /** The inputs of a run that begins now, besides the usual ones. */
  readonly inputs: (world: World, mended: boolean) => Readonly<Record<string, string>>
  readonly env?: (world: World) => Readonly<Record<string, string>>
}

/** Nobody may touch these: they are named almost as the managed ones are. */
const OTHERS = [
  SECRET,
  `${SECRET} [hmcts]`,
  `${SECRET} [hmcts] 2026-10-25T08:00:00.417Z by hand`,
  `${SECRET} [hmcts/app-a] 2026-10-25T08:00:00.417Z`,
  `${SECRET}2 [hmcts] 2026-10-25T08:00:00.417Z pending`,
]

const APPS = ['hmcts/app-a', 'hmcts/app-b']

/** May read the organization secret: more than GitHub shows on a page unasked, or where asked. */
const readersOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `hmcts/service-${index}`)
const MORE_THAN_30 = readersOf(40)
const FEW = readersOf(3)
const MORE_THAN_100 = readersOf(130)

/** The base64 twin of the secret. */
export const TWIN = `${SECRET}_BASE64`
export const REFRESH_TOKEN_HOME = 'hmcts/.github'
export const REFRESH_TOKEN_SECRET = 'ADO_BOT_REFRESH_TOKEN'

/** Every repository that there is. */
export function repositoriesOf({ readers }: Scene): readonly string[] {
  return ['hmcts/.github', ...APPS, ...readers]
}

function seedUsual(world: World, readers = MORE_THAN_30, visibility: Visibility = 'selected'): Pat {
  for (const displayName of OTHERS) world.ado.seedPat({ displayName, ageDays: 27, daysLeft: 9 })
  world.ado.seedPat({ displayName: `${SECRET} [hmcts] 2026-10-25T08:00:00.417Z`, owner: 'somebody-else' })
  for (const name of readers) world.github.addRepository(name)
  const selectedRepositories = visibility === 'selected' ? readers : []
  return seedLive(world, { ageDays: 27, daysLeft: 9, visibility, selectedRepositories })
}

type Visibility = 'all' | 'private' | 'selected'

function named(repositories: readonly string[]): { repositories: string } {
  return { repositories: repositories.map((name) => name.replace('hmcts/', '')).join(', ') }
}

export const scenes: readonly Scene[] = [
  {
    name: 'organization',
    repositories: ['hmcts/.github'],
    readers: MORE_THAN_100,
    grace: 0,
    prepare: (world) => {
      seedUsual(world, MORE_THAN_100)
    },
    inputs: () => ({}),
  },
  {
    name: 'fallback',
    repositories: APPS,
    copies: APPS,
    readers: MORE_THAN_30,
    grace: 24,
    fallsBack: true,
    prepare: (world) => {
      seedUsual(world)
    },
    inputs: (world, mended) => ({
      ...named(APPS),
      'github-token': mended
        ? world.githubToken
        : world.github.token({ kind: 'app', permissions: { organization_secrets: 'read', secrets: 'write' } }),
    }),
  },
  {
    name: 'refresh-token',
    repositories: ['hmcts/.github'],
    readers: FEW,
    grace: 24,
    prepare: (world) => {
      seedUsual(world, FEW, 'private')
      world.entra.application.publicClient = false
      world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
      const previous = world.entra.issueRefreshToken({ idleDays: 2 })
      const value = `${world.entra.issueRefreshToken({ idleDays: 1 })}\n${previous}`
      world.github.seedSecret(REFRESH_TOKEN_HOME, 'actions', REFRESH_TOKEN_SECRET, { value })
    },
    inputs: (world) => ({
      'current-pat': world.held()?.token ?? '',
      'bot-access-token': '',
      'bot-refresh-token': storedRefreshTokens(world).join('\n'),
      'azure-tenant-id': world.entra.tenant,
      'azure-client-id': world.entra.application.clientId,
      'azure-client-auth': 'github-oidc',
    }),
    env: idTokenOf,
  },
  {
    name: 'stale-copies',
    repositories: APPS,
    copies: APPS,
    readers: MORE_THAN_30,
    grace: 24,
    prepare: (world) => {
      seedUsual(world)
      const older = seedManaged(world, { ageDays: 50, daysLeft: 10 })
      for (const name of APPS) seedSecret(world, name, older)
    },
    inputs: () => ({ ...named(APPS), 'stale-copies': 'refresh' }),
  },
  {
    name: 'every-place',
    apart: true,
    repositories: ['hmcts/.github'],
    readers: FEW,
    stores: ['actions', 'dependabot'],
    twin: true,
    // Reading four places is reading one four times.
    strikes: (method) => method !== 'GET',
    grace: 24,
    prepare: (world) => {
      const live = seedUsual(world, FEW)
      seedSecret(world, 'hmcts', live, { name: TWIN, base64: true, visibility: 'all' })
      seedSecret(world, 'hmcts', live, { store: 'dependabot', visibility: 'private' })
      const selected = { visibility: 'selected', selectedRepositories: FEW.slice(1) } as const
      seedSecret(world, 'hmcts', live, { store: 'dependabot', name: TWIN, base64: true, ...selected })
    },
    inputs: () => ({ 'secret-name-base64': TWIN, 'secret-stores': 'actions, dependabot' }),
  },
  {
    name: 'vault',
    apart: true,
    repositories: ['hmcts/.github'],
    readers: MORE_THAN_30,
    grace: 0,
    prepare: (world) => {
      const live = seedUsual(world)
      withTokensInVault(world)
      seedCopy(world, live)
    },
    inputs: (world) => ({
      'bot-access-token': '',
      'azure-tenant-id': world.entra.tenant,
      'azure-client-id': world.entra.application.clientId,
      'key-vault-url': world.vault.url,
      'key-vault-refresh-token': REFRESH,
      'key-vault-pat': COPY,
    }),
    env: idTokenOf,
  },
]

export function sceneNamed(name: string): Scene {
  const found = scenes.find((scene) => scene.name === name)
  if (found === undefined) throw new TypeError(`no scene is called ${name}`)
  return found
}

export function storedRefreshTokens(world: World): readonly string[] {
  const kept = world.github.secret(REFRESH_TOKEN_HOME, 'actions', REFRESH_TOKEN_SECRET) ?? world.vault.current(REFRESH)
  return kept?.value.split('\n') ?? []
}
