import { connectAzureDevOps } from './azure-devops/connect.ts'
import { readTenant } from './azure-devops/connection-data.ts'
import { viewOrganization } from './azure-devops/organization.ts'
import { proveOnFeed } from './azure-devops/prove.ts'
import { type Clock, MINUTE, SECOND } from './clock.ts'
import { ambientToken, type AzureToken, tokenByAssertion } from './entra/azure-token.ts'
import { claimsOf } from './entra/claims.ts'
import { signInWithDeviceCode } from './entra/device-code.ts'
import { signInByAuthorizationCode, type Loopback } from './entra/authorization-code.ts'
import { githubAssertion, mayGetAssertion } from './entra/github-assertion.ts'
import { redeemRefreshToken } from './entra/redeem-refresh-token.ts'
import { type ConfidentialApp, signInAsApp } from './entra/sign-in-as-app.ts'
import { refusesThisRefreshToken } from './entra/sign-in-failure.ts'
import { signInWithTools } from './entra/signed-in-tools.ts'
import type { App, Tokens } from './entra/token-endpoint.ts'
import { connectGitHub, type GitHub, type Pace } from './github/connect.ts'
import { connectWorkflowToken, type WorkflowGitHub } from './github/connect-workflow-token.ts'
import { openPace } from './github/pace.ts'
import { Credential, type Standing } from './github/standing.ts'
import { writeSealed } from './github/write-sealed.ts'
import { guard, hostsOf } from './hosts.ts'
import type { EntraApp } from './bot-inputs.ts'
import type { Inputs } from './inputs.ts'
import { connectKeyVault, type KeyVault, type TokenWanted } from './key-vault/connect.ts'
import type { Vault } from './key-vault-inputs.ts'
import type { Log } from './log.ts'
import { newJournal, type PersonPrompt, type Run, type Services } from './operations/run.ts'
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
  /** Where a person can be sent to with a browser of this very machine; a device code serves where it is missing. */
  readonly loopback?: Loopback
}

/** After a cancel the runner leaves some seconds before it kills: SIGINT, SIGTERM 7.5 s later, SIGKILL 2.5 s after that. */
const LAST_SECONDS = 6 * SECOND

const NOTHING_WAITED_FOR =
  'the run was cancelled, so that nothing is waited for any more. Run it again: the next run finishes or replaces what this one began.'

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
  const standing = { pace: world.pace ?? openPace(world.clock, inputs.writePace), credential: new Credential() }
  // Another token has another amount for the hour, so it keeps a pace of its own.
  const workflowStanding =
    inputs.afterwards.workflowToken === inputs.githubToken
      ? standing
      : { pace: openPace(world.clock, 'budget'), credential: new Credential() }
  const servicesOver = (over: Wire): Services =>
    servicesAt({ ...world, wire: over, inputs, standing, workflowStanding })
  // One for all that is still done: one after the other, each with its own, would outlive the runner's patience.
  let lastSeconds: AbortSignal | undefined
  return {
    inputs,
    services: servicesOver(wire),
    lastServices: () => {
      // What waits for a pause or a limit is never sent.
      const waits = new WaitBudget(world.clock, 0, NOTHING_WAITED_FOR)
      return servicesOver({ ...wire, waits, cancel: (lastSeconds ??= world.clock.deadline(LAST_SECONDS)) })
    },
    clock: world.clock,
    cancel: world.cancel,
    random: world.random,
    log: world.log,
    journal: newJournal(),
  }
}

interface Means {
  readonly wire: Wire
  readonly inputs: Inputs
  readonly secrets: Secrets
  readonly loopback?: Loopback
  /** One a token for the whole process. */
  readonly standing: Standing
  /** The same, where workflow-token and github-token are. */
  readonly workflowStanding: Standing
}

function servicesAt({ wire, inputs, secrets, standing, workflowStanding, loopback }: Means): Services {
  let connected: Promise<GitHub> | undefined
  // Without a GitHub token only `audit` and `federate` run, which never get here.
  const github = (): Promise<GitHub> =>
    (connected ??= connectGitHub(wire, { apiUrl: inputs.apiUrl, token: inputs.githubToken ?? '', secrets }, standing))
  let workflowConnected: Promise<WorkflowGitHub> | undefined
  const { workflowToken = '', webhookUrl } = inputs.afterwards
  const { organization } = inputs.feed
  let vault: KeyVault | undefined
  return {
    github,
    keyVault: () => (vault ??= keyVaultOf(wire, inputs.vault, secrets)),
    workflowGitHub: () =>
      (workflowConnected ??= connectWorkflowToken(
        wire,
        { apiUrl: inputs.apiUrl, token: workflowToken, input: 'workflow-token', secrets },
        workflowStanding,
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
    proveOnFeed: (value, credential) => proveOnFeed(wire, inputs.feed, value, secrets, credential),
    entra: entraAt({ wire, secrets, loopback }),
  }
}

function entraAt({
  wire,
  secrets,
  loopback,
}: Pick<Means, 'wire' | 'secrets'> & { readonly loopback: Loopback | undefined }): Services['entra'] {
  const withCode = (app: EntraApp, show: (prompt: PersonPrompt) => void, refreshToken: boolean): Promise<Tokens> =>
    signInWithDeviceCode(wire, { app: appOf(app, wire, secrets), show, refreshToken, limit: 15 * MINUTE, secrets })
  return {
    redeemRefreshToken: (app, refreshToken) =>
      redeemRefreshToken(wire, appOf(app, wire, secrets), refreshToken, secrets),
    refusesThisRefreshToken,
    signInWithDeviceCode: (app, show) => withCode(app, show, false),
    signInForGood: (app, show, user) =>
      loopback === undefined
        ? withCode(app, show, true)
        : signInByAuthorizationCode(wire, { app, show, user, loopback, limit: 15 * MINUTE, secrets }),
    signInAsApp: (app) => signInAsApp(wire, trusting(app, wire, secrets), secrets),
    signInWithTools: () => signInWithTools(secrets),
    claimsOf,
  }
}

/** The app registration that the bot signs in through. */
function appOf(app: EntraApp, wire: Wire, secrets: Secrets): App {
  return app.clientAuth === 'github-oidc' ? trusting(app, wire, secrets) : app
}

/** An app registration that trusts this workflow. GitHub's assertion lives for minutes, so it is fetched for every try. */
function trusting(app: EntraApp, wire: Wire, secrets: Secrets): ConfidentialApp {
  return { ...app, assertion: () => githubAssertion(wire, secrets) }
}

function keyVaultOf(wire: Wire, vault: Vault | undefined, secrets: Secrets): KeyVault {
  if (vault === undefined) throw new TypeError('no vault is given')
  const { url, app, authority } = vault
  const doing = `get an access token for the vault ${new URL(url).host}`
  const token = (wanted: TokenWanted): Promise<AzureToken> =>
    app !== undefined && mayGetAssertion()
      ? tokenByAssertion(wire, trusting(app, wire, secrets), { ...wanted, doing }, secrets)
      : ambientToken(wire, authority, { ...wanted, doing }, secrets)
  return connectKeyVault({ wire, url, token, secrets })
}
