import { expect, test } from '@jest/globals'
import { endsWell } from '../../requests.ts'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged } from '../../world.ts'

const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'
const ORG = `api.github.com/orgs/hmcts/actions/secrets/${SECRET}`

const down = { kind: 'status', status: 503, times: Infinity } as const
const denied = { kind: 'status', status: 401, times: Infinity } as const

test.each([
  ['reset', { kind: 'reset-after' }],
  ['503', { kind: 'status', status: 503 }],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }],
  ['a time-out', { kind: 'hang-after' }],
] as const)('marking meets %s: it is said again, and the run is as any other', async (_, fault) => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...fault, method: 'PUT', at: PATS })
  const told = await scene.run()
  expect(told.conclusion.outcome).toBe('renewed')
  expect(told.warnings).toEqual([])
  expect(scene.held()?.displayName).toMatch(/Z$/)
})

test('a PAT that cannot be marked is delivered all the same; the next run renews once more', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ ...down, method: 'PUT', at: PATS })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', failure: undefined })
  // What builds hold from now on, whatever its state says.
  expect(conclusion.live?.authorizationId).toBe(scene.held()?.authorizationId)
  expect(conclusion.pats.map(({ standing, minted }) => [standing, minted])).toEqual([
    ['live', true],
    ['candidate', false],
  ])
  expect(warnings.join('\n')).toContain('could not be marked so; the next run renews once more')
  scene.emulator.faults.clear()
  scene.daysPass(1)
  await endsWell(scene)
})

test.each([
  ['the list', { ...down, method: 'GET', at: PATS }],
  ['the secret', { ...denied, at: ORG }],
])('where %s cannot be read afresh nothing is retired, with a warning', async (_, fault) => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 40, daysLeft: 3 })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  scene.fault({ ...fault, after: fault.at === PATS ? 3 : 1 })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'not-due', superseded: [old.authorizationId] })
  expect(warnings).toEqual([expect.stringContaining('nothing was retired; the next run tries again')])
  expect(old.revoked).toBe(false)
})

test('a dry run that is not due says what it would retire', async () => {
  const scene = await createScene()
  const old = seedManaged(scene, { ageDays: 40, daysLeft: 3 })
  seedLive(scene, { ageDays: 0.5, daysLeft: 29.5 })
  const { conclusion } = await scene.run({ 'dry-run': 'true' })
  expect(conclusion.outcome).toBe('not-due')
  expect(conclusion.plan).toEqual([`Retire "${old.displayName}" (${old.authorizationId}) from 2026-11-21 20:00 UTC.`])
})
