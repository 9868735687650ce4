import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { alive, newest, stateOf } from './writes.ts'

const HOUR = 3_600_000

interface Case {
  readonly name: string
  readonly arrange: (scene: Scene) => void
  readonly inputs?: Readonly<Record<string, string>>
  /** Undefined: it is not due. */
  readonly reason?: RegExp
}

const healthy = { ageDays: 10, daysLeft: 20 }
const hoursAgo = (hours: number) => ({ ...healthy, writtenDaysAgo: hours / 24 })

const cases: readonly Case[] = [
  { name: 'a healthy PAT', arrange: (scene) => seedLive(scene, healthy) },
  { name: 'force', arrange: (scene) => seedLive(scene, healthy), inputs: { force: 'true' }, reason: /^force is true/ },
  { name: 'no PAT at all', arrange: () => undefined, reason: /^there is no live PAT of this slot/ },
  {
    name: 'only PATs of another slot',
    arrange: (scene) => seedLive(scene, { ...healthy, slot: 'another' }),
    reason: /^there is no live PAT/,
  },
  {
    name: 'only a revoked PAT',
    arrange: (scene) => seedLive(scene, { ...healthy, revoked: true }),
    reason: /^there is no live PAT/,
  },
  {
    name: 'the secret is missing',
    arrange: (scene) => seedManaged(scene, healthy),
    reason: /^AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts does not exist/,
  },
  {
    name: 'the secret is older than the live PAT',
    arrange: (scene) => seedLive(scene, { ...healthy, writtenDaysAgo: 11 }),
    reason: /was written before the live PAT was minted/,
  },
  {
    name: 'the secret is 14 minutes older than the live PAT',
    arrange: (scene) => seedLive(scene, hoursAgo(10 * 24 + 14 / 60)),
  },
  {
    name: 'the secret is 16 minutes older than the live PAT',
    arrange: (scene) => seedLive(scene, hoursAgo(10 * 24 + 16 / 60)),
    reason: /was written before the live PAT was minted/,
  },
  {
    name: 'the secret was written 59 minutes after the mint',
    arrange: (scene) => seedLive(scene, hoursAgo(10 * 24 - 59 / 60)),
  },
  {
    name: 'the secret was written 61 minutes after the mint',
    arrange: (scene) => seedLive(scene, hoursAgo(10 * 24 - 61 / 60)),
    reason: /was written long after the live PAT was minted, maybe by somebody else/,
  },
  { name: '10.1 days left', arrange: (scene) => seedLive(scene, { ageDays: 19.9, daysLeft: 10.1 }) },
  {
    name: 'less than 10 days left',
    arrange: (scene) => seedLive(scene, { ageDays: 20.01, daysLeft: 9.99 }),
    reason: /near its end/,
  },
  {
    name: 'less than a third of a short life left',
    arrange: (scene) => seedLive(scene, { ageDays: 4.1, daysLeft: 2 }),
    reason: /^the live PAT is near its end/,
  },
  {
    name: 'more than a third of a short life left',
    arrange: (scene) => seedLive(scene, { ageDays: 4, daysLeft: 2.1 }),
  },
  {
    name: 'an expired PAT',
    arrange: (scene) => seedLive(scene, { ageDays: 31, daysLeft: -1 }),
    reason: /^the live PAT ended 2026-11-20/,
  },
  {
    name: 'another scope',
    arrange: (scene) => seedLive(scene, { ...healthy, scope: 'vso.packaging' }),
    reason: /has the scope vso\.packaging, and pat-scope asks for vso\.packaging_write/,
  },
  {
    name: 'the same scopes in another order and case',
    arrange: (scene) => seedLive(scene, { ...healthy, scope: 'VSO.packaging_write vso.code' }),
    inputs: { 'pat-scope': 'vso.code vso.packaging_write' },
  },
  {
    name: 'a global PAT',
    arrange: (scene) => seedLive(scene, { ...healthy, global: true }),
    reason: /^the live PAT is a global one/,
  },
  {
    name: 'a pending PAT newer than the live one',
    arrange: (scene) => {
      seedLive(scene, healthy)
      seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' pending' })
    },
    reason: /^an earlier run stopped between minting and delivering/,
  },
  {
    name: 'a pending PAT older than the live one',
    arrange: (scene) => {
      seedManaged(scene, { ageDays: 11, daysLeft: 19, state: ' pending' })
      seedLive(scene, healthy)
    },
  },
  {
    name: 'one store of two lacks the secret',
    arrange: (scene) => seedLive(scene, healthy),
    inputs: { 'secret-stores': 'actions,dependabot' },
    reason: /of organization hmcts \(dependabot\) does not exist/,
  },
  {
    name: 'the base64 twin is missing',
    arrange: (scene) => seedLive(scene, healthy),
    inputs: { 'secret-name-base64': 'NPM_PASSWORD' },
    reason: /^NPM_PASSWORD of organization hmcts does not exist/,
  },
]

