import { createAzureDevOps, type AzureDevOps, type Pat } from './emulator/azure-devops/azure-devops.ts'
import { createEmulator, type Emulator, type EmulatorClock } from './emulator/emulator.ts'
import { createEntra, type Entra } from './emulator/entra/entra.ts'
import { createGitHubOidc, type GitHubOidc } from './emulator/entra/github-oidc.ts'
import { createGitHub, type GitHub } from './emulator/github/github.ts'
import { createKeyVault, type KeyVault } from './emulator/key-vault/key-vault.ts'
import { createWebhook, type Webhook } from './emulator/webhook.ts'
import type { WorldClock } from './emulator/wire.ts'

export const SECRET = 'AZURE_DEVOPS_ARTIFACT_TOKEN'
const DAY = 86_400_000

/** A whole organization: Entra with the bot, Azure DevOps with a feed, GitHub with repositories, and what they hold. */
export interface World {
  readonly clock: WorldClock
  readonly entra: Entra
  readonly ado: AzureDevOps
  readonly oidc: GitHubOidc
  readonly github: GitHub
  /** hmcts.vault.azure.net: the app registration may get and set its secrets. */
  readonly vault: KeyVault
  readonly webhook: Webhook
  readonly emulator: Emulator
  /** An App installation token that may write organization and repository secrets. */
  readonly githubToken: string
  /** Method, host and path of every request so far, with what was in its body; PATs by the order in which they came to be. */
  transcript(since?: number): readonly string[]
  /** What the text would be with every PAT's value replaced by `<PAT n>`. */
  named(text: string): string
  /** The PAT that a place holds now. */
  held(home?: string, store?: 'actions' | 'dependabot' | 'codespaces' | 'agents', name?: string): Pat | undefined
}

export interface WorldOptions {
  readonly clock: EmulatorClock
  /** The host, and base path, of GitHub. */
  readonly githubHost?: string
}

/** hmcts: its feed hmcts-lib, its repositories .github (where the workflow runs), app-a and app-b, and its bot. */
export async function createWorld({ clock, githubHost }: WorldOptions): Promise<World> {
  const entra = createEntra({ clock })
  const ado = createAzureDevOps({ clock, entra })
  const oidc = createGitHubOidc({ clock })
  const github = await createGitHub({
    clock,
    organization: { login: 'hmcts' },
    ...(githubHost === undefined ? {} : { host: githubHost }),
  })
  for (const name of ['.github', 'app-a', 'app-b']) github.addRepository(`hmcts/${name}`)
  const githubToken = github.token({
    kind: 'app',
    permissions: {
      organization_secrets: 'write',
      secrets: 'write',
      organization_dependabot_secrets: 'write',
      dependabot_secrets: 'write',
    },
  })
  const vault = createKeyVault({ clock, entra })
  const webhook = createWebhook()
  const emulator = createEmulator({
    services: [entra, ado, oidc, github, vault, webhook],
    clock: 'sleep' in clock ? clock : { now: () => clock.now() },
  })
  const named = (text: string): string =>
    ado.pats.reduce(
      (words, { token }, index) =>
        words
          .replaceAll(token, `<PAT ${index + 1}>`)
          .replaceAll(Buffer.from(token).toString('base64'), `<base64 of PAT ${index + 1}>`),
      text,
    )
  return {
    clock,
    entra,
    ado,
    oidc,
    github,
    vault,
    webhook,
    emulator,
    githubToken,
    named,
    transcript: (since = 0) =>
      emulator.transcript.slice(since).map(({ method, host, path, body }) => {
        const said = body === undefined ? '' : ` ${JSON.stringify(body)}`
        return named(`${method} ${host}${path.replace(/\?.*/, '')}${said}`)
      }),
    held: (home = 'hmcts', store = 'actions', name = SECRET) => {
      const value = github.secret(home, store, name)?.value
      if (value === undefined) return undefined
      return ado.patOf(value) ?? ado.patOf(Buffer.from(value, 'base64').toString())
    },
  }
}

export interface Seed {
  readonly ageDays?: number
  readonly daysLeft?: number
  readonly state?: '' | ' pending' | ' fallback'
  readonly slot?: string
  readonly scope?: string
  readonly global?: boolean
  readonly revoked?: boolean
}

let named = 0

/** A PAT that an earlier renewal minted. */
export function seedManaged({ ado, clock }: World, seed: Seed = {}): Pat {
  const { ageDays = 27, daysLeft = 3, state = '', slot = 'hmcts', ...rest } = seed
  const stamp = new Date(Math.floor((clock.now() - ageDays * DAY) / 1000) * 1000 + (named++ % 1000)).toISOString()
  return ado.seedPat({ displayName: `${SECRET} [${slot}] ${stamp}${state}`, ageDays, daysLeft, ...rest })
}

/** A secret that was written when that PAT was minted, or at another time. */
export function seedSecret(
  { github, clock }: World,
  home: string,
  pat: Pat,
  options: {
    readonly store?: 'actions' | 'dependabot' | 'codespaces' | 'agents'
    readonly name?: string
    readonly base64?: boolean
    readonly visibility?: 'all' | 'private' | 'selected'
    readonly selectedRepositories?: readonly string[]
    readonly writtenDaysAgo?: number
  } = {},
): void {
  const { store = 'actions', name = SECRET, base64 = false, writtenDaysAgo, ...access } = options
  const at = writtenDaysAgo === undefined ? pat.validFrom + 5000 : clock.now() - writtenDaysAgo * DAY
  const value = base64 ? Buffer.from(pat.token).toString('base64') : pat.token
  github.seedSecret(home, store, name, { value, createdAt: at, updatedAt: at, ...(home.includes('/') ? {} : access) })
}

/** The usual state of affairs: a live PAT in the organization secret, `daysLeft` days before its end. */
export function seedLive(world: World, seed: Seed & Parameters<typeof seedSecret>[3] = {}): Pat {
  const { store, name, base64, visibility, selectedRepositories, writtenDaysAgo, ...pat } = seed
  const live = seedManaged(world, pat)
  const given = { store, name, base64, visibility, selectedRepositories, writtenDaysAgo }
  seedSecret(world, 'hmcts', live, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
  return live
}
