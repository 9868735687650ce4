import { beforeEach, expect, test } from '@jest/globals'
import { COPY, REFRESH, seedCopy, tagsOf } from '../vault/vault.ts'
import { VirtualClock } from '../wire.ts'
import { createWorld, SECRET, seedManaged, seedSecret, type World } from '../world.ts'
import { asLeft } from './as-left.ts'
import { REFRESH_TOKEN_HOME, REFRESH_TOKEN_SECRET, sceneNamed, TWIN } from './scenes.ts'

const MINUTE = 60_000
const scene = sceneNamed('vault')
const STORED = { home: REFRESH_TOKEN_HOME, name: REFRESH_TOKEN_SECRET }

let world: World
let clock: VirtualClock
let began: number
beforeEach(async () => {
  ;[world, clock] = await seeded()
  began = clock.now()
  clock.pass(MINUTE)
})

async function seeded(): Promise<readonly [World, VirtualClock]> {
  const time = new VirtualClock()
  const one = await createWorld({ clock: time })
  scene.prepare(one)
  const { value } = one.vault.current(REFRESH) ?? { value: '' }
  one.github.seedSecret(STORED.home, 'actions', STORED.name, { value })
  return [one, time]
}

function ours(): World['ado']['pats'][number] {
  const live = world.held()
  if (live === undefined) throw new TypeError('no live PAT')
  return live
}

function swapped(value = ''): string {
  return value.split('\n').reverse().join('\n')
}

/** The newest version in the vault, as it would be with these changes. */
function rewrite(name: string, changes: Parameters<World['vault']['seed']>[1] | { readonly enabled: boolean }): void {
  const newest = world.vault.current(name)
  if (newest === undefined) throw new TypeError(`no ${name}`)
  world.vault.seed(name, { ...newest, ...changes })
}

function organizationSecret(changes: Parameters<World['github']['seedSecret']>[3] | object): void {
  const { value, updatedAt, visibility = 'all' } = world.github.secret('hmcts', 'actions', SECRET) ?? { value: '' }
  const selectedRepositories = scene.readers
  const seed = { value, updatedAt: updatedAt ?? 0, visibility, selectedRepositories, ...changes }
  world.github.seedSecret('hmcts', 'actions', SECRET, seed)
}

const mint = (ageDays = 0): World['ado']['pats'][number] => seedManaged(world, { ageDays, daysLeft: 30 })

const differences: Readonly<Record<string, () => unknown>> = {
  'a PAT was minted': mint,
  'a PAT was minted that stays pending': () => seedManaged(world, { ageDays: 0, daysLeft: 30, state: ' pending' }),
  'a PAT is marked': () => (ours().displayName += ' fallback'),
  'a PAT is revoked': () => (ours().revoked = true),
  'a PAT lives longer': () => (ours().validTo += 86_400_000),
  'a PAT has another scope': () => (ours().scope = 'vso.packaging'),
  'a PAT is global': () => (ours().targetAccounts = null),
  'the organization secret is gone': () => {
    world.github.deleteSecret('hmcts', 'actions', SECRET)
  },
  'the organization secret holds another PAT': () => {
    organizationSecret({ value: world.ado.pats[0]?.token })
  },
  'the organization secret was written now': () => {
    organizationSecret({ updatedAt: clock.now() })
  },
  'everybody can read the organization secret': () => {
    organizationSecret({ visibility: 'all', selectedRepositories: [] })
  },
  'one repository less can read the organization secret': () => {
    organizationSecret({ selectedRepositories: scene.readers.slice(1) })
  },
  'another store has the secret too': () => {
    seedSecret(world, 'hmcts', ours(), { store: 'dependabot' })
  },
  'the organization has a base64 twin': () => {
    seedSecret(world, 'hmcts', ours(), { name: TWIN, base64: true })
  },
  'a repository has a copy': () => {
    seedSecret(world, 'hmcts/app-b', ours())
  },
  'a reader has a copy': () => {
    seedSecret(world, scene.readers.at(-1) ?? '', ours())
  },
  'the stored refresh tokens are swapped': () => {
    const { value } = world.github.secret(STORED.home, 'actions', STORED.name) ?? { value: '' }
    world.github.seedSecret(STORED.home, 'actions', STORED.name, { value: swapped(value) })
  },
  'a refresh token was rolled': () => world.entra.issueRefreshToken(),
  'a refresh token is spent': () => Object.assign(world.entra.refreshTokens[0] ?? {}, { spent: true }),
  'the vault has no copy': () => world.vault.secrets.pop(),
  'the vault holds another PAT': () => {
    rewrite(COPY, { value: world.ado.pats[0]?.token ?? '' })
  },
  'the vault holds a rolled refresh token': () => {
    rewrite(REFRESH, { value: `${world.entra.issueRefreshToken()}\n${world.vault.current(REFRESH)?.value}` })
  },
  'the refresh tokens of the vault are swapped': () => {
    rewrite(REFRESH, { value: swapped(world.vault.current(REFRESH)?.value) })
  },
  'the tag of the vault names another PAT': () => {
    rewrite(COPY, { value: ours().token, tags: { AdoPatAuthorizationId: world.ado.pats[0]?.authorizationId ?? '' } })
  },
  'the copy in the vault bears one tag more': () => {
    rewrite(COPY, { value: ours().token, tags: { ...tagsOf(ours()), AdoPatExpiresAt: '2026-12-21T08:00:00.000Z' } })
  },
  'the copy in the vault bears no tag': () => {
    rewrite(COPY, { value: ours().token, tags: undefined })
  },
  'the copy in the vault is disabled': () => {
    rewrite(COPY, { enabled: false })
  },
  'the copy in the vault has an end': () => {
    rewrite(COPY, { value: ours().token, exp: ours().validTo / 1000 })
  },
  'the copy in the vault has a type': () => {
    rewrite(COPY, { value: ours().token, contentType: 'Azure DevOps PAT' })
  },
  'the vault was written now': () => {
    rewrite(COPY, { value: ours().token, updatedAt: clock.now() })
  },
  'the copy in the vault was deleted': () => Object.assign(world.vault.secret(COPY) ?? {}, { deleted: true }),
}

test.each(Object.entries(differences))('%s', (_, change) => {
  const before = asLeft(world, scene, began)
  change()
  expect(asLeft(world, scene, began)).not.toBe(before)
})

test('both PATs that a run minted differ by which came first', () => {
  const [first, second] = [mint(0), mint(0)]
  Object.assign(first, { validFrom: began + 1000 })
  Object.assign(second, { validFrom: began + 2000 })
  const before = asLeft(world, scene, began)
  Object.assign(first, { validFrom: began + 3000 })
  expect(asLeft(world, scene, began)).not.toBe(before)
})

test('the same is the same, whatever the values and the moments of the run', async () => {
  const [other, time] = await seeded()
  const start = time.now()
  time.pass(3 * MINUTE)
  for (const [one, seconds] of [
    [world, 20],
    [other, 170],
  ] as const) {
    const pat = seedManaged(one, { ageDays: 0, daysLeft: 30 })
    Object.assign(pat, { validFrom: start + seconds * 1000 })
    seedSecret(one, 'hmcts', pat)
    seedCopy(one, pat)
  }
  expect(asLeft(other, scene, start)).toBe(asLeft(world, scene, began))
})

test('of a run that took long the order is not certain', () => {
  expect(asLeft(world, scene, began - 20 * MINUTE)).toBeUndefined()
})
