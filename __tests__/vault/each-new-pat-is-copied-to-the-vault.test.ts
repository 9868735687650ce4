import { beforeEach, describe, expect, test } from '@jest/globals'
import { permitIdToken } from '../renew/bot/job.ts'
import { changesOf, verbsOf } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive, seedManaged } from '../world.ts'
import { COPY, copied, firstOf, seedCopy, tagsOf, trustWorkflow } from './vault.ts'

const NAME = 'vault secret artifacts-pat of hmcts.vault.azure.net'
const healthy = { ageDays: 10, daysLeft: 20 }

let scene: Scene
let inputs: Record<string, string>
beforeEach(async () => {
  scene = await createScene()
  permitIdToken(scene)
  inputs = { ...trustWorkflow(scene), 'key-vault-pat': COPY }
})

test('with its end, its authorization id and a content type, once the secret is delivered', async () => {
  const old = seedLive(scene)
  seedCopy(scene, old)
  const { conclusion, warnings, requests, log } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  // Nor does the vault hold it any more.
  expect(conclusion.superseded).toEqual([old.authorizationId])
  expect(warnings).toEqual([])
  expect(log).toContain(`Copied the new PAT to the ${NAME}.`)
  const minted = scene.ado.pats.at(-1)
  expect(copied(scene)).toBe(minted)
  expect(scene.vault.current(COPY)).toMatchObject({
    contentType: 'Azure DevOps PAT',
    exp: Math.floor((minted?.validTo ?? 0) / 1000),
    tags: {
      AdoPatAuthorizationId: minted?.authorizationId,
      AdoPatDisplayName: minted?.displayName,
      AdoPatExpiresAt: expect.stringMatching(/^2026-12-21T08:00/),
    },
  })
  expect(conclusion.receipts).toContainEqual(
    expect.objectContaining({ place: { vault: 'hmcts.vault.azure.net', name: COPY }, did: 'updated' }),
  )
  expect(firstOf(requests, /^PUT api\.github/)).toBeLessThan(firstOf(requests, /^PUT hmcts\.vault/))
})

test('its end is what was granted, not what was asked', async () => {
  scene.ado.policies.maximumLifespanDays = 7
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.receipts.at(-1)).toMatchObject({ place: { name: COPY }, did: 'created' })
  const { exp = 0 } = scene.vault.current(COPY) ?? {}
  expect(Math.round((exp * 1000 - scene.clock.now()) / 86_400_000)).toBe(7)
})

test('nothing due: the vault is looked at and not written', async () => {
  seedCopy(scene, seedLive(scene, healthy))
  const told = await scene.run(inputs)
  expect(told.conclusion).toMatchObject({ outcome: 'not-due', failure: undefined })
  expect(verbsOf(told)).toContain('open vault')
  expect(changesOf(told)).toEqual([])
  expect(scene.vault.secret(COPY)?.versions).toHaveLength(1)
})

test('without key-vault-pat the vault is asked nothing', async () => {
  seedLive(scene)
  const { requests } = await scene.run(trustWorkflow(scene))
  expect(requests.join('\n')).not.toMatch(/vault|login\./)
})

describe('a copy that lags makes the renewal due', () => {
  test.each([
    ['that is missing', () => undefined, `${NAME} does not exist`],
    [
      'of another PAT',
      (s: Scene) => {
        seedCopy(s, seedManaged(s, { ageDays: 25, daysLeft: 5 }))
      },
      'holds another PAT',
    ],
    ['without a tag', (s: Scene) => s.vault.seed(COPY, { value: 'by hand' }), 'bears no tag'],
  ])('one %s', async (_, arrange, why) => {
    seedLive(scene, healthy)
    arrange(scene)
    const { conclusion } = await scene.run(inputs)
    expect(conclusion).toMatchObject({ outcome: 'renewed', reason: expect.stringContaining(why) })
    expect(copied(scene)).toBe(scene.held())
    scene.daysPass(1)
    expect((await scene.run(inputs)).conclusion.outcome).toBe('not-due')
  })

  test('with target: repositories as well', async () => {
    const repositories = { ...inputs, target: 'repositories', repositories: 'app-a' }
    expect((await scene.run(repositories)).conclusion.outcome).toBe('renewed')
    expect(copied(scene)).toBe(scene.held('hmcts/app-a'))
    scene.daysPass(1)
    expect((await scene.run(repositories)).conclusion.outcome).toBe('not-due')
    scene.vault.seed(COPY, { value: 'by hand' })
    expect((await scene.run(repositories)).conclusion).toMatchObject({ outcome: 'renewed' })
    expect(copied(scene)).toBe(scene.held('hmcts/app-a'))
  })
})

