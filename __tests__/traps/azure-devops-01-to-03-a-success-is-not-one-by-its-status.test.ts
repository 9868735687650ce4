import { expect, test } from '@jest/globals'
import { alive, changesOf, endsWell, revoked, verbsOf } from '../requests.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'
const FEED = 'feeds.dev.azure.com'

test('trap 1: a 203 with the sign-in page is no list of PATs, and not an empty one either', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'sign-in-page', at: PATS, times: Infinity })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toMatch(/Could not list the PATs.*Status: 203.*sign-in page/)
  expect(told.conclusion.failure).not.toContain('<')
  expect(changesOf(told)).toEqual([])
})

test('trap 1: a 203 is no minted PAT', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'sign-in-page', method: 'POST', at: PATS })
  const told = await scene.run()
  expect(told.conclusion.failure).toMatch(/Could not mint the PAT.*Status: 203/)
  expect(changesOf(told)).not.toContain('write')
  await endsWell(scene)
})

const badBearers = ['sign-in-page', 'unauthorized'] as const

test.each(badBearers)(
  'trap 1: an access token that is not taken is that, and no unknown user (%s)',
  async (badBearer) => {
    const scene = await createScene()
    seedLive(scene)
    scene.ado.behaviour.badBearer = badBearer
    const ended = scene.entra.issueUserToken({ lifetime: -600 })
    const told = await scene.run({ 'bot-access-token': ended })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(/bot's access token.*has expired.*audience 499b84ac/)
    expect(told.conclusion.failure).not.toContain('no user of this organization')
    expect(changesOf(told)).toEqual([])
  },
)

test.each(badBearers)('trap 1: one that ends on the way stops the run where it is (%s)', async (badBearer) => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.behaviour.badBearer = badBearer
  const act = (): void => {
    scene.ado.user.disabled = true
  }
  scene.fault({ kind: 'act', method: 'POST', at: PATS, act })
  const told = await scene.run()
  expect(told.conclusion.failure).toMatch(/Could not mint the PAT.*bot's access token/)
  expect(told.conclusion.failure).not.toContain('no user of this organization')
  expect(scene.held()).toBe(old)
  scene.ado.user.disabled = false
  await endsWell(scene)
})

test('trap 1: an access token of another tenant is a user that the organization does not know', async () => {
  const scene = await createScene()
  seedLive(scene)
  const tenant = '11111111-2222-4333-8444-555555555555'
  const told = await scene.run({ 'bot-access-token': scene.entra.issueUserToken({ tenant }) })
  expect(told.conclusion.failure).toContain('The signed-in user is no user of this organization')
})

test('trap 1: a feed that shows its sign-in page has not accepted the PAT', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({ kind: 'sign-in-page', at: FEED, times: Infinity })
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(scene.held()).toBe(old)
  expect(revoked(scene)).toEqual([false, true])
})

test.each([
  ['the list', 'GET', PATS],
  ['the mint', 'POST', PATS],
  ['the feed', 'GET', FEED],
])('trap 2: a redirect of %s to the sign-in is not followed', async (_what, method, at) => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({ kind: 'sign-in-redirect', method, at, times: Infinity })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringMatching(/sign-in page/) })
  expect(told.requests.join()).not.toContain('spsprodweu1')
  expect(scene.held()).toBe(old)
})

test('trap 2: every request to Azure DevOps asks for 401 instead of a redirect', async () => {
  const scene = await createScene()
  seedLive(scene)
  await scene.run()
  const asked = scene.emulator.transcript.filter(({ host }) => host.endsWith('dev.azure.com'))
  expect(new Set(asked.map(({ headers }) => headers['x-tfs-fedauthredirect']))).toEqual(new Set(['Suppress']))
  expect(new Set(asked.map(({ headers }) => headers.accept))).toEqual(new Set(['application/json']))
})

test.each([
  ['invalidScope', /pat-scope/],
  ['patLifespanPolicyViolation', /pat-lifetime-days/],
  ['DisablePatCreationPolicyViolation', /allowlist/],
  ['globalPATCreationBlocked', /for this organization alone/],
  ['somethingMadeIn2027', /a reason this release does not know/],
])('trap 3: HTTP 200 with patTokenError %s has minted nothing', async (error, hint) => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.ado.nextMintError(error)
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(told.conclusion.failure).toContain(`"${error}"`)
  expect(told.conclusion.failure).toMatch(hint)
  expect(verbsOf(told).filter((verb) => verb === 'mint')).toHaveLength(1)
  expect(changesOf(told)).not.toContain('write')
  expect(alive(scene)).toEqual([old])
  await endsWell(scene)
})

test('trap 3: the message that comes with a patTokenError is passed on', async () => {
  const scene = await createScene()
  const body = { patToken: null, patTokenError: 'accessDenied', patTokenErrorMessage: 'The bot has no access level.' }
  scene.fault({ kind: 'status', method: 'POST', at: PATS, status: 200, body })
  const { conclusion } = await scene.run()
  expect(conclusion.failure).toContain('The answer: "accessDenied: The bot has no access level."')
})
