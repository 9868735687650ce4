import { expect, test } from '@jest/globals'
import { opaqueToken, withRefreshToken } from '../renew/bot/sign-in.ts'
import { changesOf, verbsOf } from '../requests.ts'
import { createScene } from '../scene.ts'
import { seedLive, seedManaged } from '../world.ts'

test("trap 11: an application's access token is refused before Azure DevOps is asked anything", async () => {
  const scene = await createScene()
  seedLive(scene)
  const told = await scene.run({ 'bot-access-token': scene.entra.issueAppToken() })
  expect(told.conclusion).toMatchObject({ outcome: 'failed' })
  expect(told.conclusion.failure).toMatch(/service principals.*cannot own.*`operation: federate`.*`operation: sign-in`/)
  expect(told.requests.filter((request) => request.includes('dev.azure.com'))).toEqual([])
  expect(changesOf(told)).toEqual([])
})

test("trap 11: where claims do not show an application, Azure DevOps' own refusal is explained", async () => {
  const scene = await createScene()
  const opaque = opaqueToken(scene, scene.entra.issueAppToken())
  const { conclusion } = await scene.run({ 'bot-access-token': opaque })
  expect(conclusion.failure).toMatch(/Service principals are not allowed.*Sign in as the bot user/)
})

test('trap 12: a PAT as the bot is refused by the PAT API, and the failure says what is wanted', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await scene.run({ 'bot-access-token': old.token })
  expect(told.conclusion).toMatchObject({ outcome: 'failed' })
  expect(told.conclusion.failure).toMatch(/access token/)
  expect(verbsOf(told)).not.toContain('mint')
})

test.each([401, 403])("trap 12: Azure DevOps' own refusal of such a credential (%i) is explained", async (status) => {
  const scene = await createScene()
  const body = { typeKey: 'InvalidAccessException', message: 'The requested operation is not allowed.' }
  scene.fault({ kind: 'status', at: 'tokens/pats', status, body, times: Infinity })
  const { conclusion } = await scene.run()
  expect(conclusion.failure).toMatch(/only managed with a Microsoft Entra access token of the bot user, not with a PAT/)
})

test('trap 12: the PAT API is never asked with Basic, and feeds never with Bearer', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  await scene.run({ 'current-pat': old.token })
  const schemes = scene.emulator.transcript
    .filter(({ host }) => host.endsWith('dev.azure.com'))
    .map(({ host, headers }) => `${host} ${headers.authorization?.split(' ')[0] ?? 'none'}`)
  expect(new Set(schemes)).toEqual(new Set(['vssps.dev.azure.com Bearer', 'feeds.dev.azure.com Basic']))
})

test.each([
  [700082, /renew run at least once a week.*operation: sign-in/],
  [70043, /sign-in frequency.*operation: sign-in/],
  [530036, /authorization code.*operation: sign-in/],
  [50173, /operation: sign-in/],
])('trap 14: AADSTS%i needs a person, and the failure says which command', async (code, hint) => {
  const scene = await createScene()
  seedLive(scene)
  const { inputs, token } = withRefreshToken(scene)
  scene.entra.refuse(token, code)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(hint)
  expect(conclusion.failure).toContain(`AADSTS${code}`)
  expect(requests.filter((request) => request.includes('dev.azure.com'))).toEqual([])
})

test('trap 15: a global PAT is replaced by one of this organization though it is not due', async () => {
  const scene = await createScene()
  const old = seedLive(scene, { ageDays: 2, daysLeft: 28, global: true })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', reason: expect.stringContaining('2026-12-01') })
  expect(scene.held()?.targetAccounts).toEqual([scene.ado.organization.id])
  expect(old.targetAccounts).toBeNull()
})

test('trap 15: no request ever asks for all organizations, not even for a PAT that was global', async () => {
  const scene = await createScene()
  seedLive(scene, { global: true })
  seedManaged(scene, { ageDays: 26.99, daysLeft: 3, global: true, state: ' pending' })
  scene.fault({ kind: 'status', method: 'PUT', at: 'api.github.com', status: 401, times: Infinity })
  const { requests } = await scene.run()
  const bodies = requests.filter((request) => /^(POST|PUT) vssps/.test(request))
  expect(bodies.length).toBeGreaterThan(1)
  for (const body of bodies) expect(body).toContain('"allOrgs":false')
})
