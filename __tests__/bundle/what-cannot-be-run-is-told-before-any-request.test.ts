import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { action } from '../action.ts'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'

let world: BundleWorld
beforeAll(async () => {
  world = await startBundleWorld()
})
afterAll(() => world.close())

test('every bad input is told in the same run, each with what was expected', async () => {
  const bad = {
    'ado-organization': 'https://dev.azure.com/hmcts',
    'pat-lifetime-days': '400',
    'pat-scope': 'app_token',
    force: 'yes',
    'github-token': '',
    target: 'everywhere',
    'secret-name': 'GITHUB_SECRET',
    'secret-stores': 'actions, vault',
  }
  const run = await runBundle(world, bad)
  expect(run).toMatchObject({ exitCode: 1, stderr: '', requests: [], tunnels: [] })
  const errors = run.shown.match(/^Error: .*/gm) ?? []
  expect(errors).toHaveLength(1)
  for (const name of Object.keys(bad)) expect(errors[0]).toMatch(new RegExp(`${name}: (expected|is required)`))
  expect(run.outputs).toMatchObject({ outcome: 'failed', 'delivered-to': 'nowhere' })
  expect(run.summary).toMatch(/^## The PAT was not renewed\n/)
  expect(run.summary).toContain('What went wrong, and what to do')
})

test('no problem is lost, however many there are and whatever the inputs look like', async () => {
  const names = Object.keys(action.inputs).filter((name) => !/token|key-vault|current-pat|webhook|verify/.test(name))
  const bad = Object.fromEntries(names.map((name, number) => [name, `<${number}://a?b\n>${number}`]))
  const run = await runBundle(world, bad)
  expect(run).toMatchObject({ exitCode: 1, stderr: '', requests: [] })
  for (const name of names) {
    expect(run.shown).toMatch(new RegExp(`^${name}: expected .*, got "<`, 'm'))
    expect(run.summary).toContain(`${name}: expected`)
  }
  expect(run.masks).toContain(world.githubToken)
  const fewer = names.slice(0, 24)
  const again = await runBundle(world, Object.fromEntries(fewer.map((name) => [name, bad[name] ?? ''])))
  for (const name of fewer) expect(again.outputs.reason).toMatch(new RegExp(` ${name}: expected .*, got "<`))
})

test.each(['sign-in', 'federate'])('operation %s cannot do without an app registration', async (operation) => {
  const run = await runBundle(world, { operation })
  expect(run).toMatchObject({ exitCode: 1, stderr: '', requests: [], tunnels: [], outputs: { outcome: 'failed' } })
  expect(run.shown.match(/^Error: .*/gm)).toEqual([
    expect.stringMatching(/azure-tenant-id: is required.* azure-client-id: is required/),
  ])
  expect(run.summary).toMatch(new RegExp(`^## The operation "${operation}" failed\n`))
  expect(run.summary).not.toContain('PAT in use')
})
