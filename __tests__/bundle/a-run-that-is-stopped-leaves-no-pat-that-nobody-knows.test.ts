import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, nextSecond, runBundle, startBundleWorld } from '../bundle.ts'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
let old: Pat
beforeEach(async () => {
  world = await startBundleWorld()
  old = seedLive(world)
})
afterEach(() => world.close())

const MINTING = { method: 'POST', at: '_apis/tokens/pats' }
const PROVING = { method: 'GET', at: '_apis/packaging/feeds' }
const WRITING = { method: 'PUT', at: 'orgs/hmcts/actions/secrets' }

test('SIGTERM while minting, and the answer is lost: the PAT is looked up by its name and revoked', async () => {
  world.emulator.faults.add({ kind: 'hang-after', ...MINTING })
  const run = await runBundle(world, {}, { signal: { name: 'SIGTERM', ...MINTING } })
  expect(run).toMatchObject({ exitCode: 1, signal: null, outputs: { outcome: 'failed', 'delivered-to': 'nowhere' } })
  expect(run.shown).toMatch(/^(?:  )?Warning: The run was asked to stop \(SIGTERM\)/m)
  expect(world.ado.pats).toHaveLength(2)
  expect(world.ado.pats.filter(({ revoked }) => !revoked)).toEqual([old])
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s while proving: the new PAT is revoked', async (name) => {
  world.emulator.faults.add({ kind: 'hang', ...PROVING, times: Infinity })
  const run = await runBundle(world, {}, { signal: { name, ...PROVING } })
  expect(run).toMatchObject({ exitCode: 1, signal: null, outputs: { outcome: 'failed' } })
  expect(world.ado.pats.filter(({ revoked }) => !revoked)).toEqual([old])
  expect(run.exchanges.filter(({ method, host }) => method === 'PUT' && host === 'api.github.com')).toEqual([])
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s between two proofs: the new PAT is revoked, and all is told',
  async (name) => {
    world.ado.behaviour.propagationSeconds = 600
    const started = (child: ChildProcess): void => {
      child.stdout?.on('data', (text: string) => {
        if (text.includes('trying again in 2 s')) child.kill(name)
      })
    }
    const run = await runBundle(world, {}, { started })
    const [, minted] = world.ado.pats
    expect(run).toMatchObject({ exitCode: 1, signal: null, outputs: { outcome: 'failed', 'delivered-to': 'nowhere' } })
    expect(run.outputs).toMatchObject({ 'authorization-id': old.authorizationId, 'days-left': '9' })
    expect(run.outputs.reason).toContain('The run was cancelled. Run it again')
    expect(run.shown).toContain(`(${minted?.authorizationId}): it was not delivered`)
    expect(run.summary).toContain('| revoked; minted by this run |')
    expect(world.ado.pats.filter(({ revoked }) => !revoked)).toEqual([old])
  },
)

test('SIGTERM while the secret is written, and the answer is lost: the PAT stays, and the log names it', async () => {
  world.emulator.faults.add({ kind: 'hang-after', ...WRITING })
  const run = await runBundle(world, {}, { signal: { name: 'SIGTERM', ...WRITING } })
  const [, minted] = world.ado.pats
  expect(run).toMatchObject({ exitCode: 1, signal: null, outputs: { outcome: 'failed' } })
  expect(world.held()).toBe(minted)
  expect(minted).toMatchObject({ revoked: false, displayName: expect.stringMatching(/ pending$/) })
  expect(run.shown).toContain(`(${minted?.authorizationId}) stays, unfinished`)
})

test('the run after a stopped one ends as if nothing had happened', async () => {
  world.emulator.faults.add({ kind: 'hang-after', ...WRITING })
  await runBundle(world, {}, { signal: { name: 'SIGTERM', ...WRITING } })
  await nextSecond()
  const next = await runBundle(world)
  expect(next).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', 'delivered-to': 'organization' } })
  expect(world.held()).toBe(world.ado.pats.at(-1))
  expect(world.held()?.displayName).toMatch(/Z$/)
})
