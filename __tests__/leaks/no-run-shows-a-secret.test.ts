import { beforeAll, expect, test } from '@jest/globals'
import { type BundleOptions, type BundleWorld, idTokenOf, runBundle, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { seedLive } from '../world.ts'
import { makeEcho } from './echo.ts'
import { leaksOf } from './forms.ts'
import { secretsOf } from './secrets-of.ts'

const HOME = 'hmcts/.github'
const NAME = 'ADO_BOT_REFRESH_TOKEN'

const WEBHOOK = 'https://hooks.slack.example/services/T0WEBHOOK/B0MARKER/x9Kq2Lm7Pz4Rt8Wv1Ys5'

const TELL = { 'notify-issue': 'true', 'notify-webhook-url': WEBHOOK }

type Inputs = Readonly<Record<string, string>>
/** Prepares the world; says what else the step is given, and how it is to end. */
type Case = (world: BundleWorld) => {
  readonly inputs?: Inputs
  readonly outcome: string
  readonly options?: BundleOptions
}

const cases: Readonly<Record<string, Case>> = {
  'a renewal, with the PAT handed to later steps': () => ({ inputs: { 'expose-token': 'true' }, outcome: 'renewed' }),
  'nothing due': ({ ado }) => {
    for (const pat of ado.pats) pat.validTo += 20 * 86_400_000
    return { outcome: 'not-due' }
  },
  'a dry run': () => ({ inputs: { 'dry-run': 'true' }, outcome: 'planned' }),
  'a check': () => ({ inputs: { operation: 'check' }, outcome: 'due' }),
  'an extension': () => ({ inputs: { operation: 'extend' }, outcome: 'extended' }),
  'everything revoked': () => ({ inputs: { operation: 'revoke', 'revoke-pats': 'all' }, outcome: 'revoked' }),
  'a fallback, because single sign-on is not authorised': ({ github }) => {
    makeEcho(github, { status: 403, how: 'sso' }, /orgs\/hmcts/)
    return { outcome: 'renewed' }
  },
  'single sign-on, and no fallback': ({ github }) => {
    makeEcho(github, { status: 403, how: 'sso' }, /orgs\/hmcts/)
    return { inputs: { fallback: 'none' }, outcome: 'failed' }
  },
  'Entra quotes the refresh token and the assertion': ({ entra }) => {
    makeEcho(entra, { status: 400, how: 'refusal' })
    return { outcome: 'failed' }
  },
  'Entra quotes them in headers, and GitHub its token': ({ entra, github }) => {
    makeEcho(entra, { status: 401, how: 'headers' })
    makeEcho(github, { status: 422, how: 'headers' }, /orgs\/hmcts/)
    return { outcome: 'failed' }
  },
  "the runner's OIDC endpoint quotes the request token": ({ oidc }) => {
    makeEcho(oidc, { status: 400, how: 'message' })
    return { outcome: 'failed' }
  },
  'Azure DevOps quotes the access token': ({ ado }) => {
    makeEcho(ado, { status: 401, how: 'exception' }, /vssps/)
    return { outcome: 'failed' }
  },
  'the mint is refused with the access token in the reason': ({ ado }) => {
    makeEcho(ado, { status: 200, how: 'patTokenError' }, /^POST .*vssps/)
    return { outcome: 'failed' }
  },
  'the feed quotes the PATs it is shown': ({ ado }) => {
    makeEcho(ado, { status: 403, how: 'message' }, /feeds/)
    return { outcome: 'failed' }
  },
  'GitHub quotes its token when the secret is written': ({ github }) => {
    makeEcho(github, { status: 404, how: 'message' }, /^PUT .*orgs\/hmcts/)
    return { outcome: 'renewed' }
  },
  'GitHub does not take its token, and quotes it': ({ github }) => {
    makeEcho(github, { status: 401, how: 'message that is cut' })
    return { outcome: 'failed' }
  },
  'a person is to sign in with a device code': ({ entra }) => {
    Object.assign(entra.deviceCode, { interval: 1, pendingPolls: 1 })
    return { inputs: { 'bot-refresh-token': '', 'bot-credential': 'device-code' }, outcome: 'renewed' }
  },
  'a person signs in once': ({ entra }) => {
    Object.assign(entra.deviceCode, { interval: 1, pendingPolls: 1, slowDowns: 0 })
    return { inputs: { operation: 'sign-in' }, outcome: 'signed-in' }
  },
  'Entra quotes the device code and the assertion': ({ entra }) => {
    Object.assign(entra.deviceCode, { interval: 1, pendingPolls: 0 })
    makeEcho(entra, { status: 400, how: 'refusal' }, /v2.0\/token/)
    return { inputs: { operation: 'sign-in' }, outcome: 'failed' }
  },
  'GitHub quotes its token when the refresh token is stored': ({ entra, github }) => {
    Object.assign(entra.deviceCode, { interval: 1, pendingPolls: 0 })
    makeEcho(github, { status: 403, how: 'message' }, /^PUT .*repos\/hmcts/)
    return { inputs: { operation: 'sign-in' }, outcome: 'failed' }
  },
  'a job does without a PAT': () => ({ inputs: { operation: 'federate' }, outcome: 'federated' }),
  'Entra quotes the assertion of a job without a PAT': ({ entra }) => {
    makeEcho(entra, { status: 400, how: 'refusal' })
    return { inputs: { operation: 'federate' }, outcome: 'failed' }
  },
  'the feed quotes the access token that it is shown': ({ ado }) => {
    makeEcho(ado, { status: 403, how: 'message' }, /feeds/)
    return { inputs: { operation: 'federate' }, outcome: 'failed' }
  },
  'a failing run is told, and the webhook and GitHub quote what they are given': ({ github, webhook }) => {
    github.refuse({ home: 'hmcts', status: 403 })
    makeEcho(github, { status: 403, how: 'message' }, /\/issues/)
    makeEcho(webhook, { status: 400, how: 'message' })
    return { inputs: { ...TELL, fallback: 'none' }, outcome: 'failed' }
  },
  'the webhook hangs up, and GitHub quotes the workflow token in headers': ({ github, webhook, emulator }) => {
    makeEcho(github, { status: 422, how: 'headers' }, /\/actions\/workflows\//)
    emulator.faults.add({ kind: 'reset-before', at: webhook.hosts[0] ?? '', times: Infinity })
    github.refuse({ method: 'PUT', home: 'hmcts', status: 403 })
    return { inputs: { ...TELL, 'verify-workflow': 'hmcts/.github/build.yml@main' }, outcome: 'renewed' }
  },
  'secrets are pasted into the wrong inputs': ({ githubToken, oidc, entra }) => ({
    inputs: {
      'ado-organization': githubToken,
      'pat-name': `${githubToken}\n`,
      repositories: entra.issueRefreshToken(),
      'azure-tenant-id': oidc.requestToken,
      'secret-name': WEBHOOK,
      'notify-webhook-url': WEBHOOK,
    },
    outcome: 'failed',
  }),
}

const verbose = { RUNNER_DEBUG: '1', AZURE_LOG_LEVEL: 'verbose', ACTIONS_STEP_DEBUG: 'true', NODE_DEBUG: undefined }

async function leaksIn(prepare: Case, env: BundleOptions['env']): Promise<readonly string[]> {
  const world = await startBundleWorld()
  try {
    const live = seedLive(world)
    world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
    const stored = world.entra.issueRefreshToken()
    world.github.seedSecret(HOME, 'actions', NAME, { value: stored })
    const { inputs = {}, outcome, options } = prepare(world)
    const given: Record<string, string> = {
      'bot-access-token': '',
      'bot-refresh-token': `${stored}\n${world.entra.issueRefreshToken()}`,
      'azure-tenant-id': world.entra.tenant,
      'azure-client-id': world.entra.application.clientId,
      ...('bot-credential' in inputs ? {} : { 'azure-client-auth': 'github-oidc' }),
      'github-token': world.githubToken,
      'workflow-token': 'ghs_workflowMarker4f9Kq2Lm7Pz4Rt8Wv1Ys5',
      'current-pat': live.token,
      ...inputs,
    }
    const run = await runBundle(world, given, { ...options, env: { ...idTokenOf(world), ...env } })
    const ended = run.outputs.outcome === outcome && run.exitCode === (outcome === 'failed' ? 1 : 0)
    if (!ended) return [`ended otherwise: ${run.exitCode} ${run.shown}`]
    const stdout = run.stdout.replace(/^::add-mask::.*$/gm, '')
    const { shown, stderr, summary, state, left } = run
    const known = secretsOf(world, { ...given, 'notify-webhook-url': WEBHOOK })
    return leaksOf(
      { ...known, 'path of the webhook': new URL(WEBHOOK).pathname },
      {
        ...{ stdout, shown, stderr, summary, state, left },
        outputs: JSON.stringify({ ...run.outputs, token: '' }),
        env: run.env,
      },
    )
  } finally {
    await world.close()
  }
}

const runs = [
  ...Object.entries(cases).map(
    ([name, prepare]) => [`${name}, with every switch for debugging`, prepare, verbose] as const,
  ),
  ...Object.entries(cases)
    .slice(0, 2)
    .map(([name, prepare]) => [name, prepare, {}] as const),
]

/** Four runs side by side: most of their time is the start of a process. */
const found = new Map<string, readonly string[]>()
beforeAll(async () => {
  const waiting = [...runs]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, prepare, env] = next
      found.set(name, await leaksIn(prepare, env))
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
}, 240_000)

test.each(runs.map(([name]) => name))('%s', (name) => {
  expect(found.get(name)).toEqual([])
})

test.each(['HOME', 'RUNNER_TEMP', 'GITHUB_WORKSPACE'])(
  'a file with a secret, deep in %s, would be found',
  async (name) => {
    const world = await startBundleWorld()
    try {
      const code = `
      import { mkdirSync, writeFileSync } from 'node:fs'
      const folder = (process.env.${name} ?? process.cwd()) + '/.cache/msal'
      mkdirSync(folder, { recursive: true })
      writeFileSync(folder + '/token', Buffer.from(process.env['INPUT_GITHUB-TOKEN']).toString('base64'))`
      const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
      const run = runBundle(world, { operation: 'check' }, { nodeArgs })
      await expect(run).rejects.toThrow(/secrets got out: GitHub token, base64.*, in the files of the step/)
    } finally {
      await world.close()
    }
  },
)
