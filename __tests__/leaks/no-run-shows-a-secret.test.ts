import { describe, expect, test } from '@jest/globals'
import { type BundleOptions, type BundleWorld, idTokenOf, runBundle, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { seedLive } from '../world.ts'
import { makeEcho } from './echo.ts'
import { leaksOf } from './forms.ts'
import { secretsOf } from './secrets-of.ts'

const HOME = 'hmcts/.github'
const NAME = 'ADO_BOT_REFRESH_TOKEN'

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
  'secrets are pasted into the wrong inputs': ({ githubToken, oidc, entra }) => ({
    inputs: {
      'ado-organization': githubToken,
      'pat-name': `${githubToken}\n`,
      repositories: entra.issueRefreshToken(),
      'azure-tenant-id': oidc.requestToken,
      'secret-name': 'https://hooks.slack.example/services/T0WEBHOOK/B0MARKER/x9Kq2Lm7Pz4Rt8Wv1Ys5',
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
    expect(run).toMatchObject({ exitCode: outcome === 'failed' ? 1 : 0, outputs: { outcome } })
    const { token: _, ...outputs } = run.outputs
    const stdout = run.stdout.replace(/^::add-mask::.*$/gm, '')
    const { shown, stderr, summary, state } = run
    return leaksOf(secretsOf(world, { ...given, 'notify-webhook-url': given['secret-name'] ?? '' }), {
      ...{ stdout, shown, stderr, summary, state },
      outputs: JSON.stringify(outputs),
      env: run.env,
    })
  } finally {
    await world.close()
  }
}

describe('with every switch for debugging', () => {
  test.concurrent.each(Object.entries(cases))('%s', async (_, prepare) => {
    expect(await leaksIn(prepare, verbose)).toEqual([])
  })
})

describe('as always', () => {
  test.concurrent.each(Object.entries(cases).slice(0, 3))('%s', async (_, prepare) => {
    expect(await leaksIn(prepare, {})).toEqual([])
  })
})
