import { describe, expect, test } from '@jest/globals'
import { action } from '../action.ts'
import { inputsOfTheAction, stepsOf, workflowFiles, yaml, type Workflow } from './workflow-files.ts'

const OWN = /^(\.\/$|hmcts\/ado-artifacts-token-renewal@)/
const OWN_WORKFLOW = 'hmcts/ado-artifacts-token-renewal/.github/workflows/renew.yml@v1'

test('the workflows and the examples are found', () => {
  expect(workflowFiles.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['.github/workflows/ci.yml', '.github/workflows/renew.yml', 'examples/renew.yml']),
  )
})

describe.each(workflowFiles)('$path', ({ text, workflow }) => {
  const jobs = Object.entries(workflow.jobs)

  test('nothing is permitted but what a job says, and each permission says what for', () => {
    expect(workflow.permissions).toEqual({})
    const granted = jobs.flatMap(([, { permissions = {} }]) => Object.entries(permissions))
    for (const [name, level] of granted) expect(text).toMatch(new RegExp(`^ +${name}: ${level} # .{10,}$`, 'm'))
  })

  test('no pull request of a stranger gets a token that may write', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
    expect(Object.keys(workflow.on)).not.toContain('workflow_run')
  })

  test('no run is cancelled, and one entry that fails leaves the others alone', () => {
    const groups = [workflow.concurrency, ...jobs.map(([, { concurrency }]) => concurrency)].filter(
      (group) => group !== undefined,
    )
    expect(groups.length).toBeGreaterThan(0)
    for (const group of groups) expect(group['cancel-in-progress']).toBe(false)
    for (const [, { strategy }] of jobs) if (strategy !== undefined) expect(strategy['fail-fast']).toBe(false)
  })

  test('every job ends in time', () => {
    const endless = jobs.filter(([, job]) => job.uses === undefined && !(Number(job['timeout-minutes']) > 0))
    expect(endless.map(([name]) => name)).toEqual([])
  })

  test('what others made is pinned by a full commit id, with the version beside it', () => {
    const used = [...text.matchAll(/^[\s-]*uses: (\S+)(.*)$/gm)].map(
      ([, uses = '', rest = '']) => [uses, rest] as const,
    )
    const others = used.filter(([uses]) => !OWN.test(uses) && uses !== OWN_WORKFLOW)
    for (const [uses, rest] of others) {
      expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/)
      expect(rest).toMatch(/^ # v\d+\.\d+\.\d+$/)
    }
  })

  test('no checkout leaves its credentials behind', () => {
    const checkouts = stepsOf(workflow).filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false })
  })

  test('the action is given inputs that it has, and its outputs are read by their names', () => {
    const own = stepsOf(workflow).filter(({ uses = '' }) => OWN.test(uses))
    for (const step of own) {
      expect(Object.keys(step.with ?? {}).filter((name) => !inputsOfTheAction.includes(name))).toEqual([])
      const read = [...text.matchAll(new RegExp(`steps\\.${step.id ?? '-'}\\.outputs\\.([\\w-]+)`, 'g'))]
      expect(read.map(([, name]) => name).filter((name) => !(String(name) in action.outputs))).toEqual([])
    }
  })

  test('a script is a script of bash, and what comes from outside comes to it as a variable', () => {
    for (const { run, shell } of stepsOf(workflow)) {
      if (run?.includes('\n') === true) expect(shell).toBe('bash')
      expect(run ?? '').not.toContain('${{')
    }
  })
})

test('what signs in as the bot waits its turn', () => {
  const groups = workflowFiles
    .filter(({ path }) => path.startsWith('examples/'))
    .map(({ workflow }) => workflow.concurrency)
  expect(groups.length).toBeGreaterThan(3)
  for (const group of groups) expect(group).toEqual({ group: 'artifacts-pat-bot', 'cancel-in-progress': false })
})

test('the same action is pinned by the same commit everywhere', () => {
  const pins = workflowFiles.flatMap(({ text }) => [...text.matchAll(/uses: ([\w/-]+)@([0-9a-f]{40})/g)])
  const versions = Map.groupBy(pins, ([, name]) => name)
  const several = [...versions].filter(([, uses]) => new Set(uses.map(([, , id]) => id)).size > 1)
  expect(several.map(([name]) => name)).toEqual([])
})

test('ci runs the action on every platform, and .ci/run', () => {
  const ci = yaml('.github/workflows/ci.yml') as Workflow & {
    jobs: { bundle: { strategy: { matrix: { os: readonly string[] } } } }
  }
  expect(ci.jobs.bundle.strategy.matrix.os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest'])
  expect(stepsOf(ci).map(({ uses, run }) => uses ?? run)).toEqual(expect.arrayContaining(['./', 'bash .ci/run']))
})
