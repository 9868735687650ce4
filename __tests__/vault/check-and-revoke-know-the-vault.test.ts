import { beforeEach, expect, test } from '@jest/globals'
import { permitIdToken } from '../renew/bot/job.ts'
import { changesOf } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive, seedManaged } from '../world.ts'
import { COPY, seedCopy, trustWorkflow } from './vault.ts'

const NAME = 'vault secret artifacts-pat of hmcts.vault.azure.net'
const healthy = { ageDays: 10, daysLeft: 20 }

let scene: Scene
let inputs: Record<string, string>
beforeEach(async () => {
  scene = await createScene()
  permitIdToken(scene)
  inputs = { ...trustWorkflow(scene), 'key-vault-pat': COPY }
})

test('check shows which PAT the vault holds', async () => {
  const live = seedLive(scene, healthy)
  seedCopy(scene, live)
  const { conclusion } = await scene.run({ ...inputs, operation: 'check' })
  expect(conclusion.outcome).toBe('healthy')
  expect(conclusion.places).toContainEqual({
    place: NAME,
    writtenAt: Math.floor((live.validFrom + 10_000) / 1000) * 1000,
    remark: `holds the PAT delivered last: "${live.displayName}" (${live.authorizationId})`,
  })
})

test.each([
  ['nothing', () => undefined, 'does not exist'],
  [
    'something without a tag',
    () => scene.vault.seed(COPY, { value: 'v' }),
    'bears no tag that says which PAT it holds',
  ],
  [
    'an older PAT',
    () => {
      seedCopy(scene, seedManaged(scene, { ageDays: 20, daysLeft: 5 }))
    },
    'holds another PAT than the one delivered last: "AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]',
  ],
  [
    'a PAT that is no longer listed',
    () => scene.vault.seed(COPY, { value: 'v', tags: { AdoPatAuthorizationId: 'gone' } }),
    'holds another PAT than the one delivered last: gone',
  ],
])('check finds it due while the vault holds %s', async (_, arrange, remark) => {
  seedLive(scene, healthy)
  arrange()
  const told = await scene.run({ ...inputs, operation: 'check' })
  expect(told.conclusion).toMatchObject({ outcome: 'due', reason: expect.stringContaining(NAME) })
  expect(told.conclusion.places?.find(({ place }) => place === NAME)?.remark).toContain(remark)
  expect(changesOf(told)).toEqual([])
})

test('where nothing was ever delivered, the vault holds another PAT', async () => {
  scene.vault.seed(COPY, { value: 'v', tags: { AdoPatAuthorizationId: 'gone' } })
  const { conclusion } = await scene.run({ ...inputs, operation: 'check' })
  expect(conclusion.places?.find(({ place }) => place === NAME)?.remark).toBe(
    'holds another PAT than the one delivered last: gone',
  )
})

test('a vault that cannot be read fails the check', async () => {
  seedLive(scene, healthy)
  scene.vault.permissions.clear()
  const { conclusion } = await scene.run({ ...inputs, operation: 'check' })
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringContaining('vault secret artifacts-pat'),
  })
})

test('revoking all says that readers of the vault fail as well', async () => {
  seedCopy(scene, seedLive(scene, healthy))
  const { conclusion, warnings } = await scene.run({ ...inputs, operation: 'revoke', 'revoke-pats': 'all' })
  expect(conclusion.outcome).toBe('revoked')
  expect(warnings.join()).toContain(`AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts, ${NAME}: that PAT is revoked`)
})

test('and so where only one of those that are revoked is the copy; of others the vault knows nothing', async () => {
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedManaged(scene, { ageDays: 20, daysLeft: 5 })
  seedCopy(scene, seedLive(scene, healthy))
  const named = await scene.run({ ...inputs, operation: 'revoke', 'revoke-pats': old.authorizationId })
  expect(old.revoked).toBe(true)
  expect(named.warnings).toEqual([])
  const { warnings } = await scene.run({ ...inputs, operation: 'revoke', 'revoke-pats': 'all' })
  expect(warnings.join()).toContain(`${NAME}: that PAT is revoked`)
})

test('superseded is nothing that the vault holds', async () => {
  const held = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  const free = seedManaged(scene, { ageDays: 20, daysLeft: 5 })
  seedLive(scene, healthy)
  seedCopy(scene, held)
  const { conclusion } = await scene.run({ ...inputs, operation: 'revoke' })
  expect(conclusion.revoked).toMatchObject([{ authorizationId: free.authorizationId }])
  expect(held.revoked).toBe(false)
})

test('while the vault cannot be read it may hold any: nothing superseded is revoked, but an incident is dealt with', async () => {
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedLive(scene, healthy)
  scene.vault.permissions.clear()
  const first = await scene.run({ ...inputs, operation: 'revoke' })
  expect(first.conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('may hold any of') })
  expect(old.revoked).toBe(false)
  const second = await scene.run({ ...inputs, operation: 'revoke', 'revoke-pats': 'all' })
  expect(second.conclusion.outcome).toBe('revoked')
  expect(old.revoked).toBe(true)
})

test('extending must not wait for the vault: what the secret holds lives on, with a warning', async () => {
  const live = seedLive(scene, { ageDays: 10, daysLeft: 5 })
  const end = live.validTo
  scene.vault.permissions.clear()
  const { conclusion, warnings } = await scene.run({ ...inputs, operation: 'extend' })
  expect(conclusion).toMatchObject({ outcome: 'extended', failure: undefined })
  expect(live.validTo).toBeGreaterThan(end)
  expect(warnings.join()).toMatch(/^Not every place could be read.*vault secret artifacts-pat/)
})
