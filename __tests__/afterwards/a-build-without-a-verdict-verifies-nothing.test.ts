import { expect, test } from '@jest/globals'
import { addBuild, due } from './afterwards.ts'

test('a run that is cancelled while it waits says so with the link, and the renewal stands', async () => {
  const { scene, superseded, grace } = await due()
  const build = addBuild(scene, { queuedSeconds: Infinity })
  const cancel = new AbortController()
  const act = () => {
    cancel.abort(new Error('stop'))
  }
  scene.fault({ kind: 'act', method: 'GET', at: /\/actions\/runs\/\d+/, after: 2, act })
  const told = await scene.run({ ...grace, ...build }, { cancel })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'unknown' } })
  expect(told.conclusion.verification?.words).toMatch(/The run was cancelled\..*see how it ends: https:\/\/github.com/)
  expect(scene.held()).toBe(scene.ado.pats.at(-1))
  expect(superseded.revoked).toBe(false)
})

test('a build that ended GitHub does not say how has verified nothing', async () => {
  const { scene, superseded, grace } = await due()
  const build = addBuild(scene)
  const body = {
    id: 7,
    status: 'completed',
    conclusion: null,
    html_url: 'https://github.com/hmcts/.github/actions/runs/7',
    created_at: '2026-11-21T08:00:00Z',
  }
  scene.fault({ kind: 'status', status: 200, method: 'GET', at: /\/actions\/runs\/\d+/, body, times: Infinity })
  const { conclusion, warnings } = await scene.run({ ...grace, ...build })
  expect(conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'failed' } })
  expect(warnings.join()).toContain('build.yml@main ended with "unknown"')
  expect(superseded.revoked).toBe(false)
})
