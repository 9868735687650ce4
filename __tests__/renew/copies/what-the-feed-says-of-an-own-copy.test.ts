import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'

const REFUSED = 'the feed refuses the PAT that the secret holds now'
const names = { 'secret-stores': 'actions,dependabot', 'secret-name-base64': 'IN_BASE64' }

/** A live PAT of two days in every place of the organization; one of them may have been written later by somebody else. */
async function healthy(writtenDaysAgo?: number): Promise<{ scene: Scene; live: ReturnType<typeof seedLive> }> {
  const scene = await createScene()
  const live = seedLive(scene, { ageDays: 2, daysLeft: 28 })
  for (const store of ['actions', 'dependabot'] as const) {
    seedSecret(scene, 'hmcts', live, { store, name: 'IN_BASE64', base64: true })
    seedSecret(scene, 'hmcts', live, { store })
  }
  if (writtenDaysAgo !== undefined) seedSecret(scene, 'hmcts', live, { writtenDaysAgo })
  return { scene, live }
}

test.each([
  ['no copy of its own', 'not-due', 'hmcts/app-a', {}],
  [
    "a copy for Dependabot alone, which the step's jobs do not see",
    'not-due',
    'hmcts/.github',
    { store: 'dependabot' },
  ],
  ['a copy of the twin alone', 'not-due', 'hmcts/.github', { name: 'IN_BASE64', base64: true }],
  ['a copy that its jobs see instead', 'renewed', 'hmcts/.github', {}],
] as const)(
  'where the repository of the step has %s, a secret that somebody else may have written is %s',
  async (_, outcome, home, options) => {
    const { scene, live } = await healthy(1)
    seedSecret(scene, home, live, options)
    const { conclusion } = await scene.run({ ...names, 'current-pat': live.token })
    expect(conclusion.outcome).toBe(outcome)
  },
)

test.each([
  ['refresh', 'stale', 'renewed'],
  ['report', 'stale', 'not-due'],
  ['report', 'of the live PAT', 'renewed'],
])('with stale-copies: %s, a refused own copy that is %s: %s', async (policy, which, outcome) => {
  const { scene, live } = await healthy()
  const old = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
  seedSecret(scene, 'hmcts/.github', which === 'stale' ? old : live)
  const { conclusion } = await scene.run({ ...names, 'current-pat': old.token, 'stale-copies': policy })
  expect(conclusion.outcome).toBe(outcome)
  if (outcome === 'renewed') expect(conclusion.reason).toBe(REFUSED)
})

test.each([
  ['refresh', 'due'],
  ['report', 'healthy'],
])('and with stale-copies: %s, a check says what a renewal would: %s', async (policy, outcome) => {
  const { scene } = await healthy()
  const old = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
  seedSecret(scene, 'hmcts/.github', old)
  const inputs = { ...names, operation: 'check', 'current-pat': old.token, 'stale-copies': policy }
  expect((await scene.run(inputs)).conclusion.outcome).toBe(outcome)
})

test('with target: repositories it is the place itself, and stale-copies has no say', async () => {
  const scene = await createScene()
  const slot = 'hmcts/.github'
  const old = seedManaged(scene, { ageDays: 60, daysLeft: -30, slot })
  seedSecret(scene, slot, old)
  seedManaged(scene, { ageDays: 2, daysLeft: 28, slot })
  const inputs = { target: 'repositories', 'stale-copies': 'report', 'current-pat': old.token }
  expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'renewed', reason: REFUSED })
})
