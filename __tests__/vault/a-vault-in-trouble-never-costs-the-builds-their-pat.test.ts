import { beforeEach, describe, expect, test } from '@jest/globals'
import { permitIdToken } from '../renew/bot/job.ts'
import { alive, changesOf } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import type { Fault } from '../emulator/wire.ts'
import { seedLive } from '../world.ts'
import { COPY, copied, seedCopy, trustWorkflow } from './vault.ts'

const NAME = 'vault secret artifacts-pat of hmcts.vault.azure.net'
const VAULT = 'hmcts.vault.azure.net'

let scene: Scene
let inputs: Record<string, string>
beforeEach(async () => {
  scene = await createScene()
  permitIdToken(scene)
  inputs = { ...trustWorkflow(scene), 'key-vault-pat': COPY }
})

/** The next run renews, and in the end the secret and the vault hold the one PAT that is alive. */
async function endsWell(): Promise<void> {
  expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  scene.daysPass(2)
  expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
  expect(alive(scene)).toEqual([scene.held()])
  expect(copied(scene)).toBe(scene.held())
}

describe('before minting it stops the run: nothing is minted, and the live PAT is kept alive', () => {
  const permissionOf = (s: Scene) => s.vault.permissions.get(s.entra.application.objectId)

  test.each<[string, (s: Scene) => unknown, RegExp, (s: Scene) => unknown]>([
    [
      'no permission to read it',
      (s) => permissionOf(s)?.delete('get'),
      /read the vault secret artifacts-pat.*Status: 403.*Caller is not authorized.*Key Vault Secrets Officer/,
      (s) => permissionOf(s)?.add('get'),
    ],
    [
      'its firewall',
      (s) => (s.vault.closed = 'ForbiddenByFirewall'),
      /Status: 403.*The firewall of the vault keeps the runner out/,
      (s) => (s.vault.closed = undefined),
    ],
    [
      'out of reach',
      (s) => {
        s.fault({ kind: 'reset-before', at: VAULT, times: Infinity })
      },
      /Azure Key Vault \(hmcts\.vault\.azure\.net\) could not be reached/,
      (s) => {
        s.emulator.faults.clear()
      },
    ],
    [
      'of another tenant',
      (s) => (s.vault.tenant = '99999999-2222-3333-4444-555555555555'),
      /get an access token for the vault.*The vault trusts the tenant 99999999-2222-3333-4444-555555555555, and azure-tenant-id is/,
      (s) => (s.vault.tenant = s.entra.tenant),
    ],
    [
      'an app registration that does not trust the workflow',
      (s) => s.entra.application.federated.splice(0, 1, { issuer: 'x', subject: 'x', audience: 'x' }),
      /get an access token for the vault/,
      (s) => trustWorkflow(s),
    ],
    [
      'a disabled secret',
      (s) => (s.vault.seed(COPY, { value: 'v' }).enabled = false),
      /Its newest version is disabled/,
      (s) => s.vault.secret(COPY)?.versions.pop(),
    ],
  ])('%s', async (_, arrange, words, mend) => {
    const live = seedLive(scene, { daysLeft: 2 })
    seedCopy(scene, live)
    const end = live.validTo
    arrange(scene)
    const told = await scene.run(inputs)
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(words)
    expect(changesOf(told)).toEqual(['change'])
    expect(live.validTo).toBeGreaterThan(end)
    mend(scene)
    await endsWell()
  })
})

describe('after delivery it is a warning: the run has renewed, and the next one is due', () => {
  const faults: readonly (readonly [string, Fault, RegExp])[] = [
    ['refused', { kind: 'status', status: 403, times: 9 }, /Status: 403/],
    ['failing', { kind: 'status', status: 500, times: 9 }, /Status: 500/],
    ['out of reach', { kind: 'reset-before', times: 9 }, /could not be reached/],
    ['done, its answer lost', { kind: 'reset-after', times: 9 }, /could not be reached/],
    ['a redirect', { kind: 'sign-in-redirect' }, /Status: 302/],
    ['a sign-in page', { kind: 'sign-in-page', times: 9 }, /no answer of Azure Key Vault/],
  ]
  test.each(faults)('%s', async (_, fault, words) => {
    const old = seedLive(scene)
    seedCopy(scene, old)
    scene.fault({ ...fault, method: 'PUT', at: VAULT, after: 1 })
    const { conclusion, warnings } = await scene.run(inputs)
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', failure: undefined })
    expect(warnings).toEqual([expect.stringMatching(words)])
    expect(warnings[0]).toMatch(`The new PAT is delivered, but not to the ${NAME}`)
    expect(old.revoked).toBe(false)
    scene.emulator.faults.clear()
    scene.daysPass(1)
    // A write whose answer was lost did happen.
    if (fault.kind === 'reset-after') expect((await scene.run(inputs)).conclusion.outcome).toBe('not-due')
    else await endsWell()
  })

  test('a name that was deleted is kept by the vault: the warning says how to get it back', async () => {
    const live = seedLive(scene)
    seedCopy(scene, live)
    const secret = scene.vault.secret(COPY)
    if (secret !== undefined) secret.deleted = true
    const { conclusion, warnings } = await scene.run(inputs)
    expect(conclusion.outcome).toBe('renewed')
    expect(warnings.join()).toMatch(/Status: 409.*deleted but recoverable.*az keyvault secret recover/)
    if (secret !== undefined) secret.deleted = false
    scene.daysPass(1)
    await endsWell()
  })
})

