import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import type { BotCredential } from '../../src/bot-inputs.ts'
import type { Inputs } from '../../src/inputs.ts'
import type { Failure } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import { check } from '../../src/operations/check.ts'
import { extend } from '../../src/operations/extend.ts'
import { renew } from '../../src/operations/renew.ts'
import { revoke } from '../../src/operations/revoke.ts'
import { newJournal, type Run, type Services } from '../../src/operations/run.ts'
import type { Conclusion } from '../../src/operations/steps/conclude.ts'
import type { Actor, Fate } from './actor.ts'
import { azureDevOpsFor, feedFor, type Means } from './azure-devops.ts'
import { entraFor } from './entra.ts'
import { azureFailure } from './failures.ts'
import { gitHubFor, writeSealedFor } from './github.ts'
import { keyVaultFor } from './key-vault.ts'
import { SECRET_MARK } from './secrecy.ts'

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

/** The operations that runs are asked for. */
const operations = { renew, check, extend, revoke }
export type Operation = keyof typeof operations

export interface Asked {
  readonly name: string
  readonly operation?: Operation
  readonly bot?: BotCredential | undefined
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly currentPat?: string | undefined
  readonly skew: number
  readonly fate: Fate
}

export function inputsFor(
  setup: Setup,
  {
    operation = 'renew',
    bot = { kind: 'cli' },
    force = false,
    dryRun = false,
    currentPat,
  }: Omit<Asked, 'name' | 'skew' | 'fate'>,
): Inputs {
  return { ...usual, ...setup, operation, bot, force, dryRun, currentPat }
}

const usual = {
  feed: { organization: 'hmcts', project: undefined, feed: 'hmcts-lib' },
  patName: SECRET,
  scopes: ['vso.packaging_write'],
  botUser: undefined,
  githubToken: `${SECRET_MARK}-GitHub-token`,
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
    struck: undefined,
    gone: () => undefined,
    mintsAsked: 0,
    mintsLost: 0,
    lostPats: [],
    misfortunes: 0,
    began: now,
    minted: undefined,
    mintedAt: now,
    extended: new Map(),
    acknowledged: new Map(),
    rolled: undefined,
    currentPat: undefined,
    saysFallback: false,
    outcome: undefined,
  }
}

const never = new AbortController()

/** The real operation, over the services of the simulation. */
export async function act(means: Means, actor: Actor): Promise<Conclusion> {
  const { world, scheduler, dice, watch } = means
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
  const operation = operations[actor.inputs.operation as Operation]
  const conclusion = await operation(run)
  // Most runs are not due and know no PAT but current-pat: of those, some are looked at.
  if (actor.minted !== undefined || Math.floor(actor.began / MINUTE) % 8 === 0)
    watch.tells(actor, 'its conclusion', JSON.stringify(conclusion))
  actor.outcome = conclusion.outcome
  if (world.traced) world.tell(`${actor.name}: ${conclusion.outcome}: ${conclusion.reason}`)
  return conclusion
}

function servicesFor(means: Means, actor: Actor, last: boolean): Services {
  const gitHub = Promise.resolve(gitHubFor(means, actor, last))
  const notUsed = (): Promise<never> => Promise.reject(new TypeError('nobody is told, and no build verifies'))
  return {
    github: () => gitHub,
    keyVault: () => keyVaultFor(means, actor, last),
    workflowGitHub: notUsed,
    tellWebhook: notUsed,
    azureDevOps: () => azureDevOpsFor(means, actor, last),
    organization: organizationFor(means, actor, last),
    proveOnFeed: feedFor(means, actor),
    writeSealed: writeSealedFor(means, actor, last),
    entra: entraFor(means, actor, last),
  }
}

/** What a check looks at beside the PATs. */
function organizationFor({ scheduler, watch }: Means, actor: Actor, last: boolean): Services['organization'] {
  const ask = <T>(doing: string, answer: T): Promise<T> => {
    watch.asksAzureDevOps(actor, doing)
    const misfortune = (): { failure: Failure; happens: 'not' } => ({
      failure: azureFailure('unavailable', doing),
      happens: 'not',
    })
    return scheduler.call(actor, { doing, change: false, effect: () => answer, misfortune }, last)
  }
  return {
    tenant: () => ask('look up the tenant', undefined),
    as: () => ({
      identity: () => ask('ask who the bot is', { id: 'bot', descriptor: undefined }),
      feedPermissions: () => ask('read the permissions of the feed', []),
      auditLog: () => Promise.reject(new TypeError('the audit log is not simulated')),
    }),
  }
}

function logFor({ world, watch }: Means, actor: Actor): Log {
  const tell = (line: string): void => {
    watch.tells(actor, 'its log', line)
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
