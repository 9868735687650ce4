import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BundleRun, type BundleWorld, idTokenOf, runBundle, startBundleWorld } from '../bundle.ts'
import { COPY, trustWorkflow } from '../vault/vault.ts'
import { seedLive } from '../world.ts'
import { leaksOf } from './forms.ts'
import { secretsOf } from './secrets-of.ts'
import { breaking, breakingAt, type Thrown } from './thrown.ts'

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

function leaks(run: BundleRun, inputs: Readonly<Record<string, string>>, of = world): readonly string[] {
  const { shown, stderr, summary, outputs, env, state } = run
  const stdout = run.stdout.replace(/^::add-mask::.*$/gm, '')
  const texts = { shown, stdout, stderr, summary, outputs: JSON.stringify(outputs), env, state }
  return leaksOf(secretsOf(of, inputs), texts)
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

const WEBHOOK = 'https://hooks.slack.example/services/T0WEBHOOK/B0MARKER/x9Kq2Lm7Pz4Rt8Wv1Ys5'

/** In turn, one for each request that is struck. */
const thrown: readonly Omit<Thrown, 'when'>[] = [
  { what: "new Error(secrets.join(' '))", how: 'thrown' },
  { what: "secrets.toReversed().join(' ')", how: 'rejected' },
  { what: "new TypeError('bad', { cause: new Error(secrets.join()) })", how: 'thrown' },
  { what: `new AggregateError([], secrets.map((one) => ${base64("'bot:' + one")}).join(' '))`, how: 'rejected' },
  { what: `new Error(secrets.toReversed().map((one) => ${base64('one')}).join(' '))`, how: 'thrown' },
]

/** A renewal by a refresh token and a client assertion, copied to the vault, with every switch for debugging; broken at that request, or not. */
async function fullRun(breakAt?: number): Promise<{ readonly run: BundleRun; readonly found: readonly string[] }> {
  const own = await startBundleWorld()
  try {
    const live = seedLive(own)
    const stored = own.entra.issueRefreshToken()
    own.github.seedSecret('hmcts/.github', 'actions', 'ADO_BOT_REFRESH_TOKEN', { value: stored })
    const inputs = {
      ...{ 'bot-access-token': '', 'bot-refresh-token': stored, 'azure-client-auth': 'github-oidc' },
      ...{ ...trustWorkflow(own), 'key-vault-pat': COPY },
      ...{ 'github-token': own.githubToken, 'current-pat': live.token, 'notify-webhook-url': WEBHOOK },
    }
    const given = [stored, own.githubToken, live.token, WEBHOOK, own.oidc.requestToken]
    const what = thrown[(breakAt ?? 0) % thrown.length] ?? thrown[0]
    const options = breakAt === undefined || what === undefined ? {} : breakingAt(breakAt, what, given)
    const env = { RUNNER_DEBUG: '1', AZURE_LOG_LEVEL: 'verbose', ...idTokenOf(own), ...options.env }
    const run = await runBundle(own, inputs, { ...options, env })
    return { run, found: leaks(run, inputs, own) }
  } finally {
    await own.close()
  }
}

test('it breaks at any request: one sentence, exit code 1, no stack, and none of the secrets so far', async () => {
  const clean = await fullRun()
  expect(clean).toMatchObject({ run: { exitCode: 0 }, found: [] })
  const count = clean.run.exchanges.length
  expect(count).toBeGreaterThan(15)
  // Every other one; those side by side come in any order.
  const waiting = Array.from({ length: Math.floor((count - 1) / 2) }, (_, index) => 2 * index)
  const worker = async (): Promise<void> => {
    for (let nth = waiting.shift(); nth !== undefined; nth = waiting.shift()) {
      const { run, found } = await fullRun(nth)
      expect([nth, run.exitCode, found]).toEqual([nth, 1, []])
      expect(run.shown.match(/^(?: {2})?Error: .*/gm)).toEqual([
        expect.stringMatching(/Error: The action broke: .*(?:\*\*\*|bad).* Please report it with this log\.$/),
      ])
      expect(run.stdout + run.stderr).not.toMatch(/^\s+at |node:internal/m)
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
}, 120_000)
