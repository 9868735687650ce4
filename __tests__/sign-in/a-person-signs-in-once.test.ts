import { expect, test } from '@jest/globals'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { inAzureDevOps, withBug } from '../hostile/broken.ts'
import { permitIdToken } from '../renew/bot/job.ts'
import { asksAzureDevOps, HOME, opaqueToken, ROLLED, storedTokens } from '../renew/bot/sign-in.ts'
import { createScene, failureOf, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'

const signIn = (scene: Scene): Record<string, string> => ({
  operation: 'sign-in',
  'bot-access-token': '',
  'azure-tenant-id': scene.entra.tenant,
  'azure-client-id': scene.entra.application.clientId,
})

const BOT = 'artifacts-bot@hmcts.onmicrosoft.com'

test('the secret is made, holds the new refresh token, and a renewal finds it there', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const { conclusion, log, masked, requests, warnings } = await scene.run(signIn(scene))
  expect(conclusion).toMatchObject({ operation: 'sign-in', outcome: 'signed-in', failure: undefined })
  expect(warnings.filter((line) => line.startsWith('The first check'))).toEqual([])
  expect(requests.filter((line) => line.endsWith(`/repos/${HOME}/actions/secrets/public-key`))).toHaveLength(1)
  const [token] = scene.entra.refreshTokens
  expect(storedTokens(scene)).toEqual([token?.value])
  expect(conclusion.reason).toBe(
    `${BOT} of tenant ${scene.entra.tenant} is signed in; the refresh token is stored: secret ${ROLLED} in repository ${HOME}`,
  )
  expect(log).toContain(`notice: ${conclusion.reason}.`)
  expect(masked).toContain(token?.value)
  const writes = requests.filter((request) => request.startsWith('PUT '))
  expect(writes).toHaveLength(1)
  expect(asksAzureDevOps(requests.slice(0, requests.indexOf(writes[0] ?? '')))).toBe(false)

  const next = await scene.run({
    ...signIn(scene),
    operation: 'renew',
    'bot-refresh-token': token?.value ?? '',
    force: 'true',
  })
  expect(next.conclusion.outcome).toBe('renewed')
})

test('the code stands in the log and in a notice before anybody is waited for, and in no group', async () => {
  const scene = await createScene()
  Object.assign(scene.entra.deviceCode, { pendingPolls: 3, slowDowns: 2 })
  const { conclusion, log, masked } = await scene.run(signIn(scene))
  expect(conclusion.outcome).toBe('signed-in')
  const [code] = scene.entra.deviceCodes
  const shown = `https://login.microsoft.com/device and enter the code ${code?.userCode ?? ''}`
  expect(log).toContain(`notice: Sign in as the bot: open ${shown}.`)
  expect(
    log.some((line) => line.startsWith('Waiting for the bot to sign in') && line.includes(code?.userCode ?? '?')),
  ).toBe(true)
  expect(masked).toContain(code?.value)
  expect(masked).not.toContain(code?.userCode)
  expect(code?.polls).toBe(6)
})

test('what the secret held before is replaced: it may be of another account', async () => {
  const scene = await createScene()
  scene.github.seedSecret(HOME, 'actions', ROLLED, { value: 'one\ntwo' })
  const { conclusion, log } = await scene.run({ ...signIn(scene), 'bot-refresh-token': 'one\ntwo\nbroken, by hand' })
  expect(conclusion.outcome).toBe('signed-in')
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens[0]?.value])
  expect(log.join('\n')).toContain('will be replaced')
})

test('an environment can be the home', async () => {
  const scene = await createScene()
  scene.github.addRepository('hmcts/keeper', { environments: ['bot'] })
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write', environments: 'write' } })
  const home = { 'bot-refresh-token-environment': 'bot', 'bot-refresh-token-secret': 'BOT' }
  const { conclusion } = await scene.run(
    { ...signIn(scene), ...home, 'github-token': token },
    { repository: 'hmcts/keeper' },
  )
  expect(conclusion.failure).toBeUndefined()
  expect(conclusion.reason).toContain('secret BOT in environment bot of hmcts/keeper')
  const stored = scene.github.secret('hmcts/keeper/bot', 'actions', 'BOT')?.value
  expect(stored).toBe(scene.entra.refreshTokens[0]?.value)
})

test('an app that trusts the workflow proves itself, and the refresh token is bound to it', async () => {
  const scene = await createScene()
  scene.entra.application.publicClient = false
  scene.entra.application.federated.push(gitHubFederation(scene.oidc.subject))
  permitIdToken(scene)
  const { conclusion } = await scene.run({ ...signIn(scene), 'azure-client-auth': 'github-oidc' })
  expect(conclusion.outcome).toBe('signed-in')
  expect(storedTokens(scene)).toHaveLength(1)
})

