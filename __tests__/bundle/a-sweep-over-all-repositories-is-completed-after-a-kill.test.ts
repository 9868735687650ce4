import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, nextSecond, runBundle, startBundleWorld } from '../bundle.ts'
import { SECRET, seedLive } from '../world.ts'

const names = Array.from({ length: 30 }, (_, index) => `hmcts/service-${String(index + 10)}`)
const reached = ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b', ...names]

let world: BundleWorld
let inputs: Record<string, string>
beforeEach(async () => {
  world = await startBundleWorld()
  const { github } = world
  for (const name of names) github.addRepository(name)
  github.addRepository('hmcts/public', { visibility: 'public' })
  github.addRepository('hmcts/archived', { archived: true })
  github.limits.enforce = true
  seedLive(world)
  const permissions = { organization_secrets: 'read', secrets: 'write' } as const
  inputs = { repositories: 'all', 'github-token': github.token({ kind: 'app', permissions }) }
})
afterEach(() => world.close())

const holders = (): readonly string[] =>
  [...reached, 'hmcts/public', 'hmcts/archived'].filter(
    (name) => world.github.secret(name, 'actions', SECRET) !== undefined,
  )

test('each repository that the organization secret reaches gets a copy, and the log tells how far it is', async () => {
  const run = await runBundle(world, inputs)
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'repositories' } })
  expect((JSON.parse(run.outputs['repositories-written'] ?? '') as string[]).toSorted()).toEqual(reached.toSorted())
  expect(holders()).toEqual(reached)
  expect(run.shown).toMatch(/^(?:  )?33 of 33 secrets of repositories written, \d+ a minute\.$/m)
  expect(run.shown).not.toMatch(/^(?:  )?Wrote /m)
  expect(world.github.limits.answered).toBe(0)
}, 60_000)

test('killed in the middle, what is written stays, and the next run delivers to those that lag alone', async () => {
  const killed = await runBundle(world, inputs, {
    signal: { name: 'SIGKILL', method: 'PUT', at: 'service-25/actions/secrets' },
  })
  expect(killed.signal).toBe('SIGKILL')
  const first = holders()
  expect(first.length).toBeGreaterThan(0)
  expect(first.length).toBeLessThan(reached.length)
  await nextSecond()
  const next = await runBundle(world, inputs)
  expect(next).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'repositories' } })
  expect((JSON.parse(next.outputs['repositories-written'] ?? '') as string[]).toSorted()).toEqual(
    reached.filter((name) => !first.includes(name)).toSorted(),
  )
  for (const name of reached) expect(world.ado.accepts(world.held(name)?.token ?? '')).toBe(true)
}, 60_000)
