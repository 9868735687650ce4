import { connectAzureDevOps } from './azure-devops/connect.ts'
import { readTenant } from './azure-devops/connection-data.ts'
import { viewOrganization } from './azure-devops/organization.ts'
import { proveOnFeed } from './azure-devops/prove.ts'
import { type Clock, MINUTE, SECOND } from './clock.ts'
import { claimsOf } from './entra/claims.ts'
import { signInWithDeviceCode } from './entra/device-code.ts'
import { assertionHosts, githubAssertion } from './entra/github-assertion.ts'
import { type App, redeemRefreshToken } from './entra/redeem-refresh-token.ts'
import { refusesThisRefreshToken } from './entra/sign-in-failure.ts'
import { signInWithTools } from './entra/signed-in-tools.ts'
import { connectGitHub, type GitHub, type Pace } from './github/connect.ts'
import { connectWorkflowToken, type WorkflowGitHub } from './github/connect-workflow-token.ts'
import { openPace } from './github/pace.ts'
import { writeSealed } from './github/write-sealed.ts'
import { azureDevOpsHosts, guard } from './hosts.ts'
import type { EntraApp } from './bot-inputs.ts'
import type { Inputs } from './inputs.ts'
import type { Log } from './log.ts'
import { newJournal, type Run, type Services } from './operations/run.ts'
import { WaitBudget } from './retry.ts'
import type { Secrets } from './secrets.ts'
import { postMessage } from './webhook/post-message.ts'
import type { Fetch, Wire } from './wire.ts'

/** Everything of the outside world that a run works with. */
export interface World {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly secrets: Secrets
  readonly cancel: AbortSignal
  /** How fast GitHub may be asked; its documented limits where it is missing. */
  readonly pace?: Pace
}

/** After a cancel the runner leaves some seconds before it kills: SIGINT, SIGTERM 7.5 s later, SIGKILL 2.5 s after that. */
const LAST_SECONDS = 6 * SECOND

/** Puts a run together: the services, each reached over one wire. Asks nothing yet. */
export function assemble(inputs: Inputs, world: World): Run {
  const wire: Wire = {
    fetch: guard(world.fetch, hostsOf(inputs)),
    clock: world.clock,
    waits: new WaitBudget(world.clock, inputs.maxWait),
    cancel: world.cancel,
    onWait: (failure, milliseconds) => {
      const said = failure.said === undefined ? '' : `: ${failure.said}`
      world.log.info(
        `Waiting ${Math.ceil(milliseconds / SECOND)} s before trying again to ${failure.doing} (${failure.kind}${said}).`,
      )
    },
  }
  let opened: Promise<Pace> | undefined
  const pace = (): Promise<Pace> =>
    (opened ??= world.pace === undefined ? openPace(world.clock) : Promise.resolve(world.pace))
  const servicesOver = (over: Wire): Services => servicesAt({ wire: over, inputs, secrets: world.secrets, pace })
  return {
    inputs,
    services: servicesOver(wire),
    lastServices: () => servicesOver({ ...wire, cancel: world.clock.deadline(LAST_SECONDS) }),
    clock: world.clock,
    cancel: world.cancel,
    random: world.random,
    log: world.log,
    journal: newJournal(),
  }
}

/** Every host that a run may speak to; the rest is refused before anything is sent. */
function hostsOf({ apiUrl, bot, afterwards: { webhookUrl } }: Inputs): readonly string[] {
  const authority = bot.kind === 'refresh-token' || bot.kind === 'device-code' ? [bot.app.authority] : []
  const webhook = webhookUrl === undefined ? [] : [webhookUrl]
  const named = [apiUrl, ...authority, ...webhook].map((address) => new URL(address).host)
  return [...Object.values(azureDevOpsHosts), ...named, ...assertionHosts()]
}

interface Means {
  readonly wire: Wire
  readonly inputs: Inputs
  readonly secrets: Secrets
  /** One for the whole process: the limits are the GitHub token's. */
  readonly pace: () => Promise<Pace>
}

function servicesAt({ wire, inputs, secrets, pace }: Means): Services {
  let connected: Promise<GitHub> | undefined
  // Without a GitHub token only `audit` runs, which never gets here.
  const github = (): Promise<GitHub> =>
    (connected ??= pace().then((paced) =>
      connectGitHub(wire, { apiUrl: inputs.apiUrl, token: inputs.githubToken ?? '', secrets }, paced),
    ))
  let workflowConnected: Promise<WorkflowGitHub> | undefined
  const { workflowToken = '', webhookUrl } = inputs.afterwards
  const { organization } = inputs.feed
  return {
    github,
    workflowGitHub: () =>
      (workflowConnected ??= pace().then((paced) =>
        connectWorkflowToken(
          wire,
          { apiUrl: inputs.apiUrl, token: workflowToken, input: 'workflow-token', secrets },
          paced,
        ),
      )),
    tellWebhook: async (text) => {
      if (webhookUrl !== undefined) await postMessage(wire, { url: webhookUrl, secrets }, text)
    },
    writeSealed: async (place, text, means) => writeSealed(await github(), place, text, means),
    azureDevOps: (accessToken) => connectAzureDevOps(wire, { organization, accessToken, secrets }),
    organization: {
      tenant: () => readTenant(wire, organization, secrets),
      as: (accessToken) => viewOrganization(wire, { organization, accessToken, secrets }),
    },
    proveOnFeed: (pat) => proveOnFeed(wire, inputs.feed, pat, secrets),
    entra: {
      redeemRefreshToken: (app, refreshToken) =>
        redeemRefreshToken(wire, appOf(app, wire, secrets), refreshToken, secrets),
      refusesThisRefreshToken,
      signInWithDeviceCode: (app, show) => signInWithDeviceCode(wire, { app, show, limit: 15 * MINUTE, secrets }),
      signInWithTools: () => signInWithTools(secrets),
      claimsOf,
    },
  }
}

/** GitHub's assertion lives for minutes, so it is fetched for every try. */
function appOf({ authority, tenantId, clientId, clientAuth }: EntraApp, wire: Wire, secrets: Secrets): App {
  return {
    authority,
    tenantId,
    clientId,
    assertion: clientAuth === 'github-oidc' ? () => githubAssertion(wire, secrets) : undefined,
  }
}
