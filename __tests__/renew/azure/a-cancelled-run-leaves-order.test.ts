import { expect, jest, test } from '@jest/globals'
import type { FaultKind } from '../../emulator/wire.ts'
import { alive, endsWell, revoked, verbsOf } from '../../requests.ts'
import { createScene, type Scene, type Told } from '../../scene.ts'
import { SECRET, seedLive } from '../../world.ts'
import { cancelled } from '../../../src/errors.ts'

const PATS = 'vssps.dev.azure.com/hmcts/_apis/tokens/pats'

interface Moment {
  readonly method: string
  readonly at: string
  readonly kind?: FaultKind
}

/** The runner cancels the job when that request arrives; with `kind` its answer is lost as well. */
async function cancelledAt(scene: Scene, { method, at, kind }: Moment): Promise<Told> {
  const cancel = new AbortController()
  const act = (): void => {
    cancel.abort(cancelled('go on', false, 'SIGINT'))
  }
  scene.fault({ kind: 'act', method, at, act })
  if (kind !== undefined) scene.fault({ kind, method, at })
  return scene.run({}, { cancel })
}

test.each([
  ['listing', { method: 'GET', at: PATS }],
  ['minting, which did not happen', { method: 'POST', at: PATS, kind: 'hang' }],
  ['minting, which happened', { method: 'POST', at: PATS, kind: 'hang-after' }],
  ['proving', { method: 'GET', at: 'feeds.dev.azure.com' }],
  ['writing, which did not happen', { method: 'PUT', at: SECRET, kind: 'hang' }],
] as const)('cancelled while %s: nothing orphaned', async (_, moment) => {
  const scene = await createScene()
  const old = seedLive(scene)
  const told = await cancelledAt(scene, moment)
  expect(told.conclusion).toMatchObject({
    outcome: 'failed',
    failure: expect.stringMatching(/cancelled.*Run it again/),
  })
  expect(scene.held()).toBe(old)
  scene.daysPass(0.1)
  await endsWell(scene)
})

test('what was minted while the run was cancelled is looked up and revoked in the last seconds', async () => {
  const scene = await createScene()
  seedLive(scene)
  const told = await cancelledAt(scene, { method: 'POST', at: PATS, kind: 'hang-after' })
  expect(verbsOf(told).slice(-6)).toContain('revoke')
  expect(revoked(scene)).toEqual([false, true])
  expect(told.warnings.join('\n')).toContain('may have been minted. If it stays, the next run replaces it.')
  expect(told.warnings.join('\n')).not.toContain('before minting again')
})

test('a pause that the look-up is asked for does not keep the last request back', async () => {
  const scene = await createScene()
  seedLive(scene)
  const cancel = new AbortController()
  const act = (): void => {
    scene.ado.delayNext(Infinity, 20)
    cancel.abort(cancelled('go on', false, 'SIGTERM'))
  }
  scene.fault({ kind: 'act', method: 'POST', at: PATS, act })
  scene.fault({ kind: 'hang-after', method: 'POST', at: PATS })
  const told = await scene.run({}, { cancel })
  expect(verbsOf(told).slice(-1)).toEqual(['change'])
  expect(revoked(scene)).toEqual([false, true])
})

test('a limit in the last seconds ends what it meets, and is told as what the cancel left undone', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3' }, method: 'DELETE', at: PATS })
  const told = await cancelledAt(scene, { method: 'POST', at: PATS, kind: 'hang-after' })
  const asked = 'asks to wait 3 s, and the run was cancelled, so that nothing is waited for any more. Run it again'
  expect(told.warnings.join('\n')).toContain(asked)
  expect(verbsOf(told).filter((verb) => verb === 'revoke')).toHaveLength(1)
  scene.daysPass(0.1)
  await endsWell(scene)
})

test('where nothing answers any more, all the tidying together has the last seconds, not each part of it', async () => {
  const scene = await createScene()
  seedLive(scene)
  const deadline = jest.spyOn(scene.clock, 'deadline')
  scene.fault({ kind: 'hang', method: 'GET', at: PATS, after: 3, times: Infinity })
  const told = await cancelledAt(scene, { method: 'POST', at: PATS, kind: 'hang-after' })
  expect(told.log).toContain('# Leave things in order')
  expect(deadline.mock.calls.filter(([milliseconds]) => milliseconds < 10_000)).toEqual([[6000]])
})

test('a PAT whose write may have happened stays, unfinished, and the next run replaces it', async () => {
  const scene = await createScene()
  seedLive(scene)
  const told = await cancelledAt(scene, { method: 'PUT', at: SECRET, kind: 'hang-after' })
  expect(told.conclusion.outcome).toBe('failed')
  expect(told.warnings.join('\n')).toMatch(/pending".*stays, unfinished: a place holds it, or may/)
  expect(alive(scene)).toContain(scene.held())
  scene.daysPass(0.1)
  await endsWell(scene)
})

test('cancelled once it is delivered, the run has renewed', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { conclusion, warnings } = await cancelledAt(scene, { method: 'PUT', at: PATS })
  expect(conclusion).toMatchObject({ outcome: 'renewed', failure: undefined })
  expect(warnings.length).toBeGreaterThan(0)
  scene.daysPass(1)
  await scene.run()
  scene.daysPass(2)
  await scene.run()
  expect(alive(scene)).toEqual([scene.held()])
})
