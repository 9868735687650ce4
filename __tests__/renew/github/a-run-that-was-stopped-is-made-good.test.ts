import { expect, test } from '@jest/globals'
import { Failure } from '../../../src/errors.ts'
import type { Fault } from '../../emulator/wire.ts'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive } from '../../world.ts'
import { alive, newest, ORGANIZATION_SECRET, stateOf } from './writes.ts'

const cancelled = new Failure({ kind: 'cancelled', doing: 'go on', hint: 'The runner asked the run to stop.' })

const requests: readonly Pick<Fault, 'method' | 'at'>[] = [
  { method: 'GET', at: '/orgs/hmcts/actions/secrets/public-key' },
  { method: 'GET', at: '_apis/tokens/pats' },
  { method: 'POST', at: '_apis/tokens/pats' },
  { method: 'GET', at: '_apis/packaging/feeds' },
  { method: 'PUT', at: ORGANIZATION_SECRET },
  { method: 'PUT', at: '_apis/tokens/pats' },
]

for (const request of requests) {
  for (const hanging of ['before', 'after'] as const) {
    test(`cancelled ${hanging} the service does ${request.method} ${request.at}: the secret works, and the next run tidies up`, async () => {
      const scene = await createScene()
      seedLive(scene)
      const cancel = new AbortController()
      const act = () =>
        setImmediate(() => {
          cancel.abort(cancelled)
        })
      scene.emulator.faults.add({ ...request, kind: 'act', act })
      scene.emulator.faults.add({ ...request, kind: hanging === 'before' ? 'hang' : 'hang-after' })
      const told = await scene.run({}, { cancel })
      expect(['failed', 'renewed']).toContain(told.conclusion.outcome)
      expect(scene.ado.accepts(scene.held()?.token ?? '')).toBe(true)
      expect(scene.held()?.revoked).toBe(false)
      for (const days of [1, 1, 1]) {
        scene.daysPass(days)
        await scene.run()
        expect(scene.ado.accepts(scene.held()?.token ?? '')).toBe(true)
      }
      expect(scene.held()).toBe(newest(scene))
      expect(alive(scene)).toEqual([newest(scene)])
    })
  }
}

test('killed between minting and delivering: the next run mints anew and retires what was left, after the grace time', async () => {
  const scene = await createScene()
  seedLive(scene)
  const began = scene.run({}, { cancel: new AbortController() })
  await new Promise((act) => {
    const write = { method: 'PUT', at: ORGANIZATION_SECRET }
    scene.emulator.faults.add({ ...write, kind: 'act', act })
    scene.emulator.faults.add({ ...write, kind: 'hang' })
  })
  void began
  const orphan = newest(scene)
  expect(stateOf(orphan)).toBe('pending')
  scene.daysPass(1)
  const { conclusion } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(conclusion.reason).toMatch(/an earlier run stopped between minting and delivering/)
  expect(orphan.revoked).toBe(false)
  expect(conclusion.superseded).toContain(orphan.authorizationId)
  scene.daysPass(1.1)
  await scene.run()
  expect(alive(scene)).toEqual([newest(scene)])
})

test('a write whose fate is unknown keeps its PAT, unfinished, and says so', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.fault({ kind: 'reset-after', method: 'PUT', at: ORGANIZATION_SECRET, times: Infinity })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', superseded: [] })
  expect(warnings.join('\n')).toMatch(/stays, unfinished: a place holds it, or may/)
  expect(scene.held()).toBe(newest(scene))
  expect(alive(scene)).toEqual([old, newest(scene)])
  expect(conclusion.pats.map(({ standing }) => standing)).toEqual(['unfinished', 'live'])
  scene.emulator.faults.clear()
  scene.daysPass(1)
  expect((await scene.run()).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
})

test('with an unfinished PAT that is 25 days old in the secret, a failing run extends it too', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  scene.github.seedSecret('hmcts', 'actions', SECRET, { value: old.token, createdAt: old.validFrom })
  scene.fault({ kind: 'reset-after', method: 'PUT', at: ORGANIZATION_SECRET, times: 4 })
  await scene.run()
  const unfinished = newest(scene)
  scene.daysPass(25)
  scene.github.refuse({ home: 'hmcts', status: 401, message: 'Bad credentials' })
  const { conclusion } = await scene.run()
  expect(conclusion.outcome).toBe('failed')
  expect((unfinished.validTo - scene.clock.now()) / 86_400_000).toBeCloseTo(9.5, 1)
})
