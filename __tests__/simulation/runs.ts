import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import type { Inputs } from '../../src/inputs.ts'
import type { Log } from '../../src/log.ts'
import { renew } from '../../src/operations/renew.ts'
import { newJournal, type Run, type Services } from '../../src/operations/run.ts'
import type { Conclusion } from '../../src/operations/steps/conclude.ts'
import type { Actor, Fate } from './actor.ts'
import { azureDevOpsFor, feedFor, type Means } from './azure-devops.ts'
import { azureFailure } from './failures.ts'
import { gitHubFor, writeSealedFor } from './github.ts'
import { keyVaultFor } from './key-vault.ts'

const SECRET = 'AZURE_DEVOPS_ARTIFACT_TOKEN'

/** Whatever the months of one seed do not change of the inputs. */
export type Setup = Pick<
  Inputs,
  | 'target'
  | 'fallback'
  | 'grace'
  | 'staleCopies'
  | 'stores'
  | 'repositories'
  | 'thisRepository'
  | 'secretNameBase64'
  | 'patLifetime'
  | 'renewBeforeDays'
  | 'visibility'
  | 'vault'
>

export interface Asked {
  readonly name: string
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly currentPat?: string | undefined
  readonly skew: number
  readonly fate: Fate
}

export function inputsFor(
  setup: Setup,
  { force = false, dryRun = false, currentPat }: Omit<Asked, 'name' | 'skew' | 'fate'>,
): Inputs {
  return { ...usual, ...setup, force, dryRun, currentPat }
}

const usual = {
  operation: 'renew',
  feed: { organization: 'hmcts', project: undefined, feed: 'hmcts-lib' },
  patName: SECRET,
  scopes: ['vso.packaging_write'],
  bot: { kind: 'cli' },
  botUser: undefined,
  githubToken: 'token',
  apiUrl: 'https://api.github.com',
  organization: 'hmcts',
  secretName: SECRET,
  maxWait: 30 * MINUTE,
  writePace: 'budget',
  revokePats: 'superseded',
  auditPeriod: 30 * DAY,
  app: undefined,
  tenant: undefined,
  exposeToken: false,
  afterwards: { verifyWorkflow: undefined, workflowToken: undefined, notifyIssue: false, webhookUrl: undefined },
} as const satisfies Partial<Inputs>

export const usualSetup: Setup = {
  target: 'organization',
  fallback: 'repositories',
  grace: 24 * HOUR,
  staleCopies: 'refresh',
  stores: ['actions'],
  repositories: ['hmcts/.github'],
  thisRepository: 'hmcts/.github',
  secretNameBase64: undefined,
  patLifetime: 30 * DAY,
  renewBeforeDays: 10,
  visibility: 'private',
  vault: undefined,
}

export function actorFor(now: number, setup: Setup, { name, skew, fate, ...asked }: Asked): Actor {
  const inputs = inputsFor(setup, asked)
  return {
    name,
    inputs,
    slot: setup.target === 'organization' ? 'hmcts' : setup.thisRepository,
    skew,
    fate,
    cancel: fate.quiet ? never : new AbortController(),
    dead: false,
    calls: 0,
    mintsAsked: 0,
    mintsLost: 0,
    lostPats: [],
    misfortunes: 0,
    began: now,
    minted: undefined,
    mintedAt: now,
    extended: [],
    acknowledged: new Map(),
    currentPat: undefined,
    saysFallback: false,
    outcome: undefined,
  }
}

const never = new AbortController()

/** The real renewal, over the services of the simulation. */
export async function act(means: Means, actor: Actor): Promise<Conclusion> {
  const { world, scheduler, dice } = means
  const run: Run = {
    inputs: actor.inputs,
    services: servicesFor(means, actor, false),
    lastServices: () => servicesFor(means, actor, true),
    clock: {
      now: () => world.now + actor.skew,
      sleep: (milliseconds) => scheduler.sleep(actor, milliseconds),
      deadline: () => never.signal,
    },
    cancel: actor.cancel.signal,
    random: () => dice.next(),
    log: logFor(means, actor),
    journal: newJournal(),
  }
  const conclusion = await renew(run)
  actor.outcome = conclusion.outcome
  if (world.traced) world.tell(`${actor.name}: ${conclusion.outcome}: ${conclusion.reason}`)
  return conclusion
}

function servicesFor(means: Means, actor: Actor, last: boolean): Services {
  const { world, scheduler } = means
  const gitHub = Promise.resolve(gitHubFor(means, actor, last))
  const notUsed = (): Promise<never> =>
    Promise.reject(new TypeError('the bot signs in with its tools, and nothing but its PATs is asked for'))
  return {
    github: () => gitHub,
    keyVault: () => keyVaultFor(means, actor, last),
    workflowGitHub: notUsed,
    tellWebhook: notUsed,
    azureDevOps: () => azureDevOpsFor(means, actor, last),
    organization: {
      tenant: notUsed,
      as: () => ({ identity: notUsed, feedPermissions: notUsed, auditLog: notUsed }),
    },
    proveOnFeed: feedFor(means, actor),
    writeSealed: writeSealedFor(means, actor, last),
    entra: {
      redeemRefreshToken: notUsed,
      refusesThisRefreshToken: () => false,
      signInWithDeviceCode: notUsed,
      signInForGood: notUsed,
      signInAsApp: notUsed,
      signInWithTools: () =>
        scheduler.call(actor, {
          doing: 'sign the bot in',
          change: false,
          effect: () => {
            if (world.troubles.bot === 'cannot-sign-in') throw azureFailure('sign-in', 'sign the bot in')
            return { accessToken: 'access token', refreshToken: undefined }
          },
          misfortune: () => ({ failure: azureFailure('sign-in', 'sign the bot in'), happens: 'not' }),
        }),
      claimsOf: () => ({ application: false }),
    },
  }
}

function logFor({ world }: Means, actor: Actor): Log {
  const tell = (line: string): void => {
    if (world.traced) world.tell(`${actor.name}:   ${line}`)
  }
  return {
    info: tell,
    debug: tell,
    notice: tell,
    error: tell,
    warning: (line) => {
      if (line.startsWith('A fallback stands') || line.startsWith('Fallback:')) actor.saysFallback = true
      tell(`warning: ${line}`)
    },
    group: (_, work) => work(),
  }
}
