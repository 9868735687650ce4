import { expect, test } from '@jest/globals'
import { inputsOfTheAction, stepsOf, workflowFiles, yaml, type Workflow } from './workflow-files.ts'

interface Callable extends Workflow {
  readonly on: {
    readonly workflow_call: {
      readonly inputs: Readonly<Record<string, { readonly required?: boolean }>>
      readonly secrets: Readonly<Record<string, { readonly required?: boolean }>>
    }
  }
}

const reusable = yaml('.github/workflows/renew.yml') as Callable
const { inputs, secrets } = reusable.on.workflow_call
const planStep = stepsOf(reusable).find(({ id }) => id === 'plan')
const actionStep = stepsOf(reusable).find(({ uses = '' }) => uses.startsWith('hmcts/'))

/** Inputs of the action that no entry holds: secrets, what holds for all entries, and what needs another permission. */
const NOT_OF_AN_ENTRY = [
  'operation',
  'dry-run',
  'force',
  'revoke-pats',
  'audit-days',
  'current-pat',
  'bot-credential',
  'bot-access-token',
  'bot-refresh-token',
  'github-token',
  'expose-token',
  'verify-workflow',
  'workflow-token',
  'notify-issue',
  'notify-webhook-url',
]

test('what an entry may hold is every input of the action but those', () => {
  const known = (planStep?.env?.INPUTS ?? '').split(/\s+/)
  const expected = inputsOfTheAction.filter((name) => !NOT_OF_AN_ENTRY.includes(name))
  expect([...known].sort()).toEqual(expected.sort())
})

test('each of them is handed on under its own name', () => {
  const known = (planStep?.env?.INPUTS ?? '').split(/\s+/)
  const given = Object.entries(actionStep?.with ?? {}).filter(([name]) => known.includes(name))
  expect(given).toEqual(
    known.map((name) => [
      name,
      name === 'repositories'
        ? '${{ steps.shard.outputs.repositories || matrix.with.repositories }}'
        : `\${{ matrix.with.${name} }}`,
    ]),
  )
})

test('secrets come by name, are all used, and none but those', () => {
  const used = [...JSON.stringify(reusable.jobs).matchAll(/secrets\.([\w-]+)/g)].map(([, name]) => name)
  expect([...new Set(used)].sort()).toEqual(Object.keys(secrets).sort())
  expect(JSON.stringify(reusable.jobs)).not.toMatch(/secrets\[|toJSON\(secrets\)/)
  expect(JSON.stringify(reusable.jobs.plan)).not.toContain('secrets.')
})

test('a slot is renewed by one job at a time, and never cancelled', () => {
  expect(reusable.jobs.renew?.concurrency).toEqual({
    group: 'artifacts-pat ${{ matrix.slot }}',
    'cancel-in-progress': false,
  })
})

test('a caller has another group than the jobs that it waits for, and gives what is declared', () => {
  const callers = workflowFiles.flatMap(({ workflow }) =>
    Object.values(workflow.jobs)
      .filter(({ uses = '' }) => uses.includes('/workflows/renew.yml@'))
      .map((job) => ({ workflow, job })),
  )
  expect(callers.length).toBeGreaterThan(0)
  for (const { workflow, job } of callers) {
    expect(workflow.concurrency?.group).not.toMatch(/^artifacts-pat /)
    expect(job.permissions).toEqual(reusable.jobs.renew?.permissions)
    expect(Object.keys(job.with ?? {}).filter((name) => !(name in inputs))).toEqual([])
    expect(job.secrets).toBeInstanceOf(Object)
    expect(Object.keys(job.secrets ?? {}).filter((name) => !(name in secrets))).toEqual([])
  }
})
