import { expect, test } from '@jest/globals'
import { withRefreshToken } from '../renew/bot/sign-in.ts'
import { withoutIds } from '../requests.ts'
import { createScene, failureOf } from '../scene.ts'
import { SECRET, seedLive } from '../world.ts'

const TWO = 'vso.packaging_write vso.drop_write'

test('trap 16: exactly vso.packaging_write is asked for, which the packaging-only policy lets through', async () => {
  const scene = await createScene()
  scene.ado.policies.creation = 'packaging-only'
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(withoutIds(told).join()).toContain('"scope":"vso.packaging_write","validTo"')
})

test('trap 16: one scope more breaks that exception, and the failure says so', async () => {
  const scene = await createScene()
  const old = seedLive(scene, { scope: TWO })
  scene.ado.policies.creation = 'packaging-only'
  const { conclusion } = await scene.run({ 'pat-scope': TWO })
  expect(conclusion.failure).toMatch(/disablePatCreationPolicyViolation.*exactly one packaging scope/)
  expect(scene.held()).toBe(old)
})

test.each(['app_token', 'vso.packaging_write app_token', 'APP_TOKEN'])(
  'trap 16: %s is refused at once',
  async (scope) => {
    const scene = await createScene()
    const failure = await failureOf(scene.run({ 'pat-scope': scope }))
    expect(failure).toMatchObject({ kind: 'input', message: expect.stringMatching(/pat-scope.*full access/) })
    expect(scene.transcript()).toEqual([])
  },
)

test('trap 16: scopes that come back in another order are the same scopes', async () => {
  const scene = await createScene()
  scene.ado.behaviour.reordersScopes = true
  expect((await scene.run({ 'pat-scope': TWO })).conclusion.outcome).toBe('renewed')
  expect((await scene.run({ 'pat-scope': TWO })).conclusion.outcome).toBe('not-due')
})

test('trap 16: a live PAT with one of the two scopes asked for is replaced, and one with more as well', async () => {
  for (const [held, wanted] of [
    ['vso.packaging_write', TWO],
    [TWO, 'vso.packaging_write'],
  ] as const) {
    const scene = await createScene()
    seedLive(scene, { ageDays: 2, daysLeft: 28, scope: held })
    expect((await scene.run({ 'pat-scope': wanted })).conclusion.outcome).toBe('renewed')
    expect(scene.held()?.scope.split(' ').toSorted().join(' ')).toBe(wanted.split(' ').toSorted().join(' '))
  }
})

test('trap 16: a live PAT of other scopes is replaced though it is not due', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 2, daysLeft: 28, scope: 'vso.packaging' })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', reason: expect.stringContaining('vso.packaging_write') })
})

test.each([
  ['52 small letters and digits', 'abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst'],
  ['100 of them', 'A'.repeat(100)],
  ['with a hyphen', 'made-in-2027'],
])('trap 17: a PAT of any shape is taken, proved and delivered: %s', async (_, value) => {
  const scene = await createScene()
  seedLive(scene)
  const name = `${SECRET} [hmcts] 2026-11-21T08:00:00.000Z pending`
  const pat = { ...scene.ado.seedPat({ displayName: name }), token: value }
  scene.ado.pats.splice(1, 1, pat)
  const patToken = { ...pat, validFrom: new Date(pat.validFrom), validTo: new Date(pat.validTo) }
  scene.fault({ kind: 'status', method: 'POST', status: 200, body: { patToken, patTokenError: 'none' } })
  expect((await scene.run()).conclusion).toMatchObject({ outcome: 'renewed', failure: undefined })
  expect(scene.held()).toBe(pat)
})

test('trap 18: every form in which clients carry the PAT is masked', async () => {
  const scene = await createScene()
  const { masked } = await scene.run({ 'secret-name-base64': 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64' })
  const token = scene.held()?.token ?? ''
  const forms = [token, ...[token, `:${token}`, `pat:${token}`].map((text) => Buffer.from(text).toString('base64'))]
  expect(forms.filter((form) => !masked.has(form))).toEqual([])
  expect(scene.held('hmcts', 'actions', 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64')).toBe(scene.held())
})

test('trap 18: refresh tokens, the access token and the GitHub token are masked as well', async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene)
  const { masked } = await scene.run(inputs)
  const others = [scene.githubToken, scene.entra.accessTokens.at(-1)?.value, scene.entra.refreshTokens.at(-1)?.value]
  expect([token, ...others].filter((value) => !masked.has(value ?? 'none'))).toEqual([])
})
