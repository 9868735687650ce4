import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive, seedManaged } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

const changes = (requests: readonly string[]): readonly string[] =>
  requests.filter((request) => !request.startsWith('GET ')).map((request) => /^\w+ [^/]+/.exec(request)?.[0] ?? '')

test('check: healthy, with tables of the PATs, the secrets and what a renewal depends on', async () => {
  seedLive(world, { ageDays: 10, daysLeft: 20 })
  const run = await runBundle(world, { operation: 'check', 'azure-tenant-id': world.entra.tenant })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'healthy', 'days-left': '19' } })
  expect(changes(run.requests)).toEqual([])
  expect(run.summary).toMatch(/^## The PAT is healthy\n/)
  for (const heading of ['### PATs of the slot', '### Secrets', '### What a renewal depends on'])
    expect(run.summary).toContain(heading)
  expect(run.summary).toContain('| Tenant of the organization | good |')
})

test('check: an expired PAT fails the step', async () => {
  seedLive(world, { ageDays: 31, daysLeft: -1 })
  const run = await runBundle(world, { operation: 'check' })
  expect(run).toMatchObject({ exitCode: 1, stderr: '', outputs: { outcome: 'expired' } })
  expect(run.shown).toMatch(/^Error: Builds that use the PAT fail: /m)
  expect(run.summary).toContain('**What went wrong, and what to do:**')
})

test('extend: the end moves, and the secret keeps the PAT', async () => {
  const live = seedLive(world)
  const run = await runBundle(world, { operation: 'extend' })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'extended', 'days-left': '29' } })
  expect(changes(run.requests)).toEqual(['PUT vssps.dev.azure.com'])
  expect(world.held()).toBe(live)
  expect(run.summary).toMatch(/^## The PAT is extended\n/)
})

test('revoke: superseded PATs go, and the live one stays', async () => {
  const old = seedManaged(world, { ageDays: 10, daysLeft: 20 })
  const live = seedLive(world, { ageDays: 2, daysLeft: 28 })
  const run = await runBundle(world, { operation: 'revoke' })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'revoked', superseded: '[]' } })
  expect(changes(run.requests)).toEqual(['DELETE vssps.dev.azure.com'])
  expect([old.revoked, live.revoked]).toEqual([true, false])
  expect(run.summary).toContain(`### Revoked: 1\n\n- AZURE`)
})

test('revoke all: the summary says what stops working, and how to mint anew', async () => {
  seedLive(world, { ageDays: 2, daysLeft: 28 })
  const run = await runBundle(world, { operation: 'revoke', 'revoke-pats': 'all' })
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'revoked', 'authorization-id': '' } })
  expect(run.summary).toMatch(/Builds fail from now on where they use .* with \\`force: true\\`/)
})

test('audit: the events of a renewal, as JSON and as a table, without a GitHub token', async () => {
  seedLive(world)
  await runBundle(world)
  const run = await runBundle(world, { operation: 'audit', 'github-token': '' })
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'audited' } })
  const events = JSON.parse(run.outputs.events ?? '') as readonly Readonly<Record<string, unknown>>[]
  expect(events.map(({ action }) => action).toSorted()).toEqual(['Token.PatCreateEvent', 'Token.PatUpdateEvent'])
  expect(events.every(({ managed, foreign }) => managed === true && foreign === false)).toBe(true)
  expect(run.requests).toEqual(['GET auditservice.dev.azure.com/hmcts/_apis/audit/auditlog'])
  expect(run.summary).toContain('### PAT events: 2')
})