test.each(cases)('$name: due or not, and why', async ({ arrange, inputs, reason }) => {
  const scene = await createScene()
  arrange(scene)
  const before = scene.ado.pats.length
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.outcome).toBe(reason === undefined ? 'not-due' : 'renewed')
  expect(scene.ado.pats.length - before).toBe(reason === undefined ? 0 : 1)
  if (reason === undefined) return
  expect(conclusion.reason).toMatch(reason)
  expect(scene.held()).toBe(newest(scene))
  scene.daysPass(1)
  const next = await scene.run({ ...inputs, force: 'false' })
  expect(next.conclusion.outcome).toBe('not-due')
})

test('a secret written long after the mint is believed while the feed takes what it holds (current-pat)', async () => {
  const scene = await createScene()
  const live = seedLive(scene, hoursAgo(5))
  const trusted = await scene.run({ 'current-pat': live.token })
  expect(trusted.conclusion.outcome).toBe('not-due')
  scene.clock.pass(HOUR)
  const refused = await scene.run({ 'current-pat': scene.ado.seedPat({ revoked: true }).token })
  expect(refused.conclusion).toMatchObject({ outcome: 'renewed' })
  expect(refused.warnings.join('\n')).toMatch(/The feed refuses the PAT that the secret holds now/)
})

test('the PAT of somebody else that works is left alone, and so is what this action did not name', async () => {
  const scene = await createScene()
  const names = [
    SECRET,
    `${SECRET} [hmcts]`,
    `${SECRET} [hmcts] 2026-10-01T08:00:00Z`,
    `${SECRET} [hmcts] 2026-10-01T08:00:00.417Z spare`,
    `${SECRET} [hmcts/app-a] 2026-10-01T08:00:00.417Z`,
    `X${SECRET} [hmcts] 2026-10-01T08:00:00.417Z`,
  ]
  const others = names.map((displayName) => scene.ado.seedPat({ displayName, ageDays: 29, daysLeft: 1 }))
  const copies = structuredClone(others)
  seedLive(scene)
  await scene.run({ 'revoke-superseded-after-hours': '0' })
  expect(others).toEqual(copies)
})

test('names of managed PATs compare without regard to case', async () => {
  const scene = await createScene()
  const live = seedManaged(scene, healthy)
  live.displayName = live.displayName.toUpperCase()
  seedSecret(scene, 'hmcts', live)
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'not-due', live: { authorizationId: live.authorizationId } })
})

test('a PAT that could not be marked makes the next day due once more, and no more', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 503, method: 'PUT', at: '_apis/tokens/pats', times: Infinity })
  const first = await scene.run()
  expect(first.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(first.warnings.join('\n')).toMatch(/could not be marked so; the next run renews once more/)
  scene.emulator.faults.clear()
  scene.daysPass(1)
  expect((await scene.run()).conclusion.outcome).toBe('renewed')
  expect(stateOf(newest(scene))).toBe('delivered')
  scene.daysPass(2)
  expect((await scene.run()).conclusion.outcome).toBe('not-due')
  expect(alive(scene)).toEqual([newest(scene)])
})
