import { expect, test } from '@jest/globals'
import type { Fault } from '../../emulator/wire.ts'
import { alive } from '../../requests.ts'
import { createScene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { withRefreshToken } from '../bot/sign-in.ts'

const faults: readonly (readonly [string, Fault])[] = [
  ['a sign-in page', { kind: 'sign-in-page' }],
  ['a redirect to the sign-in', { kind: 'sign-in-redirect' }],
  ['a body that is no JSON', { kind: 'malformed' }],
  ['a body cut off', { kind: 'truncated' }],
  ['an empty object', { kind: 'status', status: 200, body: {} }],
  ['an empty list', { kind: 'status', status: 200, body: [] }],
  ['204', { kind: 'status', status: 204, body: undefined }],
  ['400', { kind: 'status', status: 400 }],
  ['401', { kind: 'status', status: 401 }],
  ['403', { kind: 'status', status: 403 }],
  ['404', { kind: 'status', status: 404 }],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '90' } }],
  ['500', { kind: 'status', status: 500, body: '<html>oh</html>' }],
]

test.each(faults)('%s, to whichever request: the secret works, and a later run ends as ever', async (_, fault) => {
  const { scene, inputs } = await due()
  const count = (await scene.run(inputs)).requests.length
  expect(count).toBeGreaterThan(15)
  await Promise.all(Array.from({ length: count }, (_, nth) => endsAsEver(fault, nth)))
})

async function due() {
  const scene = await createScene()
  seedLive(scene, { ageDays: 25, daysLeft: 5 })
  return { scene, inputs: withRefreshToken(scene, { lines: 2 }).inputs }
}

async function endsAsEver(fault: Fault, nth: number): Promise<void> {
  const { scene, inputs } = await due()
  scene.fault({ ...fault, at: /./, after: nth })
  const told = await scene.run(inputs)
  const { outcome, deliveredTo } = told.conclusion
  expect({ nth, struck: told.requests.length > nth }).toEqual({ nth, struck: true })
  expect({ nth, works: scene.ado.accepts(scene.held()?.token ?? '') }).toEqual({ nth, works: true })
  expect({ nth, renewed: outcome === 'renewed' }).toEqual({ nth, renewed: deliveredTo !== 'nowhere' })
  scene.emulator.faults.clear()
  scene.daysPass(0.1)
  const again = await scene.run({ ...inputs, force: 'true' })
  expect({ nth, outcome: again.conclusion.outcome }).toEqual({ nth, outcome: 'renewed' })
  scene.daysPass(2)
  await scene.run(inputs)
  expect(alive(scene)).toEqual([scene.held()])
}
