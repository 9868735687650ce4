import { expect, jest, test } from '@jest/globals'
import { GITHUB_SUBJECT, gitHubFederation } from '../../emulator/entra/entra.ts'
import { createScene, type Scene } from '../../scene.ts'
import { permitIdToken } from './job.ts'
import { asksAzureDevOps, storedTokens, withRefreshToken } from './sign-in.ts'

jest.spyOn(process.stdout, 'write').mockReturnValue(true)

/** The bot's app registration is a confidential client that trusts `subject` of GitHub Actions. */
function federated(scene: Scene, subject = GITHUB_SUBJECT): Record<string, string> {
  scene.entra.application.publicClient = false
  scene.entra.application.federated.push(gitHubFederation(subject))
  return { ...withRefreshToken(scene).inputs, 'azure-client-auth': 'github-oidc' }
}

test("the bot's refresh token is redeemed with this job's assertion, which is masked", async () => {
  const scene = await createScene()
  const inputs = federated(scene)
  permitIdToken(scene)
  const { conclusion, requests, masked } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('renewed')
  expect(requests.find((request) => request.startsWith('POST login.'))).toContain(`<assertion of ${GITHUB_SUBJECT}>`)
  expect(masked).toContain(scene.oidc.issued[0])
  expect(storedTokens(scene)[0]).toBe(scene.entra.refreshTokens.at(-1)?.value)
})

test('trap 26: every try has a fresh assertion, however long the waits between them', async () => {
  const scene = await createScene()
  const inputs = federated(scene)
  permitIdToken(scene)
  const headers = { 'retry-after': '400' }
  scene.fault({ kind: 'status', at: 'login.microsoftonline.com', status: 503, headers, times: 2 })
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('renewed')
  expect(scene.oidc.issued).toHaveLength(3)
})

test('trap 26: the one before is tried with an assertion of its own, which Entra takes only once', async () => {
  const scene = await createScene()
  federated(scene)
  permitIdToken(scene)
  const { inputs, token } = withRefreshToken(scene, { lines: 2 })
  scene.entra.refuse(token, 70000)
  const { conclusion } = await scene.run({ ...inputs, 'azure-client-auth': 'github-oidc' })
  expect(conclusion.outcome).toBe('renewed')
  expect(scene.oidc.issued).toHaveLength(2)
})

test('trap 28: a subject in the old form is refused, and the failure shows the one that GitHub sends', async () => {
  const scene = await createScene()
  const inputs = federated(scene, 'repo:hmcts/.github:ref:refs/heads/main')
  permitIdToken(scene)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toContain('AADSTS700213')
  expect(conclusion.failure).toContain(GITHUB_SUBJECT)
  expect(conclusion.failure).toContain('actions/oidc/customization/sub')
  expect(asksAzureDevOps(requests)).toBe(false)
})

test('a job without the permission is told which one, before Entra is asked', async () => {
  const scene = await createScene()
  const { conclusion, requests } = await scene.run(federated(scene))
  expect(conclusion.failure).toContain('`permissions: id-token: write`')
  expect(requests.filter((request) => request.startsWith('POST'))).toEqual([])
})

test('an app that wants to authenticate says so where it is not told to', async () => {
  const scene = await createScene()
  const inputs = federated(scene)
  const { conclusion } = await scene.run({ ...inputs, 'azure-client-auth': 'none' })
  expect(conclusion.failure).toMatch(/AADSTS7000218.*azure-client-auth: github-oidc/)
})

test('a public client that authenticates is told not to', async () => {
  const scene = await createScene()
  permitIdToken(scene)
  const { conclusion } = await scene.run({ ...withRefreshToken(scene).inputs, 'azure-client-auth': 'github-oidc' })
  expect(conclusion.failure).toMatch(/AADSTS700025.*azure-client-auth: none/)
})
