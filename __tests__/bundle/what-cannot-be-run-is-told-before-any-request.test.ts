import { afterAll, beforeAll, expect, test } from '@jest/globals'
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
  expect(run.summary).toContain('What went wrong, and what to do')
})

test.each(['sign-in', 'federate'])('operation %s cannot do without an app registration', async (operation) => {
  const run = await runBundle(world, { operation })
  expect(run).toMatchObject({ exitCode: 1, stderr: '', requests: [], tunnels: [], outputs: { outcome: 'failed' } })
  expect(run.shown.match(/^Error: .*/gm)).toEqual([
    expect.stringMatching(/azure-tenant-id: is required.* azure-client-id: is required/),
  ])
})
