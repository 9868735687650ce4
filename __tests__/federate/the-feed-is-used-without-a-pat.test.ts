import { expect, test } from '@jest/globals'
import { GITHUB_SUBJECT, gitHubFederation } from '../emulator/entra/entra.ts'
import { permitIdToken } from '../renew/bot/job.ts'
import { opaqueToken } from '../renew/bot/sign-in.ts'
import { createScene, failureOf, type Scene } from '../scene.ts'

/** The app registration trusts this workflow, and its service principal may read the feed. */
function federate(scene: Scene, subject = GITHUB_SUBJECT): Record<string, string> {
  scene.entra.application.publicClient = false
  scene.entra.application.federated.push(gitHubFederation(subject))
  permitIdToken(scene)
  return {
    operation: 'federate',
    'bot-access-token': '',
    'github-token': '',
    'azure-tenant-id': scene.entra.tenant,
    'azure-client-id': scene.entra.application.clientId,
  }
}

test("this job's OIDC token becomes an access token that the feed takes, and nothing is written", async () => {
  const scene = await createScene()
  const { conclusion, masked, requests, log } = await scene.run(federate(scene))
  const issued = scene.entra.accessTokens.at(-1)
  expect(issued?.kind).toBe('application')
  expect(conclusion).toMatchObject({
    operation: 'federate',
    outcome: 'federated',
    token: issued?.value,
    live: undefined,
    deliveredTo: 'nowhere',
    failure: undefined,
  })
  expect(conclusion.reason).toMatch(
    /^the feed takes the access token of app registration .+; it lasts until 2026-11-21 09:\d\d UTC$/,
  )
  expect(masked).toContain(issued?.value)
  expect(masked).toContain(scene.oidc.issued[0])
  expect(scene.ado.accepts(issued?.value ?? '')).toBe(true)
  expect(log).toContain('Proved: the feed takes the access token and refuses a made-up PAT.')
  const hosts = requests.map((request) => request.replace(/^(\w+ [^/]+).*/, '$1'))
  expect(hosts).toEqual([
    'GET pipelines.actions.githubusercontent.com',
    'POST login.microsoftonline.com',
    'GET feeds.dev.azure.com',
    'GET feeds.dev.azure.com',
  ])
  expect(requests[1]).toContain(`"client_assertion":"<assertion of ${GITHUB_SUBJECT}>"`)
  expect(requests[1]).toContain('"scope":"499b84ac-1321-427f-aa17-267ca6975798/.default')
})

test('a feed that takes anybody proves nothing, and the access token is not handed on', async () => {
  const scene = await createScene()
  scene.ado.feed.anonymous = true
  const { conclusion } = await scene.run(federate(scene))
  expect(conclusion).toMatchObject({ outcome: 'failed', token: undefined })
  expect(conclusion.failure).toContain('takes anybody')
})

test('a service principal that nobody added to the organization: how to add it', async () => {
  const scene = await createScene()
  scene.ado.strangers.push(scene.entra.application.objectId)
  const { conclusion } = await scene.run(federate(scene))
  expect(conclusion).toMatchObject({ outcome: 'failed', token: undefined })
  expect(conclusion.failure).toMatch(/Status: 401.*TF400813.*Organization settings > Users.*access level/)
})

test('a sign-in page is the feed that does not take it, and no outage', async () => {
  const scene = await createScene()
  const inputs = federate(scene)
  scene.fault({ kind: 'sign-in-page', at: 'feeds.dev.azure.com', times: Infinity })
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(
    /is probably not in the organization hmcts: add it under Organization settings > Users/,
  )
})

test('one without a role on the feed: which role to give', async () => {
  const scene = await createScene()
  scene.ado.feed.roles[scene.entra.application.objectId] = 'none'
  const { conclusion } = await scene.run(federate(scene))
  expect(conclusion.failure).toMatch(/Status: 403.*settings of feed hmcts-lib, Permissions: Feed Reader/)
})

test('an organization of another tenant', async () => {
  const scene = await createScene()
  scene.ado.tenant = '11111111-2222-3333-4444-555555555555'
  const { conclusion } = await scene.run(federate(scene))
  expect(conclusion.failure).toContain('connected to another tenant than azure-tenant-id')
})

