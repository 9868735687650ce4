import { expect, test } from '@jest/globals'
import { changesOf, revoked, verbsOf, withoutIds } from '../requests.ts'
import { createScene } from '../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../world.ts'

const NAME = 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z'
const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'
const FEED = 'feeds.dev.azure.com/hmcts/Artifacts/_apis/packaging/feeds/hmcts-lib'
const SECRET = 'api.github.com/orgs/hmcts/actions/secrets/AZURE_DEVOPS_ARTIFACT_TOKEN'

test('a PAT near its end is renewed: minted, proved, delivered, marked, confirmed', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await scene.run({}, { random: () => 0.417 })
  const { conclusion, warnings, log } = told
  expect(log).toEqual(
    expect.arrayContaining([
      'PATs of the bot: 1; managed ones of this slot: 1.',
      `Due: ${conclusion.reason}.`,
      `Minted "${NAME} pending" (${scene.held()?.authorizationId}), which ends 2026-12-21 08:00 UTC.`,
      'Proved: the feed takes the new PAT and refuses a made-up one.',
    ]),
  )
  expect(conclusion).toMatchObject({
    outcome: 'renewed',
    reason: expect.stringContaining('the live PAT is near its end: 20'),
    deliveredTo: 'organization',
    superseded: [old.authorizationId],
    failure: undefined,
    token: undefined,
  })
  expect(conclusion.live).toMatchObject({ displayName: NAME, authorizationId: scene.held()?.authorizationId })
  expect(warnings).toEqual([])
  expect(scene.held()).toBe(scene.ado.pats.at(-1))
  expect(scene.ado.accepts(scene.held()?.token ?? '')).toBe(true)
  const [looking, acting] = [withoutIds(told).slice(0, 6), withoutIds(told).slice(6)]
  expect(looking.toSorted()).toEqual([
    'GET api.github.com/orgs/hmcts/actions/secrets/AZURE_DEVOPS_ARTIFACT_TOKEN',
    'GET api.github.com/orgs/hmcts/actions/secrets/public-key',
    'GET api.github.com/repos/hmcts/.github/actions/secrets',
    ...Array<string>(3).fill(`GET ${PATS}`),
  ])
  expect(acting).toEqual([
    `POST ${PATS} {"displayName":"${NAME} pending","scope":"vso.packaging_write","validTo":"2026-12-21T08:00:00.000Z","allOrgs":false}`,
    `GET ${FEED}`,
    `GET ${FEED}`,
    `GET ${SECRET}`,
    `PUT ${SECRET} {"encrypted_value":{"opened":"<PAT 2>"},"key_id":"<key>","visibility":"private"}`,
    `PUT ${PATS} {"authorizationId":"<id>","displayName":"${NAME}","scope":"vso.packaging_write","validTo":"2026-12-21T08:00:00.003Z","allOrgs":false}`,
    `GET ${SECRET}`,
  ])
})

test('the day after, nothing is due and the superseded PAT is retired; the day after that, nothing happens', async () => {
  const scene = await createScene()
  seedLive(scene)
  await scene.run()
  scene.daysPass(1)
  const second = await scene.run()
  expect(second.conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
  expect(verbsOf(second).filter((verb) => !['list', 'key', 'look'].includes(verb))).toEqual(['revoke'])
  expect(revoked(scene)).toEqual([true, false])
  scene.daysPass(1)
  expect(new Set(verbsOf(await scene.run()))).toEqual(new Set(['list', 'key', 'look']))
})

test('before its time nothing is minted, written or changed', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 15, daysLeft: 15 })
  const told = await scene.run()
  expect(told.conclusion).toMatchObject({ outcome: 'not-due', deliveredTo: 'nowhere', failure: undefined })
  expect(told.conclusion.reason).toMatch(/^the live PAT has (14|15) days left/)
  expect(told.log).toContain(`Not due: ${told.conclusion.reason}.`)
  expect(new Set(verbsOf(told))).toEqual(new Set(['list', 'key', 'look']))
})

test('without any PAT of the slot one is minted, and the organization secret is created', async () => {
  const scene = await createScene()
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', reason: 'there is no live PAT of this slot' })
  expect(scene.held()).toBe(scene.ado.pats[0])
  expect(scene.github.secret('hmcts', 'actions', 'AZURE_DEVOPS_ARTIFACT_TOKEN')?.visibility).toBe('private')
})

test('force renews what is not due', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 15, daysLeft: 15 })
  const { conclusion } = await scene.run({ force: 'true' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', reason: 'force is true' })
})

test('a dry run plans, and changes nothing anywhere', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await scene.run({ 'dry-run': 'true' })
  expect(told.conclusion).toMatchObject({ outcome: 'planned', live: { authorizationId: old.authorizationId } })
  expect(told.conclusion.plan[0]).toMatch(/^Mint a PAT "AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\] .* pending"/)
  expect(new Set(verbsOf(told))).toEqual(new Set(['list', 'key', 'look']))
})

test('the new PAT is handed to later steps only where that is asked for', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { conclusion, masked } = await scene.run({ 'expose-token': 'true' })
  expect(conclusion.token).toBe(scene.held()?.token)
  expect(masked).toContain(conclusion.token)
})

test('while nothing is due, a candidate near its end is left to end: only a fallback keeps those alive', async () => {
  const scene = await createScene()
  seedManaged(scene, { ageDays: 5.01, daysLeft: 1 })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  const planned = await scene.run({ 'dry-run': 'true' })
  expect(planned.conclusion).toMatchObject({ outcome: 'not-due', plan: [] })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('not-due')
  expect(changesOf(told)).toEqual([])
})

test('while nothing is due, a refusal of the organization secret is a warning of what would follow', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion.outcome).toBe('not-due')
  expect(warnings).toEqual([
    expect.stringMatching(
      /^Nothing is due, but GitHub refuses the organization secret.* the next renewal would fall back/,
    ),
  ])
})

test('stale copies are listed with a failure, too', async () => {
  const scene = await createScene()
  seedSecret(scene, 'hmcts/app-a', seedManaged(scene, { ageDays: 60, daysLeft: -30 }))
  seedLive(scene)
  scene.fault({ kind: 'status', method: 'POST', at: PATS, status: 403 })
  const { conclusion } = await scene.run({ repositories: 'app-a' })
  expect(conclusion).toMatchObject({ outcome: 'failed', staleCopies: ['hmcts/app-a'] })
})