test.each([
  [{ 'bot-user': 'Artifacts-Bot@HMCTS.onmicrosoft.com' }, 'signed-in'],
  [{ 'bot-user': 'somebody@hmcts.onmicrosoft.com' }, 'failed'],
])('bot-user is compared before anything is stored (%j)', async (given, outcome) => {
  const scene = await createScene()
  const { conclusion, requests } = await scene.run({ ...signIn(scene), ...given })
  expect(conclusion.outcome).toBe(outcome)
  if (outcome === 'signed-in') return
  expect(conclusion.failure).toContain(`belongs to ${BOT}, and bot-user asks for somebody@hmcts.onmicrosoft.com`)
  expect(conclusion.failure).toContain('No refresh token was stored.')
  expect(storedTokens(scene)).toEqual([])
  expect(asksAzureDevOps(requests)).toBe(false)
})

test('what the first check finds does not fail the sign-in, and is told', async () => {
  const scene = await createScene()
  const missing = await scene.run(signIn(scene))
  expect(missing.conclusion).toMatchObject({ outcome: 'signed-in', failure: undefined })
  expect(missing.warnings.join('\n')).toContain('The first check does not find all well. No PAT is kept alive')
  scene.ado.user.disabled = true
  const disabled = await scene.run(signIn(scene))
  expect(disabled.conclusion).toMatchObject({ outcome: 'signed-in', failure: undefined })
  expect(disabled.warnings.join('\n')).toContain('The first check does not find all well. Could not')
})

test('a first check that breaks on a bug does not undo the sign-in', async () => {
  const scene = await createScene()
  const told = await scene.run(signIn(scene), { alter: withBug(inAzureDevOps('listPats')) })
  expect(told.conclusion).toMatchObject({ operation: 'sign-in', outcome: 'signed-in', failure: undefined })
  expect(told.conclusion.reason).toContain(`${BOT} of tenant ${scene.entra.tenant} is signed in`)
  expect(told.warnings).toEqual(['The first check could not be carried out. a bug'])
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens[0]?.value])
})

test('where there is no code to enter, the address alone is shown', async () => {
  const scene = await createScene()
  const address = 'http://127.0.0.1:40000/'
  const { log } = await scene.run(signIn(scene), {
    alter: (run) => {
      const signInForGood: typeof run.services.entra.signInForGood = (app, show, user) => {
        show({ address, code: undefined })
        return run.services.entra.signInForGood(app, () => undefined, user)
      }
      return { ...run, services: { ...run.services, entra: { ...run.services.entra, signInForGood } } }
    },
  })
  expect(log).toContain(`notice: Sign in as the bot: open ${address}.`)
  expect(log).toContain('Waiting for the bot to sign in …')
})

test('a dry run bothers nobody, and says what would be done', async () => {
  const scene = await createScene()
  const { conclusion, requests, log } = await scene.run({ ...signIn(scene), 'dry-run': 'true', 'bot-user': BOT })
  expect(log).toEqual(expect.arrayContaining(conclusion.plan.map((line) => `Plan: ${line}`)))
  expect(conclusion.outcome).toBe('planned')
  expect(conclusion.plan).toEqual([
    `Ask a person to sign in as ${BOT} through the app registration ${scene.entra.application.clientId} of tenant ${scene.entra.tenant}.`,
    `Create the secret ${ROLLED} in repository ${HOME} with the new refresh token.`,
    'Check how the PAT, the secret and its copies stand.',
  ])
  expect(requests.every((request) => request.startsWith('GET api.github.com'))).toBe(true)
})

test('a GitHub token that may not see the secrets is told before anybody is asked to sign in', async () => {
  const scene = await createScene()
  const token = scene.github.token({ kind: 'app', permissions: { organization_secrets: 'write' } })
  const { conclusion, requests, log } = await scene.run({ ...signIn(scene), 'github-token': token })
  expect(conclusion.failure).toMatch(/secrets/i)
  expect(log.join('\n')).not.toContain('enter the code')
  expect(requests.filter((request) => request.includes('login.'))).toEqual([])
})

test('a GitHub token that may only read is found out at the write: the token is given up, and the one error says so', async () => {
  const scene = await createScene()
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'read' } })
  const { conclusion, log, requests } = await scene.run({ ...signIn(scene), 'github-token': token })
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toMatch(/^Could not finish the sign-in\. The person signed in, .* lacks secrets=write/)
  expect(log.join('\n')).not.toContain('error: ')
  expect(asksAzureDevOps(requests)).toBe(false)
})