test('a fallback is copied too, so that it does not make every run due', async () => {
  const live = seedLive(scene, { daysLeft: 15 })
  seedCopy(scene, live)
  const refused = { ...inputs, 'github-token': scene.github.token({ kind: 'app', permissions: { secrets: 'write' } }) }
  const { conclusion } = await scene.run({ ...refused, force: 'true' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(copied(scene)).toBe(scene.held('hmcts/.github'))
  scene.daysPass(1)
  expect((await scene.run(refused)).conclusion.outcome).toBe('not-due')
})

describe('in a standing fallback a copy that lags waits for the next renewal', () => {
  const fellBack = async (): Promise<Record<string, string>> => {
    const refused = {
      ...inputs,
      'github-token': scene.github.token({ kind: 'app', permissions: { secrets: 'write' } }),
    }
    expect((await scene.run({ ...refused, force: 'true' })).conclusion.outcome).toBe('renewed')
    scene.daysPass(1)
    return refused
  }
  const mayNotSet = () => scene.vault.permissions.get(scene.entra.application.objectId)?.delete('set')

  test('one that cannot be written mints no PAT a day, is told every day, and is made good once it can', async () => {
    seedLive(scene, { daysLeft: 15 })
    mayNotSet()
    const refused = await fellBack()
    const { length } = scene.ado.pats
    for (let day = 0; day < 3; day += 1) {
      const { conclusion, warnings } = await scene.run(refused)
      expect(conclusion.outcome).toBe('not-due')
      expect(warnings.join()).toMatch(
        /vault's copy lags behind, until the next renewal: vault secret artifacts-pat of hmcts\.vault\.azure\.net does not exist\./,
      )
      scene.daysPass(1)
    }
    expect(scene.ado.pats).toHaveLength(length)
    scene.vault.permissions.get(scene.entra.application.objectId)?.add('set')
    expect((await scene.run({ ...inputs, force: 'true' })).conclusion).toMatchObject({
      outcome: 'renewed',
      deliveredTo: 'organization',
    })
    expect(copied(scene)).toBe(scene.held())
  })

  test('one of what the organization secret holds is kept alive, and not told', async () => {
    const live = seedLive(scene, { daysLeft: 15 })
    seedCopy(scene, live)
    mayNotSet()
    const { warnings } = await scene.run(await fellBack())
    expect(warnings.join()).toMatch(/A fallback stands/)
    expect(warnings.join()).not.toMatch(/vault secret/)
    expect(copied(scene)).toBe(live)
    scene.daysPass(9)
    live.validTo = scene.clock.now() - 1
    expect((await scene.run({ ...inputs, operation: 'check' })).warnings.join()).toMatch(
      /vault's copy lags behind.*vault secret .* holds another PAT than the one delivered last/,
    )
  })
})

test('some repositories failed: the vault keeps what it holds until all are reached', async () => {
  const old = seedManaged(scene, { ageDays: 25, daysLeft: 5, slot: 'hmcts/.github' })
  seedCopy(scene, old)
  const repositories = { ...inputs, target: 'repositories', repositories: 'app-a, app-b' }
  scene.fault({ kind: 'status', status: 403, method: 'PUT', at: '/repos/hmcts/app-b/' })
  expect((await scene.run(repositories)).conclusion.outcome).toBe('failed')
  expect(copied(scene)).toBe(old)
  expect((await scene.run(repositories)).conclusion.outcome).toBe('renewed')
  expect(copied(scene)).toBe(scene.held('hmcts/app-b'))
})

describe('what it holds is never retired under its readers', () => {
  test('the PAT that the tag names stays, though it is superseded for everybody else', async () => {
    const [held, free] = [25, 20].map((ageDays) => seedManaged(scene, { ageDays, daysLeft: 12 }))
    const live = seedLive(scene, healthy)
    if (held === undefined) throw new Error('nothing was seeded')
    seedCopy(scene, held)
    scene.vault.permissions.get(scene.entra.application.objectId)?.delete('set')
    const { conclusion } = await scene.run({ ...inputs, 'revoke-superseded-after-hours': '0' })
    expect(conclusion.outcome).toBe('renewed')
    expect(scene.ado.pats.map(({ revoked }) => revoked)).toEqual([false, true, true, false])
    expect([free, live].map((pat) => pat?.revoked)).toEqual([true, true])
    expect(copied(scene)).toBe(held)
  })

  test('once another is copied it goes, after the grace time', async () => {
    const old = seedLive(scene, { daysLeft: 8 })
    seedCopy(scene, old)
    await scene.run(inputs)
    scene.daysPass(0.9)
    await scene.run(inputs)
    expect(old.revoked).toBe(false)
    scene.daysPass(0.2)
    await scene.run(inputs)
    expect(old.revoked).toBe(true)
  })

  test('the vault is read afresh before retiring', async () => {
    const old = seedManaged(scene, { ageDays: 25, daysLeft: 12 })
    const live = seedLive(scene, healthy)
    seedCopy(scene, live)
    const back = (): void => {
      scene.vault.seed(COPY, { value: old.token, tags: tagsOf(old) })
    }
    scene.fault({ kind: 'act', method: 'GET', at: 'hmcts.vault.azure.net', after: 2, act: back })
    const told = await scene.run({ ...inputs, 'revoke-superseded-after-hours': '0' })
    expect(told.conclusion.outcome).toBe('not-due')
    expect(verbsOf(told).filter((verb) => verb === 'open vault')).toHaveLength(4)
    expect(old.revoked).toBe(false)
  })

  test('a vault that cannot be read then retires nothing', async () => {
    const old = seedManaged(scene, { ageDays: 25, daysLeft: 12 })
    seedCopy(scene, seedLive(scene, healthy))
    scene.fault({ kind: 'status', status: 403, method: 'GET', at: 'hmcts.vault.azure.net', after: 2 })
    const { conclusion, warnings } = await scene.run({ ...inputs, 'revoke-superseded-after-hours': '0' })
    expect(conclusion.outcome).toBe('not-due')
    expect(warnings.join('\n')).toMatch(/could not be read afresh.*vault secret artifacts-pat/)
    expect(old.revoked).toBe(false)
  })
})

test('a dry run plans the copy and writes none', async () => {
  seedCopy(scene, seedLive(scene))
  const { conclusion } = await scene.run({ ...inputs, 'dry-run': 'true' })
  expect(conclusion.plan).toContain(`Copy it to the ${NAME}.`)
  expect(scene.vault.secret(COPY)?.versions).toHaveLength(1)
})
