import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, idTokenOf, nextSecond, runBundle, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { seedLive } from '../world.ts'

const HOME = 'hmcts/.github'
const NAME = 'ADO_BOT_REFRESH_TOKEN'

let world: BundleWorld
let first: string
beforeEach(async () => {
  world = await startBundleWorld()
  seedLive(world)
  first = world.entra.issueRefreshToken()
  world.github.seedSecret(HOME, 'actions', NAME, { value: first })
})
afterEach(() => world.close())

function inputs(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'bot-access-token': '',
    'bot-refresh-token': stored(),
    'azure-tenant-id': world.entra.tenant,
    'azure-client-id': world.entra.application.clientId,
    ...more,
  }
}

function stored(): string {
  return world.github.secret(HOME, 'actions', NAME)?.value ?? ''
}

/** The number of the first request that matches. */
function at(requests: readonly string[], wanted: RegExp): number {
  return requests.findIndex((request) => wanted.test(request))
}

function storedFirst(requests: readonly string[]): void {
  const writes = at(requests, /^PUT .*ADO_BOT_REFRESH_TOKEN/)
  expect(writes).toBeGreaterThan(at(requests, /^POST login\.microsoftonline\.com/))
  expect(writes).toBeLessThan(at(requests, /dev\.azure\.com/))
}

test('a public client: the newest on the first line, the one before it on the second', async () => {
  const run = await runBundle(world, inputs())
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  storedFirst(run.requests)
  expect(stored()).toBe(`${world.entra.refreshTokens[1]?.value}\n${first}`)
  expect(run.masks).toContain(world.entra.refreshTokens[1]?.value)
  expect(run.masks).toContain(world.entra.accessTokens.at(-1)?.value)
})

test('an app that trusts the workflow: signed by this job, and no client secret anywhere', async () => {
  world.entra.application.publicClient = false
  world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
  const run = await runBundle(world, inputs({ 'azure-client-auth': 'github-oidc' }), { env: idTokenOf(world) })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  storedFirst(run.requests)
  expect(run.requests.find((request) => request.startsWith('POST login.'))).toContain(
    `"client_assertion":"<assertion of ${world.oidc.subject}>"`,
  )
  expect(run.masks).toContain(world.oidc.issued[0])
})

test('a job that may have no OIDC token is told the permission it lacks', async () => {
  const run = await runBundle(world, inputs({ 'azure-client-auth': 'github-oidc' }))
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed' } })
  expect(run.shown).toMatch(/^Error: .*permissions: id-token: write/m)
  expect(run.requests.join('\n')).not.toMatch(/login\.microsoftonline\.com|dev\.azure\.com|PUT/)
})

test('two lines are taken as well, and the older one serves where the newest is refused', async () => {
  await runBundle(world, inputs())
  await nextSecond()
  const [newest = ''] = stored().split('\n')
  world.entra.refuse(newest, 70008, 'bad_token')
  const run = await runBundle(world, inputs({ force: 'true' }))
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed' } })
  storedFirst(run.requests)
  expect(stored().split('\n')[1]).toBe(first)
})

test('a dry run stores it too: it would else be lost', async () => {
  const run = await runBundle(world, inputs({ 'dry-run': 'true' }))
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'planned' } })
  storedFirst(run.requests)
  expect(run.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1)
})
