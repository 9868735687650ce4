import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { addBuild, due, runsOf, workflowToken } from './afterwards.ts'

const DISPATCH = 'actions/workflows/build.yml/dispatches'
const dispatches = ({ requests }: { readonly requests: readonly string[] }) =>
  requests.filter((line) => line.includes(DISPATCH))

test('the build is dispatched after delivery, with the new PAT, and waited for; then the old one is retired', async () => {
  const { scene, superseded, grace } = await due()
  const told = await scene.run({ ...grace, ...addBuild(scene, { seconds: 700 }) })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'passed' } })
  expect(told.warnings).toEqual([])
  const [build] = runsOf(scene)
  expect(build).toMatchObject({ conclusion: 'success', ref: 'main', inputs: {} })
  const order = told.requests
    .filter((line) => /^PUT .*orgs|dispatches|^DELETE/.test(line))
    .map((line) => line.split(' ')[0])
  expect(order).toEqual(['PUT', 'POST', 'DELETE', 'DELETE'])
  expect(superseded.revoked).toBe(true)
  const url = `https://github.com/hmcts/.github/actions/runs/${String(build?.id)}`
  expect(told.log).toContain(`Verified: hmcts/.github/build.yml@main succeeded with the new PAT (${url}).`)
  expect(told.requests.join('\n')).toContain('{"ref":"main","return_run_details":true}')
})

test.each(['failure', 'cancelled', 'timed_out', 'skipped'] as const)(
  'a build that ends with %s fails the verification: a warning with its link, and nothing is retired',
  async (conclusion) => {
    const { scene, superseded, live, grace } = await due()
    const told = await scene.run({ ...grace, ...addBuild(scene, { conclude: () => conclusion }) })
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'failed' } })
    expect(told.conclusion.failure).toBeUndefined()
    expect(told.warnings).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Verification failed: hmcts/.github/build.yml@main ended with "${conclusion}" \\(https://github.com/hmcts/.github/actions/runs/\\d+\\).*Nothing is retired in this run`,
        ),
      ),
    ])
    expect([superseded.revoked, live.revoked]).toEqual([false, false])
    expect(scene.held()).toBe(scene.ado.pats.at(-1))
    expect((await scene.run(grace)).conclusion).toMatchObject({ outcome: 'not-due' })
    expect(superseded.revoked).toBe(true)
  },
)

describe('where GitHub does not name the run', () => {
  test.each(['ignored', 'refused'] as const)(
    '(return_run_details is %s) it is found among the runs',
    async (runDetails) => {
      const { scene } = await due()
      const build = addBuild(scene, { listedAfterSeconds: 8 })
      scene.github.modes.runDetails = runDetails
      await scene.run({ ...build, force: 'true' })
      const told = await scene.run({ ...build, force: 'true' })
      expect(told.conclusion.verification).toMatchObject({ verdict: 'passed' })
      const [, second] = runsOf(scene)
      expect(runsOf(scene)).toHaveLength(2)
      expect(told.conclusion.verification?.words).toContain(`/runs/${String(second?.id)})`)
    },
  )

  test('one that is never listed is a warning, and not dispatched again', async () => {
    const { scene } = await due()
    const build = addBuild(scene, { listedAfterSeconds: Infinity })
    scene.github.modes.runDetails = 'ignored'
    const told = await scene.run(build)
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'unknown' } })
    expect(told.warnings.join()).toContain('GitHub took the dispatch, but lists no run of it.')
    expect(dispatches(told)).toHaveLength(1)
  })

  test('of two that were not there before, the older one is taken', async () => {
    const { scene } = await due()
    const build = addBuild(scene, { listedAfterSeconds: 4 })
    scene.github.modes.runDetails = 'ignored'
    const dispatchAgain = () => {
      scene.clock.pass(1000)
      void scene.github.handle({
        method: 'POST',
        url: new URL(`https://api.github.com/repos/hmcts/.github/${DISPATCH}`),
        headers: { 'user-agent': 'x', authorization: `Bearer ${build['workflow-token'] ?? ''}` },
        body: '{"ref":"main"}',
      })
    }
    scene.fault({ kind: 'act', method: 'GET', at: 'build.yml/runs', after: 1, act: dispatchAgain })
    const { conclusion } = await scene.run(build)
    const [first, second] = runsOf(scene)
    expect(second).toBeDefined()
    expect(conclusion.verification?.words).toContain(`/runs/${String(first?.id)})`)
  })

  test('runs of another branch are not taken for it', async () => {
    const { scene } = await due()
    const build = addBuild(scene, { refs: ['main', 'other'], listedAfterSeconds: 8 })
    scene.github.modes.runDetails = 'ignored'
    const act = () => {
      void scene.github.handle({
        method: 'POST',
        url: new URL(`https://api.github.com/repos/hmcts/.github/${DISPATCH}`),
        headers: { 'user-agent': 'x', authorization: `Bearer ${build['workflow-token'] ?? ''}` },
        body: '{"ref":"other"}',
      })
    }
    scene.fault({ kind: 'act', method: 'POST', at: DISPATCH, act })
    const { conclusion } = await scene.run(build)
    const ours = runsOf(scene).find(({ ref }) => ref === 'main')
    expect(conclusion.verification?.words).toContain(`/runs/${String(ours?.id)})`)
  })
})