test('a feed that is not there is told as such', async () => {
  const scene = await createScene()
  const { conclusion } = await scene.run({ ...federate(scene), 'ado-feed': 'no-such-feed' })
  expect(conclusion.failure).toMatch(/prove the access token against feed no-such-feed.*Status: 404/)
})

test('without a feed the list of feeds is asked', async () => {
  const scene = await createScene()
  const { conclusion } = await scene.run({ ...federate(scene), 'ado-feed': '', 'ado-project': '' })
  expect(conclusion.outcome).toBe('federated')
})

test("a user's access token is not handed on, whoever gives it out", async () => {
  const scene = await createScene()
  const inputs = federate(scene)
  const user = scene.entra.issueUserToken()
  const body = { token_type: 'Bearer', expires_in: 3600, access_token: user }
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 200, body, times: 1 })
  const { conclusion, masked } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', token: undefined })
  expect(conclusion.failure).toContain(`belongs to ${scene.entra.user.upn}, and not to an application`)
  expect(masked).toContain(user)
})

test('trap 28: a subject in the old form is refused, and the failure shows the one that GitHub sends', async () => {
  const scene = await createScene()
  const { conclusion } = await scene.run(federate(scene, 'repo:hmcts/.github:ref:refs/heads/main'))
  expect(conclusion.failure).toContain('AADSTS700213')
  expect(conclusion.failure).toContain(GITHUB_SUBJECT)
  expect(conclusion.failure).toContain('actions/oidc/customization/sub')
})

test('a job without the permission is told which one, before Entra is asked', async () => {
  const scene = await createScene()
  const inputs = federate(scene)
  Reflect.deleteProperty(process.env, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toContain('`permissions: id-token: write`')
  expect(requests).toEqual([])
})

test('trap 26: Entra in trouble is sat out, and every try has a fresh assertion', async () => {
  const scene = await createScene()
  const inputs = federate(scene)
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 503, headers: { 'retry-after': '400' }, times: 2 })
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('federated')
  expect(scene.oidc.issued).toHaveLength(3)
})

test.each([
  [{ kind: 'status', status: 200, body: 'hello' } as const, /something that is no access token/],
  [{ kind: 'status', status: 302, headers: { location: 'https://evil.example/' } } as const, /Status: 302/],
  [{ kind: 'reset-before' } as const, /could not be reached/],
  [{ kind: 'status', status: 429 } as const, /max-wait-minutes/],
])('an answer of Entra that is of no use ends in a sentence (%j)', async (fault, words) => {
  const scene = await createScene()
  const inputs = federate(scene)
  scene.fault({ ...fault, at: 'v2.0/token', times: 99 })
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(words)
  expect(requests.join()).not.toContain('evil.example')
})

test('a cancelled run ends at once', async () => {
  const scene = await createScene()
  const cancel = new AbortController()
  const inputs = federate(scene)
  scene.fault({
    kind: 'act',
    at: 'v2.0/token',
    act: () => {
      cancel.abort(new Error('stop'))
    },
  })
  const { conclusion } = await scene.run(inputs, { cancel })
  expect(conclusion.failure).toContain('The run was cancelled')
})

test.each([
  [{ 'azure-tenant-id': '' }, /azure-tenant-id: is required/],
  [{ 'azure-client-id': '' }, /azure-client-id: is required/],
  [{ 'ado-organization': '' }, /ado-organization: is required/],
])('what it cannot do without is told before any request (%j)', async (given, words) => {
  const scene = await createScene()
  expect((await failureOf(scene.run({ ...federate(scene), ...given }))).message).toMatch(words)
})

test('an access token that does not say whose it is counts by what the feed says of it', async () => {
  const scene = await createScene()
  const inputs = federate(scene)
  const access_token = opaqueToken(scene, scene.entra.issueAppToken())
  const body = { token_type: 'Bearer', expires_in: 7200, access_token }
  scene.fault({ kind: 'status', at: 'v2.0/token', status: 200, body })
  const { conclusion } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'federated', token: access_token })
  expect(conclusion.reason).toMatch(/it lasts until \d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
})
