import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleRun, type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { seedLive } from '../world.ts'
import { daysLater } from './days-later.ts'

let world: BundleWorld
let old: Pat
beforeEach(async () => {
  world = await startBundleWorld()
  old = seedLive(world)
})
afterEach(() => world.close())

/** So many processes: none is let mint until all have found the renewal due, however unevenly they start. */
async function race(runs: number, inputs: Readonly<Record<string, string>>): Promise<readonly BundleRun[]> {
  const { promise: allThere, resolve: letAllMint } = Promise.withResolvers<undefined>()
  let there = 0
  const act = (): Promise<undefined> => {
    there += 1
    if (there === runs) letAllMint(undefined)
    return allThere
  }
  world.emulator.faults.add({ kind: 'act', method: 'POST', at: '_apis/tokens/pats', times: runs, act })
  return Promise.all(Array.from({ length: runs }, () => runBundle(world, inputs)))
}

const buildsWork = (): boolean => world.ado.accepts(world.held()?.token ?? '')

/** The next three scheduled runs, a day after each other: builds work before and after each. */
async function threeMoreRuns(inputs: Readonly<Record<string, string>> = {}): Promise<readonly BundleRun[]> {
  const runs: BundleRun[] = []
  for (const day of [1, 2, 3]) {
    const options = daysLater(world, day)
    expect(buildsWork()).toBe(true)
    runs.push(await runBundle(world, inputs, options))
    expect(buildsWork()).toBe(true)
  }
  return runs
}

const revoked = (): readonly Pat[] => world.ado.pats.filter((pat) => pat.revoked)

test.each([
  [2, '0'],
  [5, '24'],
])('%i processes at once: the secret holds a PAT that works through the next three runs', async (runs, hours) => {
  const inputs = { 'revoke-superseded-after-hours': hours }
  for (const run of await race(runs, inputs)) expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(world.ado.pats).toHaveLength(runs + 1)
  expect(world.held()).not.toBe(old)
  const after = await threeMoreRuns(inputs)
  expect(after.map(({ outputs }) => outputs.outcome)).toEqual(['not-due', 'not-due', 'not-due'])
  // Which of the others the secret holds cannot be told from outside: none of them is touched.
  expect(revoked()).toEqual([old])
})

test('the run that minted first writes last: what it wrote is kept, until the next renewal retires all that raced', async () => {
  const write = { method: 'PUT', at: 'orgs/hmcts/actions/secrets' }
  const { promise: secondEnded, resolve: letWrite } = Promise.withResolvers<undefined>()
  const began = new Promise((begun) => {
    const act = (): Promise<undefined> => {
      begun(undefined)
      return secondEnded
    }
    world.emulator.faults.add({ ...write, kind: 'act', act })
  })
  const first = runBundle(world)
  await began
  const second = await runBundle(world, { force: 'true' })
  letWrite(undefined)
  expect([(await first).exitCode, second.exitCode]).toEqual([0, 0])
  expect(world.held()).toBe(world.ado.pats[1])
  expect(second.outputs['authorization-id']).toBe(world.ado.pats[2]?.authorizationId)
  await runBundle(world, {}, daysLater(world, 2))
  expect(revoked()).toEqual([old])
  const renewal = await runBundle(world, {}, daysLater(world, 21))
  expect(renewal.outputs.outcome).toBe('renewed')
  await runBundle(world, {}, daysLater(world, 23))
  expect(world.ado.pats.filter((pat) => !pat.revoked)).toEqual([world.held()])
})
