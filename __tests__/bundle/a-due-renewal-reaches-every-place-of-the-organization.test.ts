import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { SECRET, seedLive, seedSecret } from '../world.ts'

const TWIN = `${SECRET}_BASE64`
const PLACES = (['actions', 'dependabot'] as const).flatMap((store) => [SECRET, TWIN].map((name) => ({ store, name })))

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

test('the usual renewal: one line a step, all outputs, a summary, nothing on standard error', async () => {
  const old = seedLive(world)
  const run = await runBundle(world)
  const [, minted] = world.ado.pats
  expect(run).toMatchObject({ exitCode: 0, signal: null, stderr: '', env: '', state: '' })
  expect(run.outputs).toEqual({
    outcome: 'renewed',
    reason: expect.stringContaining('near its end'),
    'authorization-id': minted?.authorizationId,
    'expires-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    'days-left': '29',
    'delivered-to': 'organization',
    'repositories-written': '[]',
    'repositories-failed': '[]',
    'stale-copies': '[]',
    superseded: JSON.stringify([old.authorizationId]),
    events: '[]',
  })
  expect(world.held()).toBe(minted)
  expect(world.ado.accepts(old.token)).toBe(true)
  expect(run.summary).toMatch(/^## The PAT is renewed\n/)
  expect(run.summary).toContain('```mermaid\ngantt\n')
  expect(run.shown).not.toMatch(/Warning|Error/)
  for (const form of [minted?.token ?? '', Buffer.from(minted?.token ?? '').toString('base64')])
    expect(run.masks).toContain(form)
})

test('both names in both stores get the PAT, and the same 130 repositories as before can read it', async () => {
  const readers = Array.from({ length: 130 }, (_, index) => `hmcts/service-${index}`)
  for (const name of readers) world.github.addRepository(name)
  const selected = { visibility: 'selected', selectedRepositories: readers } as const
  const old = seedLive(world, selected)
  for (const { store, name } of PLACES.slice(1))
    seedSecret(world, 'hmcts', old, { store, name, base64: name === TWIN, ...selected })
  const ids = readers.map((name) => world.github.repository(name).id).sort()

  const run = await runBundle(world, { 'secret-stores': 'actions, dependabot', 'secret-name-base64': TWIN })

  const token = world.ado.pats[1]?.token ?? ''
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'organization' } })
  for (const { store, name } of PLACES) {
    const secret = world.github.secret('hmcts', store, name)
    expect(secret?.value).toBe(name === TWIN ? Buffer.from(token).toString('base64') : token)
    expect(secret?.visibility).toBe('selected')
    expect([...(secret?.selectedRepositoryIds ?? [])].sort()).toEqual(ids)
  }
  expect(world.github.visibleTo('hmcts/service-129', 'actions', SECRET)).toBe(token)
  expect(world.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBeUndefined()
  expect(run.shown).toContain('the same as before can read it (selected)')
})

test('a copy that hides the organization secret is written too', async () => {
  const old = seedLive(world)
  seedSecret(world, 'hmcts/app-a', old)
  const run = await runBundle(world, { repositories: 'app-a, app-b' })
  expect(run).toMatchObject({
    exitCode: 0,
    outputs: { 'repositories-written': '["hmcts/app-a"]', 'stale-copies': '[]' },
  })
  for (const name of ['hmcts/app-a', 'hmcts/app-b'])
    expect(world.github.visibleTo(name, 'actions', SECRET)).toBe(world.ado.pats[1]?.token)
  expect(world.github.secret('hmcts/app-b', 'actions', SECRET)).toBeUndefined()
})
