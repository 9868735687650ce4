import { describe, expect, test } from '@jest/globals'
import { stores } from '../../../src/place.ts'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedSecret } from '../../world.ts'
import { newest, stateOf, writes } from './writes.ts'

const ALL = { 'secret-stores': stores.join(',') }
const owner = ({ github }: Scene) => github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })

/** The live PAT in all four stores of the organization. */
async function inAllStores() {
  const scene = await createScene()
  const live = seedLive(scene)
  for (const store of stores) seedSecret(scene, 'hmcts', live, { store })
  return { scene, live, inputs: { ...ALL, 'github-token': owner(scene) } }
}

describe.each(stores)('where GitHub refuses the %s store of the organization', (refused) => {
  const others = stores.filter((store) => store !== refused)

  test('only that store falls back, and the others have the PAT', async () => {
    const { scene, live, inputs } = await inAllStores()
    scene.github.refuse({ home: 'hmcts', store: refused, status: 403 })
    const { conclusion } = await scene.run(inputs)
    expect(conclusion).toMatchObject({
      outcome: 'renewed',
      deliveredTo: 'mixed',
      repositoriesWritten: ['hmcts/.github'],
    })
    expect(scene.held('hmcts', refused)).toBe(live)
    expect(scene.held('hmcts/.github', refused)).toBe(newest(scene))
    for (const store of others) {
      expect(scene.held('hmcts', store)).toBe(newest(scene))
      expect(scene.held('hmcts/.github', store)).toBeUndefined()
    }
    expect(stateOf(newest(scene))).toBe('fallback')
    expect(live.revoked).toBe(false)
  })

  test('with fallback: none nothing is minted', async () => {
    const { scene, live, inputs } = await inAllStores()
    scene.github.refuse({ home: 'hmcts', store: refused, status: 403 })
    expect((await scene.run({ ...inputs, fallback: 'none' })).conclusion.outcome).toBe('failed')
    expect(scene.ado.pats).toEqual([live])
  })

  test('a write alone that is refused undoes none of the others', async () => {
    const { scene, live, inputs } = await inAllStores()
    scene.github.refuse({ method: 'PUT', home: 'hmcts', store: refused, status: 404 })
    const { conclusion } = await scene.run(inputs)
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
    for (const store of others) expect(scene.held('hmcts', store)).toBe(newest(scene))
    expect(scene.held('hmcts', refused)).toBe(live)
    expect(scene.held('hmcts/.github', refused)).toBe(newest(scene))
  })

  test('once that is mended, force ends in the state as if nothing had happened', async () => {
    const { scene, inputs } = await inAllStores()
    const mend = scene.github.refuse({ home: 'hmcts', store: refused, status: 403 })
    await scene.run(inputs)
    mend()
    scene.daysPass(1)
    const { conclusion } = await scene.run({ ...inputs, force: 'true' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', staleCopies: [] })
    for (const store of stores) expect(scene.held('hmcts', store)).toBe(newest(scene))
    expect(scene.held('hmcts/.github', refused)).toBe(newest(scene))
    scene.daysPass(2)
    expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
    expect(scene.ado.pats.filter((pat) => !pat.revoked)).toEqual([newest(scene)])
  })
})

test('a name that alone is refused falls back alone', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  seedSecret(scene, 'hmcts', live, { name: 'IN_BASE64', base64: true })
  scene.github.refuse({ at: '/orgs/hmcts/actions/secrets/IN_BASE64', method: 'PUT', status: 403 })
  const told = await scene.run({ repositories: 'app-a', 'secret-name-base64': 'IN_BASE64' })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
  expect(writes(told).filter((line) => line.startsWith('PUT /repos/'))).toEqual([
    'PUT /repos/hmcts/app-a/actions/secrets/IN_BASE64',
  ])
})

test('a repository that nobody could look at is written in the refused store alone', async () => {
  const { scene, inputs } = await inAllStores()
  scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403 })
  scene.github.refuse({ method: 'GET', at: /hmcts\/app-a\/\w+\/secrets\/AZURE/, status: 403 })
  const told = await scene.run({ ...inputs, repositories: 'app-a' })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
  expect(writes(told).filter((line) => line.startsWith('PUT /repos/'))).toEqual([
    'PUT /repos/hmcts/app-a/dependabot/secrets/AZURE_DEVOPS_ARTIFACT_TOKEN',
  ])
})

