import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { newest } from '../github/writes.ts'

const both = { repositories: 'app-a, app-b' }
const live = { ageDays: 2, daysLeft: 28 }
const old = { ageDays: 22, daysLeft: 8 }
const deletes = (requests: readonly string[]) => requests.filter((line) => line.startsWith('DELETE vssps'))

describe('after the grace time', () => {
  for (const [hours, passed, gone] of [
    ['24', 23.9, false],
    ['24', 24.1, true],
    ['1', 0.9, false],
    ['1', 1.1, true],
    ['168', 167, false],
    ['168', 169, true],
  ] as const) {
    test(`of ${hours} h, ${passed} h after the delivery: ${gone ? 'revoked' : 'still alive'}`, async () => {
      const scene = await createScene()
      const superseded = seedLive(scene)
      const inputs = { 'revoke-superseded-after-hours': hours }
      const first = await scene.run(inputs)
      expect(first.conclusion).toMatchObject({ outcome: 'renewed', superseded: [superseded.authorizationId] })
      expect(first.log.join('\n')).toMatch(
        new RegExp(`\\(${superseded.authorizationId}\\) is superseded, and stays for jobs that already hold it`),
      )
      scene.daysPass(passed / 24)
      const { conclusion, warnings } = await scene.run(inputs)
      if (superseded.validTo > scene.clock.now()) expect(superseded.revoked).toBe(gone)
      expect(conclusion.superseded.length).toBe(gone || superseded.validTo <= scene.clock.now() ? 0 : 1)
      expect(newest(scene).revoked).toBe(false)
      expect(warnings).toEqual([])
    })
  }

  test('of 0 h: at once, in the run that delivers', async () => {
    const scene = await createScene()
    const superseded = seedLive(scene)
    const { conclusion } = await scene.run({ 'revoke-superseded-after-hours': '0' })
    expect(superseded.revoked).toBe(true)
    expect(conclusion).toMatchObject({ outcome: 'renewed', superseded: [] })
    expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['live', 'revoked'])
  })

  test('the youngest place counts: a copy refreshed later keeps what is superseded alive for that long', async () => {
    const scene = await createScene()
    const superseded = seedManaged(scene, old)
    const present = seedLive(scene, live)
    seedSecret(scene, 'hmcts/app-a', present, { writtenDaysAgo: 0.5 })
    expect((await scene.run(both)).conclusion.superseded).toEqual([superseded.authorizationId])
    expect(superseded.revoked).toBe(false)
    scene.daysPass(0.6)
    await scene.run(both)
    expect(superseded.revoked).toBe(true)
  })
})

describe('what is superseded', () => {
  test('a PAT minted less than an hour before the live one waits for the next renewal', async () => {
    const scene = await createScene()
    const racing = seedManaged(scene, { ageDays: 2 + 0.9 / 24, daysLeft: 27 })
    const beyond = seedManaged(scene, { ageDays: 2 + 1.1 / 24, daysLeft: 27 })
    seedLive(scene, live)
    const { conclusion } = await scene.run()
    expect([racing.revoked, beyond.revoked]).toEqual([false, true])
    expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['live', 'candidate', 'revoked'])
  })

  test('pending and fallback PATs of long ago are retired like any other', async () => {
    const scene = await createScene()
    const pats = [
      seedManaged(scene, { ...old, state: ' pending' }),
      seedManaged(scene, { ...old, ageDays: 21, state: ' fallback' }),
    ]
    seedLive(scene, live)
    await scene.run()
    expect(pats.map(({ revoked }) => revoked)).toEqual([true, true])
  })

  test('what a copy may hold is not retired, and what no copy can hold is', async () => {
    const scene = await createScene()
    const held = seedManaged(scene, { ageDays: 20, daysLeft: 10 })
    const free = seedManaged(scene, { ageDays: 12, daysLeft: 18 })
    seedSecret(scene, 'hmcts/app-a', held)
    seedLive(scene, live)
    const { conclusion } = await scene.run({ ...both, 'stale-copies': 'report' })
    expect([held.revoked, free.revoked]).toEqual([false, true])
    expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['live', 'revoked', 'kept'])
    expect(scene.ado.accepts(scene.held('hmcts/app-a')?.token ?? '')).toBe(true)
  })

  test("other slots' PATs are another slot's business", async () => {
    const scene = await createScene()
    const other = seedManaged(scene, { ...old, slot: 'hmcts/app-a' })
    seedLive(scene, live)
    await scene.run()
    expect(other.revoked).toBe(false)
  })
})

