import { expect, test } from '@jest/globals'
import { Failure } from '../../src/errors.ts'
import { addBuild, due } from './afterwards.ts'

test('the wait is told by its changes and by a sign of life, not by every look', async () => {
  const { scene } = await due()
  const { log } = await scene.run(addBuild(scene, { queuedSeconds: 40, seconds: 700 }))
  const progress = log.filter((line) => /^hmcts\/.github\/build.yml@main: /.test(line))
  expect(progress.map((line) => line.replace('hmcts/.github/build.yml@main: ', ''))).toEqual([
    'queued (3 s).',
    'in_progress (48 s).',
    'in_progress (348 s).',
    'in_progress (648 s).',
  ])
  expect(log.join('\n')).toContain('It is waited for, 30 minutes at most.')
})

test('a short build is seen to end soon', async () => {
  const { scene } = await due()
  const build = addBuild(scene, { queuedSeconds: 1, seconds: 5 })
  const began = scene.clock.now()
  expect((await scene.run(build)).conclusion.verification).toMatchObject({ verdict: 'passed' })
  expect(scene.clock.now() - began).toBeLessThan(9000)
})

test('a build that does not end is given up after 30 minutes, with its link', async () => {
  const { scene, superseded, grace } = await due()
  const began = scene.clock.now()
  const told = await scene.run({ ...grace, ...addBuild(scene, { queuedSeconds: Infinity }) })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'unknown' } })
  expect(told.warnings.join()).toMatch(/did not end within 30 minutes.*see how it ends: https:\/\/github.com\/hmcts/)
  const minutes = (scene.clock.now() - began) / 60_000
  expect(minutes).toBeGreaterThan(30)
  expect(minutes).toBeLessThan(32)
  expect(told.requests.filter((line) => line.includes('/actions/runs/')).length).toBeLessThan(130)
  expect(superseded.revoked).toBe(false)
}, 30_000)

test('GitHub in trouble for a while does not end the wait', async () => {
  const { scene } = await due()
  const build = addBuild(scene)
  scene.fault({ kind: 'status', method: 'GET', at: /actions\/runs\/\d+$/, status: 503, times: 9 })
  const { conclusion, log } = await scene.run(build)
  expect(conclusion.verification).toMatchObject({ verdict: 'passed' })
  expect(log.join('\n')).toContain('The next look is in 15 s.')
})

test('a run that GitHub does not show for good is not waited for', async () => {
  const { scene } = await due()
  const build = addBuild(scene)
  scene.fault({ kind: 'status', method: 'GET', at: /actions\/runs\/\d+$/, status: 404, times: Infinity })
  const began = scene.clock.now()
  const { conclusion, warnings } = await scene.run(build)
  expect(conclusion.verification).toMatchObject({ verdict: 'unknown' })
  expect(warnings.join()).toMatch(/Status: 404/)
  expect(scene.clock.now() - began).toBeLessThan(60_000)
})

test('a run that is cancelled while it waits has renewed, and says where the build is', async () => {
  const { scene, superseded, grace } = await due()
  const cancel = new AbortController()
  const act = () => {
    cancel.abort(new Failure({ kind: 'cancelled', doing: 'go on', hint: 'Run it again.' }))
  }
  const build = addBuild(scene)
  scene.fault({ kind: 'act', method: 'GET', at: /actions\/runs\/\d+$/, act })
  const told = await scene.run({ ...grace, ...build }, { cancel })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'unknown' } })
  expect(told.warnings.join()).toMatch(/see how it ends: https:/)
  expect(superseded.revoked).toBe(false)
})
