import { expect, test } from '@jest/globals'
import { emulate } from './harness.ts'

const issues = '/repos/hmcts/app/issues'
const workflow = '/repos/hmcts/app/actions/workflows/build.yml'

async function inRepository() {
  const emulated = await emulate()
  emulated.github.addRepository('hmcts/app')
  const token = emulated.github.token({
    kind: 'github-token',
    permissions: { issues: 'write', actions: 'write' },
    repositories: ['app'],
    account: 'github-actions[bot]',
  })
  const ask: typeof emulated.ask = async (title, options) => emulated.ask(title, { token, ...options })
  return { ...emulated, ask }
}

test('issues are opened, commented, closed and listed, pull requests among them', async () => {
  const { ask, github } = await inRepository()
  github.addIssue('hmcts/app', { title: 'A change', by: 'somebody', isPullRequest: true })
  expect((await ask(`POST ${issues}`, { body: {} })).status).toBe(422)
  const opened = await ask(`POST ${issues}`, { body: { title: 'Trouble', body: 'why', labels: ['renewal'] } })
  expect(opened).toMatchObject({ status: 201, body: { number: 2, state: 'open', labels: [{ name: 'renewal' }] } })
  expect((await ask(`POST ${issues}/2/comments`, { body: { body: 'still' } })).status).toBe(201)
  expect((await ask(`GET ${issues}`)).body).toMatchObject([
    { number: 2, comments: 1, user: { login: 'github-actions[bot]' } },
    { number: 1, pull_request: {} },
  ])
  expect((await ask(`GET ${issues}?labels=Renewal`)).body).toHaveLength(1)
  const closed = await ask(`PATCH ${issues}/2`, { body: { state: 'closed' } })
  expect(closed.json).toMatchObject({ state: 'closed', state_reason: 'completed', closed_at: '2026-11-21T08:00:00Z' })
  expect((await ask(`GET ${issues}?state=closed`)).body).toHaveLength(1)
  expect((await ask(`GET ${issues}/2/comments`)).body).toMatchObject([{ body: 'still' }])
  github.repository('hmcts/app').hasIssues = false
  expect((await ask(`POST ${issues}`, { body: { title: 'x' } })).status).toBe(410)
})

test('workflows run with the secrets of when they were queued, and show in the list a little later', async () => {
  const { ask, github, clock } = await inRepository()
  github.addWorkflow('hmcts/app', { conclude: (secret) => (secret('X') === 'good' ? 'success' : 'failure') })
  github.seedSecret('hmcts', 'actions', 'X', { value: 'good' })
  expect((await ask(`POST ${workflow}/dispatches`, { body: { ref: 'nowhere' } })).status).toBe(422)
  expect(await ask(`POST ${workflow}/dispatches`, { body: { ref: 'main' } })).toMatchObject({ status: 204 })
  github.seedSecret('hmcts', 'actions', 'X', { value: 'bad' })
  const body = { ref: 'refs/heads/main', return_run_details: true }
  const detailed = await ask(`POST ${workflow}/dispatches`, { body })
  expect(detailed).toMatchObject({ status: 200, body: { workflow_run_id: expect.any(Number) } })
  expect((await ask(`GET ${workflow}/runs`)).json).toMatchObject({ total_count: 0 })
  const run = `GET /repos/hmcts/app/actions/runs/${String(detailed.json.workflow_run_id)}`
  expect((await ask(run)).json).toMatchObject({ status: 'queued', conclusion: null })
  clock.wait(10_000)
  expect((await ask(run)).json).toMatchObject({ status: 'in_progress', conclusion: null })
  clock.wait(30_000)
  expect((await ask(`GET ${workflow}/runs?event=workflow_dispatch&created=>=2026-11-21T08:00:00Z`)).json).toMatchObject(
    {
      total_count: 2,
      workflow_runs: [
        { status: 'completed', conclusion: 'failure' },
        { status: 'completed', conclusion: 'success' },
      ],
    },
  )
})

test('an older server ignores or refuses return_run_details, and a dispatch may lack inputs or be disabled', async () => {
  const { ask, github } = await inRepository()
  github.addWorkflow('hmcts/app', { requiredInputs: ['version'] })
  const body = { ref: 'main', return_run_details: true, inputs: { version: '1' } }
  expect(await ask(`POST ${workflow}/dispatches`, { body: { ref: 'main' } })).toMatchObject({
    status: 422,
    body: { message: "Required input 'version' not provided" },
  })
  github.modes.runDetails = 'ignored'
  expect((await ask(`POST ${workflow}/dispatches`, { body })).status).toBe(204)
  github.modes.runDetails = 'refused'
  expect((await ask(`POST ${workflow}/dispatches`, { body })).status).toBe(422)
  github.addWorkflow('hmcts/app', { file: 'off.yml', disabled: true })
  const off = '/repos/hmcts/app/actions/workflows/off.yml/dispatches'
  expect((await ask(`POST ${off}`, { body: { ref: 'main' } })).json).toMatchObject({
    message: expect.stringContaining('disabled'),
  })
})

test('who opened an issue is told, and whoever may not set labels gets none', async () => {
  const { ask, github } = await inRepository()
  github.addIssue('hmcts/app', { title: 'x', by: 'mallory' })
  github.modes.dropsLabels = true
  const opened = await ask(`POST ${issues}`, { body: { title: 'Trouble', labels: ['renewal'] } })
  expect(opened.json).toMatchObject({ labels: [], user: { type: 'Bot' } })
  expect((await ask(`GET ${issues}?direction=asc`)).body).toMatchObject([
    { user: { login: 'mallory', type: 'User' }, author_association: 'NONE' },
    { user: { login: 'github-actions[bot]' } },
  ])
  expect((await ask(`POST ${issues}`, { body: { title: 'x'.repeat(257) } })).status).toBe(422)
  expect((await ask(`POST ${issues}`, { body: { title: 'x', body: 'x'.repeat(65_537) } })).status).toBe(422)
})
