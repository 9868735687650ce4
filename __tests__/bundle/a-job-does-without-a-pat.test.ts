import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { type BundleWorld, idTokenOf, runBundle, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
  world.entra.application.publicClient = false
  world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
})
afterEach(() => world.close())

const federate = (): Record<string, string> => ({
  operation: 'federate',
  'bot-access-token': '',
  'github-token': '',
  'azure-tenant-id': world.entra.tenant,
  'azure-client-id': world.entra.application.clientId,
})

test('federate: the access token reaches later steps, masked first, and the feed takes it', async () => {
  const run = await runBundle(world, federate(), { env: idTokenOf(world) })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'federated', 'expires-at': '' } })
  const token = run.outputs.token ?? ''
  expect(world.ado.accepts(token)).toBe(true)
  expect(world.entra.accessTokens.find(({ value }) => value === token)?.kind).toBe('application')
  expect(run.masks).toContain(token)
  expect(run.shown).not.toContain(token)
  expect(run.summary).toMatch(/^## Later steps can use the feed without a PAT\n/)
  expect(run.requests.map((request) => request.replace(/^(\w+ [^/]+).*/, '$1')).toSorted()).toEqual([
    'GET feeds.dev.azure.com',
    'GET feeds.dev.azure.com',
    'GET pipelines.actions.githubusercontent.com',
    'POST login.microsoftonline.com',
  ])
})

test('federate: without `id-token: write` the step says so and asks nobody', async () => {
  const run = await runBundle(world, federate())
  expect(run).toMatchObject({ exitCode: 1, stderr: '', requests: [], outputs: { outcome: 'failed' } })
  expect(run.outputs).not.toHaveProperty('token')
  expect(run.shown).toMatch(/^Error: .*`permissions: id-token: write`/m)
})

test('federate: an access token that cannot be handed on fails the step', async () => {
  const env = { ...idTokenOf(world), GITHUB_OUTPUT: join(world.folder, 'gone/output') }
  const run = await runBundle(world, federate(), { env })
  expect(run).toMatchObject({ exitCode: 1, stderr: '' })
  const said = run.shown.split('\n').filter((line) => /^(Error|Warning|Outcome): /.test(line))
  expect(said).toEqual([
    'Outcome: failed.',
    expect.stringMatching(/^Error: The outputs could not be set, so later steps get no access token: .*gone\/output/),
  ])
  expect(run.summary).toMatch(/^## The operation "federate" failed\n/)
})

test('federate: an access token that the feed refuses is not handed on', async () => {
  world.ado.strangers.push(world.entra.application.objectId)
  const run = await runBundle(world, federate(), { env: idTokenOf(world) })
  expect(run).toMatchObject({ exitCode: 1, stderr: '', outputs: { outcome: 'failed' } })
  expect(run.outputs).not.toHaveProperty('token')
  expect(run.shown).toMatch(/^Error: .*Organization settings > Users/m)
})