test('an environment that does not exist is told before anybody is asked to sign in', async () => {
  const scene = await createScene()
  const { conclusion, log } = await scene.run({ ...signIn(scene), 'bot-refresh-token-environment': 'nowhere' })
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toContain('nowhere')
  expect(log.join('\n')).not.toContain('enter the code')
})

test.each([
  [53003, /AADSTS53003.*docs\/sign-in\.md/],
  [530036, /AADSTS530036.*docs\/sign-in\.md/],
  [70044, /declined/],
  [70020, /Nobody signed in/],
])('trap 14: AADSTS%i after the code was entered ends it, and nothing is stored', async (outcome, words) => {
  const scene = await createScene()
  scene.entra.deviceCode.outcome = outcome
  const { conclusion, requests } = await scene.run(signIn(scene))
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toMatch(words)
  expect(requests.filter((request) => request.startsWith('PUT'))).toEqual([])
})

test('nobody enters the code', async () => {
  const scene = await createScene()
  scene.entra.deviceCode.pendingPolls = 1000
  const { conclusion } = await scene.run(signIn(scene))
  expect(conclusion.failure).toContain('Nobody signed in with the code before it expired')
  expect(scene.entra.deviceCodes[0]?.polls).toBeGreaterThan(100)
})

test('Entra in trouble while the person types is sat out', async () => {
  const scene = await createScene()
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 503, times: 5 })
  expect((await scene.run(signIn(scene))).conclusion.outcome).toBe('signed-in')
})

test('an app that is no public client, and no federation: which switch to turn', async () => {
  const scene = await createScene()
  scene.entra.application.publicClient = false
  const { conclusion } = await scene.run(signIn(scene))
  expect(conclusion.failure).toMatch(/AADSTS7000218.*Allow public client flows/)
})

test('Conditional Access remembers what began with a device code: the failure of a later renewal names the other way', async () => {
  const scene = await createScene()
  await scene.run(signIn(scene))
  scene.entra.blocksDeviceCode = true
  const [stored = ''] = storedTokens(scene)
  const { conclusion } = await scene.run({ ...signIn(scene), operation: 'renew', 'bot-refresh-token': stored })
  expect(conclusion.failure).toMatch(/AADSTS530036.*docs\/sign-in\.md/)
})

test.each([
  [{ 'azure-tenant-id': '' }, /azure-tenant-id: is required/],
  [{ 'azure-client-id': '' }, /azure-client-id: is required/],
  [{ 'github-token': '' }, /github-token: is required/],
  [{ 'bot-credential': 'cli' }, /bot-credential: operation sign-in is for a refresh token, and cli never gives one/],
  [{ 'bot-refresh-token-secret': 'AZURE_DEVOPS_ARTIFACT_TOKEN' }, /would overwrite the PAT/],
])('what it cannot do without is told before any request (%j)', async (given, words) => {
  const scene = await createScene()
  expect((await failureOf(scene.run({ ...signIn(scene), ...given }))).message).toMatch(words)
})

test('a dry run says that what the secret holds would be replaced', async () => {
  const scene = await createScene()
  scene.github.seedSecret(HOME, 'actions', ROLLED, { value: 'one' })
  const { conclusion } = await scene.run({ ...signIn(scene), 'dry-run': 'true' })
  expect(conclusion.plan).toContain(`Replace the secret ${ROLLED} in repository ${HOME} with the new refresh token.`)
  expect(storedTokens(scene)).toEqual(['one'])
})

test('an access token that does not say whose it is does not stop the sign-in', async () => {
  const scene = await createScene()
  const access_token = opaqueToken(scene, scene.entra.issueUserToken())
  const refresh_token = scene.entra.issueRefreshToken()
  const body = { token_type: 'Bearer', expires_in: 3600, access_token, refresh_token }
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 200, body })
  const { conclusion } = await scene.run(signIn(scene))
  expect(conclusion.outcome).toBe('signed-in')
  expect(conclusion.reason).toContain(
    'an account whose name Microsoft Entra ID does not tell of tenant unknown is signed in',
  )
  expect(storedTokens(scene)).toEqual([refresh_token])
})

test('an access token alone is no sign-in for good: nothing is stored, and the failure says what forbids it', async () => {
  const scene = await createScene()
  scene.github.seedSecret(HOME, 'actions', ROLLED, { value: 'one' })
  const body = { token_type: 'Bearer', expires_in: 3600, access_token: scene.entra.issueUserToken() }
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 200, body })
  const { conclusion, requests } = await scene.run(signIn(scene))
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toMatch(/get a refresh token for the bot.*an access token alone.*Conditional Access/)
  expect(storedTokens(scene)).toEqual(['one'])
  expect(asksAzureDevOps(requests)).toBe(false)
})