describe('nothing is retired', () => {
  const cases: readonly (readonly [string, (scene: Scene) => unknown])[] = [
    [
      'while a fallback stands',
      (scene) => {
        const pat = seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' fallback' })
        for (const name of ['app-a', 'app-b']) seedSecret(scene, `hmcts/${name}`, pat)
      },
    ],
    [
      'while a run is unfinished and the next one fails too',
      (scene) => {
        seedManaged(scene, { ageDays: 1, daysLeft: 29, state: ' pending' })
        scene.github.refuse({ home: 'hmcts', method: 'PUT', status: 401, message: 'Bad credentials' })
      },
    ],
    [
      "while the organization's metadata cannot be read",
      (scene) => scene.github.refuse({ home: 'hmcts', method: 'GET', status: 403 }),
    ],
    ["while a copy's metadata cannot be read", (scene) => scene.github.refuse({ home: 'hmcts/app-b', status: 403 })],
    [
      'while a repository has moved',
      (scene) => {
        scene.github.renameRepository('hmcts/app-b', 'hmcts/app-c')
      },
    ],
  ]
  test.each(cases)('%s', async (_, arrange) => {
    const scene = await createScene()
    const superseded = seedManaged(scene, old)
    seedLive(scene, live)
    arrange(scene)
    await scene.run({ ...both, 'revoke-superseded-after-hours': '0', fallback: 'none' })
    expect(superseded.revoked).toBe(false)
  })

  test('when another run has minted since preflight looked: everything is read afresh', async () => {
    const scene = await createScene()
    const superseded = seedManaged(scene, old)
    seedLive(scene, live)
    const act = () => void seedManaged(scene, { ageDays: 0, daysLeft: 30, state: ' pending' })
    scene.fault({ kind: 'act', method: 'GET', at: '_apis/tokens/pats', after: 2, act })
    await scene.run()
    expect(superseded.revoked).toBe(false)
  })

  test('when somebody has written the secret since preflight looked: its grace time begins anew', async () => {
    const scene = await createScene()
    const superseded = seedManaged(scene, old)
    const present = seedLive(scene, live)
    const act = () => {
      scene.github.seedSecret('hmcts', 'actions', SECRET, { value: present.token })
    }
    scene.fault({ kind: 'act', method: 'GET', at: `hmcts/actions/secrets/${SECRET}`, after: 1, act })
    expect((await scene.run({ 'current-pat': present.token })).conclusion.outcome).toBe('not-due')
    expect(superseded.revoked).toBe(false)
  })

  test('with dry-run, which says what would be', async () => {
    const scene = await createScene()
    const superseded = seedManaged(scene, old)
    seedLive(scene, live)
    const { conclusion, requests } = await scene.run({ 'dry-run': 'true' })
    expect(superseded.revoked).toBe(false)
    expect(conclusion.plan.join('\n')).toMatch(new RegExp(`Retire ".*" \\(${superseded.authorizationId}\\) now`))
    expect(deletes(requests)).toEqual([])
  })
})

test('a PAT that cannot be revoked is a warning, stays listed, and is tried again by the next run', async () => {
  const scene = await createScene()
  const superseded = seedManaged(scene, old)
  seedLive(scene, live)
  scene.fault({ kind: 'status', status: 503, method: 'DELETE', at: 'vssps', times: Infinity })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'not-due', superseded: [superseded.authorizationId] })
  expect(warnings[0]).toMatch(/should be revoked \(it is superseded\), but is not yet; a later run tries again/)
  scene.emulator.faults.clear()
  await scene.run()
  expect(superseded.revoked).toBe(true)
})

test('a list that cannot be read afresh is a warning, and the run is as good as before', async () => {
  const scene = await createScene()
  const superseded = seedManaged(scene, old)
  seedLive(scene, live)
  scene.fault({ kind: 'status', status: 503, method: 'GET', at: '_apis/tokens/pats', after: 3, times: Infinity })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion.outcome).toBe('not-due')
  expect(warnings.join('\n')).toMatch(/nothing was retired; the next run tries again/)
  expect(superseded.revoked).toBe(false)
  expect(scene.github.secret('hmcts', 'actions', SECRET)?.history).toHaveLength(1)
})