describe('a vault that can be read and not written', () => {
  const permission = () => scene.vault.permissions.get(scene.entra.application.objectId)

  test('does not mint every day: after a second try it waits, and every run says until when', async () => {
    const old = seedLive(scene)
    seedCopy(scene, old)
    permission()?.delete('set')
    const outcomes: string[] = []
    for (let day = 0; day < 14; day += 1) {
      const { conclusion, warnings } = await scene.run(inputs)
      outcomes.push(conclusion.outcome)
      expect(warnings).toEqual([
        expect.stringMatching(conclusion.outcome === 'renewed' ? /but not to the/ : /^The last/),
      ])
      scene.clock.pass(86_460_000)
    }
    const days = outcomes.flatMap((outcome, day) => (outcome === 'renewed' ? [day] : []))
    expect(days).toEqual([0, 1, 4, 7, 10, 13])
    expect(new Set(outcomes)).toEqual(new Set(['renewed', 'not-due']))
    permission()?.add('set')
    scene.daysPass(3)
    await endsWell()
  })

  test.each([true, false])('a run, a dry one and a check say the same of it (it exists: %s)', async (exists) => {
    const old = seedLive(scene)
    if (exists) seedCopy(scene, old)
    permission()?.delete('set')
    for (let day = 0; day < 2; day += 1) {
      expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
      scene.daysPass(exists ? 1 : 1.1)
    }
    const how = exists ? 'was last written 2026-10-25 .* UTC' : 'does not exist'
    const words = new RegExp(
      `^The last two PATs \\(2026-11-21 .*\\) were not brought to the ${NAME}, which ${how}: it lags behind, and the first run after 2026-11-25 .* UTC tries again\\. .*permission Set \\(role Key Vault Secrets Officer\\)`,
    )
    for (const [more, outcome] of [
      [{}, 'not-due'],
      [{ 'dry-run': 'true' }, 'not-due'],
      [{ operation: 'check' }, 'healthy'],
    ] as const) {
      const { conclusion, warnings } = await scene.run({ ...inputs, ...more })
      expect(conclusion.outcome).toBe(outcome)
      expect(warnings).toEqual([expect.stringMatching(words)])
    }
    scene.daysPass(3)
    expect((await scene.run({ ...inputs, operation: 'check' })).conclusion.outcome).toBe('due')
  })
})

test('a passing failure is tried again', async () => {
  seedCopy(scene, seedLive(scene))
  scene.fault({ kind: 'status', status: 503, method: 'GET', at: VAULT, times: 2 })
  scene.fault({ kind: 'status', status: 503, method: 'PUT', at: VAULT, times: 2 })
  const { conclusion, warnings } = await scene.run(inputs)
  expect([conclusion.outcome, warnings]).toEqual(['renewed', []])
  expect(copied(scene)).toBe(scene.held())
})

test('a vault that is asked too much is given the time that it asks for', async () => {
  seedCopy(scene, seedLive(scene))
  scene.vault.throttle(1, 90)
  const { conclusion, log } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('renewed')
  expect(log.join('\n')).toMatch(/Waiting 90 s before trying again to read the vault secret/)
})

test.each([-14, 0, 14])(
  'no copy is written so late that its date would say nothing (clock of the PATs: %i)',
  async (ahead) => {
    const old = seedLive(scene)
    seedCopy(scene, old)
    scene.ado.skew = ahead * 60_000
    scene.fault({
      kind: 'act',
      method: 'PUT',
      at: 'api.github.com',
      act: () => {
        scene.vault.throttle(1, 46 * 60)
      },
    })
    const { conclusion, warnings } = await scene.run({ ...inputs, 'max-wait-minutes': '360' })
    expect(conclusion.outcome).toBe('renewed')
    expect(warnings.join()).toMatch(/no write may start that late/)
    expect(copied(scene)).toBe(old)
  },
)

test('a run that is killed between delivery and copy is made good', async () => {
  const old = seedLive(scene)
  seedCopy(scene, old)
  const cancel = new AbortController()
  scene.fault({
    kind: 'act',
    method: 'PUT',
    at: VAULT,
    act: () => {
      cancel.abort(new Error('killed'))
    },
  })
  await scene.run(inputs, { cancel })
  expect(copied(scene)).toBe(old)
  expect(old.revoked).toBe(false)
  scene.daysPass(0.1)
  await endsWell()
})

test.each([
  [[], []],
  [['github'], [/^error: GitHub fails too\. .*Status: 401/]],
  [['vault'], [/^error: The vault fails too\. .*vault secret artifacts-pat/]],
  [
    ['github', 'vault'],
    [/^error: GitHub fails too\. /, /^error: The vault fails too\. /],
  ],
] as const)('where the bot cannot sign in, %j in trouble as well is told beside it', async (others, errors) => {
  seedLive(scene)
  if (others.some((one) => one === 'github'))
    scene.fault({ kind: 'status', status: 401, at: 'api.github.com', times: Infinity })
  if (others.some((one) => one === 'vault')) scene.vault.permissions.clear()
  const { conclusion, log } = await scene.run({ ...inputs, 'bot-user': 'somebody@example.org' })
  expect(conclusion.failure).toContain('bot-user asks for')
  expect(log.filter((line) => line.startsWith('error: '))).toEqual(errors.map((words) => expect.stringMatching(words)))
})
