import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedManaged, seedSecret } from '../world.ts'
import { daysLater } from './days-later.ts'

const repositories = Array.from({ length: 20 }, (_, index) => `hmcts/service-${index}`)
const inputs = { target: 'repositories' }

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
  for (const repository of repositories) {
    world.github.addRepository(repository)
    seedSecret(world, repository, seedManaged(world, { slot: repository }))
  }
})
afterEach(() => world.close())

/** The slot that a PAT's name tells. */
const slotOf = (displayName = ''): string | undefined => / \[(.+)\] /.exec(displayName)?.[1]

test('each of twenty repositories at once gets a PAT of its own slot, and later retires only its own', async () => {
  const others = [seedManaged(world), world.ado.seedPat({ displayName: 'made by hand' })]
  const runs = await Promise.all(repositories.map((repository) => runBundle(world, inputs, { repository })))
  for (const run of runs)
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'repositories' } })
  expect(runs.map(({ outputs }) => outputs['repositories-written'])).toEqual(
    repositories.map((repository) => JSON.stringify([repository])),
  )
  const held = repositories.map((repository) => world.held(repository))
  expect(held.map((pat) => slotOf(pat?.displayName))).toEqual(repositories)
  expect(held.map((pat) => world.ado.accepts(pat?.token ?? ''))).toEqual(repositories.map(() => true))
  expect(world.ado.pats.filter(({ revoked }) => revoked)).toEqual([])

  const some = repositories.slice(0, 3)
  const later = daysLater(world, 2)
  await Promise.all(some.map((repository) => runBundle(world, inputs, { repository, ...later })))
  const retired = world.ado.pats.filter(({ revoked }) => revoked)
  expect(retired.map(({ displayName }) => slotOf(displayName)).sort()).toEqual([...some].sort())
  expect(retired.filter((pat) => held.includes(pat) || others.includes(pat))).toEqual([])
})