describe('where the answer to the dispatch is lost', () => {
  test.each(['reset-after', 'hang-after', 'malformed', 'truncated'] as const)(
    '(%s) the run that was begun is found, and no second one is',
    async (kind) => {
      const { scene } = await due()
      const build = addBuild(scene)
      scene.fault({ kind, method: 'POST', at: DISPATCH })
      const told = await scene.run(build)
      expect(told.conclusion.verification).toMatchObject({ verdict: 'passed' })
      expect(dispatches(told)).toHaveLength(1)
      expect(runsOf(scene)).toHaveLength(1)
      expect(told.log.join('\n')).toContain('cannot be told; its runs are looked at.')
    },
  )

  test.each(['reset-before', 'status'] as const)(
    '(%s) and there is no run, it is dispatched once more',
    async (kind) => {
      const { scene } = await due()
      const build = addBuild(scene)
      scene.fault({ kind, method: 'POST', at: DISPATCH, status: 502 })
      const told = await scene.run(build)
      expect(told.conclusion.verification).toMatchObject({ verdict: 'passed' })
      expect(dispatches(told)).toHaveLength(2)
      expect(runsOf(scene)).toHaveLength(1)
    },
  )

  test('twice, it is given up', async () => {
    const { scene } = await due()
    const build = addBuild(scene)
    scene.fault({ kind: 'reset-before', method: 'POST', at: DISPATCH, times: 2 })
    const told = await scene.run(build)
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'unknown' } })
    expect(dispatches(told)).toHaveLength(2)
  })
})

describe('a dispatch that is refused is a warning of its own', () => {
  const cases: readonly (readonly [string, (scene: Scene) => Readonly<Record<string, string>>, RegExp])[] = [
    [
      'no permission',
      (scene) => ({
        ...addBuild(scene),
        'workflow-token': scene.github.token({ kind: 'github-token', permissions: { actions: 'read' } }),
      }),
      /The workflow-token lacks the permission "actions: write" for repository hmcts\/.github/,
    ],
    [
      'no such workflow',
      (scene) => ({ ...addBuild(scene), 'verify-workflow': 'hmcts/.github/none.yml@main' }),
      /Status: 404.*Check verify-workflow/,
    ],
    [
      'another repository',
      (scene) => ({ ...addBuild(scene), 'verify-workflow': 'hmcts/app-a/build.yml@main' }),
      /reaches its own repository only/,
    ],
    [
      'no such branch',
      (scene) => ({ ...addBuild(scene), 'verify-workflow': 'hmcts/.github/build.yml@nowhere' }),
      /No ref found for: nowhere.*after the @ in verify-workflow/,
    ],
    ['no trigger', (scene) => addBuild(scene, { hasDispatch: false }), /must have the trigger `workflow_dispatch:`/],
    ['inputs are required', (scene) => addBuild(scene, { requiredInputs: ['version'] }), /dispatched without inputs/],
    ['it is disabled', (scene) => addBuild(scene, { disabled: true }), /Enable the workflow/],
    [
      'a dead token',
      (scene) => ({ ...addBuild(scene), 'workflow-token': 'ghs_deadTokenOfTheWorkflow' }),
      /does not take the workflow-token/,
    ],
    [
      'a token that no header carries',
      (scene) => ({ ...addBuild(scene), 'workflow-token': 'ghs with spaces' }),
      /workflow-token contains spaces/,
    ],
  ]

  test.each(cases)('%s', async (_, prepare, words) => {
    const { scene, superseded } = await due()
    const told = await scene.run(prepare(scene))
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', verification: { verdict: 'unknown' } })
    expect(told.warnings).toEqual([expect.stringMatching(words)])
    expect(told.warnings.join()).not.toContain('github-token')
    expect(runsOf(scene)).toEqual([])
    expect(superseded.revoked).toBe(false)
  })
})

test('only a run that renewed dispatches anything', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 1, daysLeft: 29 })
  const build = addBuild(scene)
  expect((await scene.run(build)).conclusion.outcome).toBe('not-due')
  expect((await scene.run({ ...build, operation: 'check' })).conclusion.outcome).toBe('healthy')
  scene.github.refuse({ home: 'hmcts', status: 403 })
  expect((await scene.run({ ...build, force: 'true', fallback: 'none' })).conclusion.outcome).toBe('failed')
  expect(runsOf(scene)).toEqual([])
})

test('a dry run says what would be dispatched, and dispatches nothing', async () => {
  const { scene } = await due()
  const { conclusion } = await scene.run({ ...addBuild(scene), 'dry-run': 'true' })
  expect(conclusion.plan).toContain(
    'Dispatch hmcts/.github/build.yml@main and wait for it; nothing is retired unless it succeeds.',
  )
  expect(runsOf(scene)).toEqual([])
})

test('the workflow token goes to GitHub alone, and github-token dispatches nothing', async () => {
  const { scene } = await due()
  const token = workflowToken(scene)
  await scene.run({ ...addBuild(scene), 'workflow-token': token })
  const carrying = scene.emulator.transcript.filter(({ headers }) => JSON.stringify(headers).includes(token))
  expect(new Set(carrying.map(({ host }) => host))).toEqual(new Set(['api.github.com']))
  expect(carrying.every(({ path }) => path.includes('/actions/workflows/') || path.includes('/actions/runs/'))).toBe(
    true,
  )
  expect(carrying).toHaveLength(
    scene.emulator.transcript.filter(({ path }) => /\/actions\/(workflows|runs)\//.test(path)).length,
  )
})
