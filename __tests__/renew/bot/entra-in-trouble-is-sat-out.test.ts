import { expect, test } from '@jest/globals'
import { verbsOf } from '../../requests.ts'
import { createScene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { asksAzureDevOps, storedTokens, withRefreshToken } from './sign-in.ts'

const ENTRA = { method: 'POST', at: 'login.microsoftonline.com' } as const

test.each([
  ['a passing error', { kind: 'status', status: 503, body: { error: 'temporarily_unavailable' } }],
  ['a reset', { kind: 'reset-before' }],
  ['a lost answer', { kind: 'reset-after' }],
  ['a time-out', { kind: 'hang' }],
  ['a broken body', { kind: 'truncated' }],
  ['too many requests', { kind: 'status', status: 429, headers: { 'retry-after': '30' } }],
] as const)('%s is tried again', async (_, fault) => {
  const scene = await createScene()
  const { inputs } = withRefreshToken(scene)
  scene.fault({ ...ENTRA, ...fault })
  const told = await scene.run(inputs)
  expect(told.conclusion.outcome).toBe('renewed')
  expect(verbsOf(told).filter((verb) => verb === 'redeem')).toHaveLength(2)
  expect(storedTokens(scene)[0]).toBe(scene.entra.refreshTokens.at(-1)?.value)
})

test.each([90033, 90006, 90024])('AADSTS%i passes by itself', async (code) => {
  const scene = await createScene()
  const { inputs } = withRefreshToken(scene)
  scene.entra.failNext(2, code)
  expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
})

test('an outage that outlasts the retries fails the run, and leaves everything as it is', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { inputs, token } = withRefreshToken(scene)
  scene.entra.failNext(10)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(/AADSTS90033.*Run again later/)
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(storedTokens(scene)).toEqual([token])
  expect(scene.held()).toBe(old)
})

test.each([
  [50076, 'operation: sign-in'],
  [50057, 'disabled'],
  [53003, 'Conditional Access'],
  [65001, 'admin consent'],
  [7000218, 'azure-client-auth: github-oidc'],
  [999999, 'https://login.microsoftonline.com/error'],
])('AADSTS%i reaches the failure with its remedy', async (code, hint) => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene)
  scene.entra.refuse(token, code)
  const { conclusion } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(conclusion.failure).toContain(`AADSTS${code}`)
  expect(conclusion.failure).toContain(hint)
})

test.each(['azure-tenant-id', 'azure-client-id'])('a wrong %s is named', async (name) => {
  const scene = await createScene()
  const { inputs } = withRefreshToken(scene)
  const { conclusion } = await scene.run({ ...inputs, [name]: '00000000-1111-2222-3333-444444444444' })
  expect(conclusion.failure).toContain(`check ${name}`)
})

test('where Entra gives no new refresh token the stored one stays, with a warning', async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene)
  const body = { access_token: scene.entra.issueUserToken(), expires_in: 3600, token_type: 'Bearer' }
  scene.fault({ ...ENTRA, kind: 'status', status: 200, body })
  const { conclusion, warnings } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('renewed')
  expect(warnings).toEqual([expect.stringContaining('Entra gave no new refresh token')])
  expect(storedTokens(scene)).toEqual([token])
})

test("another user's refresh token is refused by its claims, and still not lost", async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene)
  const { conclusion, requests } = await scene.run({ ...inputs, 'bot-user': 'somebody-else@hmcts.onmicrosoft.com' })
  expect(conclusion.failure).toContain('bot-user asks for somebody-else@hmcts.onmicrosoft.com')
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})