test('nothing falls back where another store fails for a while: the next run may reach both', async () => {
  const { scene, inputs } = await inAllStores()
  scene.github.refuse({ home: 'hmcts', store: 'actions', method: 'PUT', status: 403 })
  scene.github.refuse({ home: 'hmcts', store: 'dependabot', method: 'PUT', status: 400 })
  const told = await scene.run(inputs)
  expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'organization' })
  expect(writes(told).filter((line) => line.startsWith('PUT /repos/'))).toEqual([])
})

test.each(stores)('the %s store is confirmed by reading it back', async (store) => {
  const { scene, inputs } = await inAllStores()
  scene.fault({
    kind: 'status',
    method: 'GET',
    at: new RegExp(`orgs/hmcts/${store}/secrets/AZURE`),
    status: 500,
    after: 2,
    times: Infinity,
  })
  const { conclusion, warnings } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  const where = store === 'actions' ? 'organization hmcts,' : `organization hmcts (${store}),`
  expect(warnings).toEqual([expect.stringContaining(`${where} but it could not be read back`)])
})

test.each(stores)(
  'a place that is missing in the %s store makes it due, and every store gets the new PAT',
  async (store) => {
    const { scene, inputs } = await inAllStores()
    for (const pat of scene.ado.pats) pat.validTo += 20 * 86_400_000
    expect((await scene.run(inputs)).conclusion.outcome).toBe('not-due')
    scene.github.deleteSecret('hmcts', store, 'AZURE_DEVOPS_ARTIFACT_TOKEN')
    expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    for (const one of stores) expect(scene.held('hmcts', one)).toBe(newest(scene))
  },
)

describe('Codespaces secrets of an organization take no App token', () => {
  const SAID = 'warning: Codespaces secrets of an organization take no App token, and github-token is one:'

  test('which is said before anything is minted; that store then falls back', async () => {
    const scene = await createScene()
    seedLive(scene)
    const { log, requests } = await scene.run({ 'secret-stores': 'actions,codespaces' })
    expect(log.filter((line) => line.startsWith(SAID))).toHaveLength(1)
    expect(log.findIndex((line) => line.startsWith(SAID))).toBeLessThan(log.indexOf('# Mint'))
    expect(requests).toContain('GET api.github.com/orgs/hmcts/codespaces/secrets/public-key')
  })

  test('with fallback: none the run fails for that very reason, and nothing is minted', async () => {
    const scene = await createScene()
    const live = seedLive(scene)
    const { log, conclusion } = await scene.run({ 'secret-stores': 'actions,codespaces', fallback: 'none' })
    expect(log.some((line) => line.startsWith(SAID))).toBe(true)
    expect(conclusion.failure).toMatch(/Codespaces secrets of an organization take no App token/)
    expect(scene.ado.pats).toEqual([live])
  })

  test('a dry run and a check say it, too', async () => {
    const scene = await createScene()
    seedLive(scene)
    for (const inputs of [{ 'dry-run': 'true' }, { operation: 'check' }]) {
      const { log } = await scene.run({ ...inputs, 'secret-stores': 'actions,codespaces' })
      expect(log.filter((line) => line.startsWith(SAID))).toHaveLength(1)
    }
  })

  test('nobody else hears of it: not a classic PAT, not other stores, not target: repositories', async () => {
    const scene = await createScene()
    seedLive(scene)
    for (const inputs of [
      { 'github-token': owner(scene), 'secret-stores': 'codespaces' },
      {},
      { 'secret-stores': 'codespaces', target: 'repositories' },
    ]) {
      const { log } = await scene.run(inputs)
      expect(log.some((line) => line.startsWith(SAID))).toBe(false)
    }
  })
})
