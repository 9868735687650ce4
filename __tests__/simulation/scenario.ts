import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import type { Refusal } from '../../src/github/refusals.ts'
import type { RepositoryName } from '../../src/place.ts'
import type { Dice } from './dice.ts'
import type { Rolling } from './entra.ts'
import { type Setup, usualSetup } from './runs.ts'
import type { Clocks, Skew, Troubles } from './world.ts'

/** One trouble, from one day up to another. */
export interface Spell {
  readonly from: number
  readonly to: number
  readonly trouble: Partial<Troubles>
}

/** What the months of one seed bring, before anything has run. */
export interface Scenario {
  readonly setup: Setup
  /** A repository that renews a copy of its own beside the organization's renewal. */
  readonly ownSlot: Setup | undefined
  /** Scheduled runs are given the value that the secret holds. */
  readonly givesCurrentPat: boolean
  /** How the bot's refresh tokens roll; undefined where it signs in by a tool. */
  readonly rolling: Rolling | undefined
  readonly days: number
  readonly clocks: Clocks
  /** How far a runner's clock is off at most. */
  readonly runnerSkew: number
  readonly spells: readonly Spell[]
  /** Days on which several runs go at once. */
  readonly crowded: ReadonlySet<number>
  /** Days on which people meddle. */
  readonly meddled: ReadonlySet<number>
  /** Days on which somebody changes what the vault holds. */
  readonly vaultMeddled: ReadonlySet<number>
}

const BEGAN = Date.UTC(2026, 10, 21, 8)
const repositories: readonly RepositoryName[] = ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b']

/** @param ofVault and ofBot: dice of their own, so that a seed without a vault plays what it played before there was one */
export function scenarioFrom(dice: Dice, ofVault: Dice, ofBot: Dice): Scenario {
  const withVault = ofVault.chance(0.3)
  const setup: Setup = setupFrom(dice, withVault ? vault : undefined)
  const days = dice.whole(40, 85)
  const furthest = dice.pick(0, 4, 7) * MINUTE
  const skew = (): Skew => [dice.whole(-furthest, furthest), dice.whole(-furthest, furthest)]
  const toOrganization = setup.target === 'organization'
  const ownSlot: Setup | undefined =
    toOrganization && dice.chance(0.25)
      ? {
          ...setup,
          target: 'repositories',
          thisRepository: 'hmcts/app-a',
          repositories: ['hmcts/app-a'],
          vault: undefined,
        }
      : undefined
  return {
    setup,
    ownSlot,
    givesCurrentPat: toOrganization && dice.chance(0.5),
    rolling: ofBot.chance(0.4) ? ofBot.pick('lives-on', 'ends-with-the-next', 'ends-at-once') : undefined,
    days,
    clocks: { began: BEGAN, ends: BEGAN + (days + 40) * DAY, azureDevOps: skew(), gitHub: skew() },
    runnerSkew: furthest,
    spells: [
      ...spellsFrom(dice, setup, days),
      ...(withVault ? vaultSpells(ofVault, days) : []),
      ...feedSpells(ofBot, days),
    ],
    crowded: someDays(dice, dice.whole(1, 3), days),
    meddled: someDays(dice, dice.pick(0, 0, 1, 2, 4), days),
    vaultMeddled: someDays(ofVault, withVault ? ofVault.pick(0, 0, 1, 3) : 0, days),
  }
}

const vault = {
  url: 'https://hmcts.vault.azure.net',
  pat: 'artifacts-pat',
  refreshToken: undefined,
  app: undefined,
  authority: 'https://login.microsoftonline.com',
}

function vaultSpells(dice: Dice, days: number): readonly Spell[] {
  if (!dice.chance(0.4)) return []
  const from = dice.whole(0, days - 2)
  const to = Math.min(days, from + dice.whole(1, dice.pick(3, 40)))
  return [{ from, to, trouble: { vault: dice.pick('closed', 'read-only') } }]
}

function feedSpells(dice: Dice, days: number): readonly Spell[] {
  if (!dice.chance(0.08)) return []
  const from = dice.whole(0, days - 2)
  return [{ from, to: Math.min(days, from + dice.whole(1, 8)), trouble: { feed: 'takes-anybody' } }]
}

function setupFrom(dice: Dice, vaultGiven: Setup['vault']): Setup {
  const [patLifetime, renewBeforeDays] = dice.pick([30, 10], [30, 10], [16, 4], [60, 15])
  return {
    ...usualSetup,
    vault: vaultGiven,
    target: dice.chance(0.75) ? 'organization' : 'repositories',
    fallback: dice.chance(0.85) ? 'repositories' : 'none',
    grace: dice.pick(0, 24, 168) * HOUR,
    staleCopies: dice.pick('refresh', 'remove', 'report'),
    stores: dice.chance(0.85) ? ['actions'] : ['actions', 'dependabot'],
    repositories: repositories.filter((_, index) => index === 1 || dice.chance(0.5)),
    secretNameBase64: dice.chance(0.1) ? 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64' : undefined,
    patLifetime: patLifetime * DAY,
    renewBeforeDays,
    visibility: dice.pick('private', 'all', 'selected'),
  }
}

function someDays(dice: Dice, many: number, days: number): ReadonlySet<number> {
  return new Set(Array.from({ length: many }, () => dice.whole(1, days - 1)))
}

function spellsFrom(dice: Dice, { target, stores }: Setup, days: number): readonly Spell[] {
  const spells: Spell[] = []
  const add = (longest: number, trouble: Partial<Troubles>): void => {
    const from = dice.whole(0, days - 2)
    spells.push({ from, to: Math.min(days, from + dice.whole(1, longest)), trouble })
  }
  if (target === 'organization' && dice.chance(0.5)) {
    const refusal: Refusal = dice.chance(0.75)
      ? dice.pick('no-permission', 'sso', 'no-organization-secrets', 'server-error', 'secret-refused')
      : dice.pick('bad-credential', 'network', 'rate-limited')
    const only = stores.length > 1 && dice.chance(0.5) ? [dice.pick('actions', 'dependabot')] : undefined
    add(60, { organization: { refusal, readsToo: dice.chance(0.5), stores: only } })
  }
  if (dice.chance(0.2)) {
    const refusal: Refusal = dice.pick('archived', 'no-permission', 'server-error', 'moved', 'network')
    add(30, { repository: { name: 'hmcts/app-a', refusal, readsToo: dice.chance(0.5) } })
  }
  if (dice.chance(0.15)) add(7, { bot: dice.pick('cannot-sign-in', 'cannot-see-pats') })
  if (dice.chance(0.15)) add(60, { longestLife: dice.pick(1, 3, 7, 20) * DAY })
  return spells
}
