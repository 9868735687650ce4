import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BundleRun, type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'
import { leaksOf } from './forms.ts'
import { secretsOf } from './secrets-of.ts'
import { breaking, type Thrown } from './thrown.ts'

let world: BundleWorld
beforeAll(async () => {
  world = await startBundleWorld()
})
afterAll(() => world.close())

const base64 = (text: string): string => `Buffer.from(${text}).toString('base64')`

const crashes: readonly Thrown[] = [
  { what: 'new Error(`cannot use ${secret}`)', when: 'as soon as the run has begun', how: 'thrown' },
  {
    what: "new TypeError('bad header', { cause: new Error(secret) })",
    when: 'as soon as the run has begun',
    how: 'rejected',
  },
  {
    what: `\`Basic \${${base64('`me@example.org:${secret}`')}}\``,
    when: 'as soon as the run has begun',
    how: 'rejected',
  },
  { what: "new Error('x'.repeat(1950) + secret)", when: 'as soon as the run has begun', how: 'thrown' },
  { what: '({ toString() { throw new Error(secret) } })', when: 'as soon as the run has begun', how: 'thrown' },
  { what: 'new AggregateError([new Error(pat)], `minted ${pat} ${secret}`)', when: 'after the mint', how: 'thrown' },
  { what: `new Error(${base64('pat')})`, when: 'after the mint', how: 'rejected' },
]

function leaks(run: BundleRun, inputs: Readonly<Record<string, string>>): readonly string[] {
  const { shown, stderr, summary, outputs, env, state } = run
  const stdout = run.stdout.replace(/^::add-mask::.*$/gm, '')
  const texts = { shown, stdout, stderr, summary, outputs: JSON.stringify(outputs), env, state }
  return leaksOf(secretsOf(world, inputs), texts)
}

test('the process breaks anywhere: one sentence, exit code 1, no stack, and no secret in any form', async () => {
  await Promise.all(
    crashes.map(async (thrown) => {
      seedLive(world)
      const inputs = { force: 'true', 'current-pat': 'somebody/typed this as the present PAT, it is no good' }
      const secret = thrown.when === 'after the mint' ? world.githubToken : inputs['current-pat']
      const run = await runBundle(world, inputs, breaking(thrown, secret))
      expect([thrown.what, run.exitCode, run.stderr]).toEqual([thrown.what, 1, ''])
      expect(run.shown).toMatch(/^(?:  )?Error: The action broke: .* Please report it with this log\.$/m)
      expect(run.stdout).not.toMatch(/^\s+at |node:internal/m)
      expect(leaks(run, inputs)).toEqual([])
    }),
  )
})

test('what breaks after the end is told in the log alone: a run that renewed exits 0', async () => {
  seedLive(world)
  const thrown = { what: 'new Error(`late ${secret}`)', when: 'after the end', how: 'thrown' } as const
  const run = await runBundle(world, { force: 'true' }, breaking(thrown, world.githubToken))
  expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
  expect(run.shown).toMatch(/^Something broke after the end: late \*\*\*$/m)
  expect(leaks(run, { 'github-token': world.githubToken })).toEqual([])
})
