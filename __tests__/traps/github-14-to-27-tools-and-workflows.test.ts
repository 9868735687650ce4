import { expect, test } from '@jest/globals'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { readInputs } from '../../src/inputs.ts'
import { Secrets } from '../../src/secrets.ts'
import { isObject } from '../../src/json.ts'
import { action } from '../action.ts'

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const versionOf = (name: string): string =>
  (JSON.parse(file(`node_modules/${name}/package.json`)) as { version: string }).version
const major = (version: string): number => Number(version.split('.')[0])

test('trap 14 and 15: tests run on Node 24 with nock 15, which sees every client', () => {
  expect(major(process.versions.node)).toBe(24)
  expect(major(versionOf('nock'))).toBe(15)
  expect(file('package-lock.json')).toContain(`"version": "${versionOf('nock')}"`)
})

test('trap 16: the runner starts the action on Node 24', () => {
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' })
})

test('trap 17: types and lint use a TypeScript that has a JavaScript API', () => {
  expect(major(versionOf('typescript'))).toBe(6)
})

test('trap 18: the bundle is an ES module that says so, and can load what asks for require', () => {
  expect(JSON.parse(file('dist/package.json'))).toEqual({ type: 'module' })
  expect(file('dist/index.js')).toMatch(/^import\{createRequire\}from'node:module'/)
  expect(existsSync(new URL('../../dist/index.js', import.meta.url))).toBe(true)
})

interface Grouped {
  readonly concurrency?: { readonly 'cancel-in-progress'?: boolean }
  readonly permissions?: Readonly<Record<string, string>>
}

interface Workflow extends Grouped {
  readonly on: unknown
  readonly jobs: Readonly<Record<string, Grouped>>
}

const workflows = [
  ...readdirSync(new URL('../../.github/workflows', import.meta.url)).map((name) => file(`.github/workflows/${name}`)),
  ...[...file('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? ''),
].flatMap((text) => (/^on:/m.test(text) ? [parse(text) as Workflow] : []))

test('trap 8 and 23: no workflow asks for a permission that does not exist, and none cancels a run in progress', () => {
  expect(workflows.length).toBeGreaterThanOrEqual(2)
  for (const { on, permissions, concurrency, jobs } of workflows) {
    expect(permissions).toEqual({})
    for (const job of Object.values(jobs)) expect(Object.keys(job.permissions ?? {})).not.toContain('secrets')
    // A workflow that others call has a group for each of its jobs.
    const groups = [concurrency, ...Object.values(jobs).map((job) => job.concurrency)].filter(
      (group) => group !== undefined,
    )
    // Whatever renews on a schedule must not run twice at once.
    if (isObject(on) && 'schedule' in on) expect(groups.length).toBeGreaterThan(0)
    for (const group of groups) expect(group).toMatchObject({ 'cancel-in-progress': false })
  }
})

test('trap 27: hyphens of input names are kept, a blank boolean is its default, and what is required is enforced here', () => {
  const variables: Readonly<Record<string, string>> = {
    'INPUT_ADO-ORGANIZATION': 'hmcts',
    'INPUT_GITHUB-TOKEN': 'ghs_1',
    'INPUT_BOT-ACCESS-TOKEN': 'eyJ.of.the-bot',
    'INPUT_DRY-RUN': '',
  }
  const read = (name: string): string => variables[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? ''
  const source = { read, env: { GITHUB_REPOSITORY: 'hmcts/.github' }, secrets: new Secrets(() => undefined) }
  expect(readInputs(source)).toMatchObject({ feed: { organization: 'hmcts' }, dryRun: false })
  expect(() => readInputs({ ...source, read: () => '' })).toThrow(/ado-organization: is required and was blank/)
})
