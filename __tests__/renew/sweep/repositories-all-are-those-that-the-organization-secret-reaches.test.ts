import { describe, expect, test } from '@jest/globals'
import type { Scene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { newest, writes } from '../github/writes.ts'
import { everyKind } from './every-kind.ts'

const all = { repositories: 'all' }
const ORIGINAL = ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b']

const readsOnly = (scene: Scene) => ({
  ...all,
  'github-token': scene.github.token({
    kind: 'app',
    permissions: { organization_secrets: 'read', secrets: 'write', dependabot_secrets: 'write' },
  }),
})

describe('with a fallback', () => {
  for (const [visibility, more] of [
    ['all', ['hmcts/internal', 'hmcts/public']],
    ['private', ['hmcts/internal']],
  ] as const) {
    test(`a secret that is visible to ${visibility} gives these copies, and none to archived or disabled ones`, async () => {
      const scene = await everyKind()
      seedLive(scene, { visibility })
      const { conclusion, log } = await scene.run(readsOnly(scene))
      expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
      expect(conclusion.repositoriesWritten.toSorted()).toEqual([...ORIGINAL, ...more].toSorted())
      for (const name of conclusion.repositoriesWritten) expect(scene.held(name)).toBe(newest(scene))
      expect(log.join('\n')).toMatch(
        `"repositories: all" are ${3 + more.length} of the 7 repositories seen in hmcts; archived: 1, disabled: 1.`,
      )
    })
  }

  test('a secret for selected repositories gives copies to these alone, archived ones left out', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-b', 'hmcts/public', 'hmcts/archived'] })
    const { conclusion, warnings } = await scene.run(readsOnly(scene))
    expect(conclusion.repositoriesWritten.toSorted()).toEqual(['hmcts/app-b', 'hmcts/public'])
    expect(warnings.filter((line) => !line.startsWith('Fallback'))).toEqual([])
  })

  test('the run after it stands; nothing is written', async () => {
    const scene = await everyKind()
    seedLive(scene)
    await scene.run(readsOnly(scene))
    scene.daysPass(1)
    const told = await scene.run(readsOnly(scene))
    expect(told.conclusion.outcome).toBe('not-due')
    expect(writes(told)).toEqual([])
  })

  test('where GitHub refuses to show the secret at all, each repository says whether it is reached', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/public'] })
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
    const { conclusion } = await scene.run({ ...all, 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    expect(conclusion.repositoriesWritten.toSorted()).toEqual(['hmcts/app-a', 'hmcts/public'])
  })

  test('where nobody says whom the secret reaches, no repository gets a copy, and the run says what to do', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: [] })
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
    const { conclusion } = await scene.run({ ...all, 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(conclusion.failure).toMatch(
      /Could not tell which repositories "repositories: all" stands for.*Name the repositories/,
    )
  })

  test('each store goes by its own secret', async () => {
    const scene = await everyKind()
    const live = seedLive(scene)
    seedSecret(scene, 'hmcts', live, {
      store: 'dependabot',
      visibility: 'selected',
      selectedRepositories: ['hmcts/app-a'],
    })
    const stores = { 'secret-stores': 'actions,dependabot' }
    const token = scene.github.token({
      kind: 'app',
      permissions: {
        organization_secrets: 'read',
        organization_dependabot_secrets: 'read',
        secrets: 'write',
        dependabot_secrets: 'write',
      },
    })
    const told = await scene.run({ ...all, ...stores, 'github-token': token })
    expect(told.conclusion.outcome).toBe('renewed')
    expect(writes(told).filter((line) => line.includes('/repos/hmcts') && line.includes('dependabot'))).toHaveLength(1)
    expect(scene.held('hmcts/app-a', 'dependabot')).toBe(newest(scene))
    expect(scene.held('hmcts/internal')).toBe(newest(scene))
  })
})

describe('with a healthy organization', () => {
  test('only stale copies are written, and nobody gets a new one', async () => {
    const scene = await everyKind()
    seedLive(scene)
    seedSecret(scene, 'hmcts/app-b', seedManaged(scene, { ageDays: 60, daysLeft: -30 }))
    const { conclusion } = await scene.run(all)
    expect(conclusion).toMatchObject({
      outcome: 'renewed',
      deliveredTo: 'organization',
      repositoriesWritten: ['hmcts/app-b'],
    })
    expect(scene.held('hmcts/app-a')).toBeUndefined()
  })

  test('a list that cannot be read is a warning, and nothing is retired', async () => {
    const scene = await everyKind()
    seedLive(scene, { ageDays: 5, daysLeft: 25 })
    const superseded = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
    const mend = scene.github.refuse({ at: '/orgs/hmcts/repos', status: 403 })
    const { conclusion, warnings } = await scene.run(all)
    expect(conclusion.outcome).toBe('not-due')
    expect(warnings.join('\n')).toMatch(/Which repositories "repositories: all" stands for cannot be told/)
    expect(superseded.revoked).toBe(false)
    mend()
    await scene.run(all)
    expect(superseded.revoked).toBe(true)
  })

  test.each([
    ['that nobody can read is a warning', 200, 'not-due'],
    ['that GitHub does not give for a reason that may pass fails the run', 400, 'failed'],
  ])('a list %s', async (_, status, outcome) => {
    const scene = await everyKind()
    seedLive(scene, { ageDays: 5, daysLeft: 25 })
    scene.fault({ kind: 'status', at: '/orgs/hmcts/repos', status, body: { message: 'No' }, times: Infinity })
    const { conclusion, warnings } = await scene.run(all)
    expect(conclusion.outcome).toBe(outcome)
    expect(warnings.filter((line) => line.includes('cannot be told'))).toHaveLength(status === 200 ? 1 : 0)
  })

  test('none that is left to select for a new secret fails the run before it writes', async () => {
    const scene = await everyKind()
    for (const name of [...ORIGINAL, 'hmcts/public', 'hmcts/internal']) scene.github.repository(name).archived = true
    const told = await scene.run({ ...all, 'secret-visibility': 'selected' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(/Could not find a repository|sees no repository/)
    expect(writes(told)).toEqual([])
  })

  test('a new name in two stores is for those that each store reaches already', async () => {
    const scene = await everyKind()
    const live = seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
    const selectedRepositories = ['hmcts/app-b']
    seedSecret(scene, 'hmcts', live, { store: 'dependabot', visibility: 'selected', selectedRepositories })
    const inputs = { 'secret-stores': 'actions,dependabot', 'secret-name-base64': 'IN_BASE64' }
    const { conclusion } = await scene.run({ ...all, ...inputs, 'secret-visibility': 'selected' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    const selected = (store: 'actions' | 'dependabot') =>
      scene.github.secret('hmcts', store, 'IN_BASE64')?.selectedRepositoryIds
    expect(selected('actions')).toEqual([scene.github.repository('hmcts/app-a').id])
    expect(selected('dependabot')).toEqual([scene.github.repository('hmcts/app-b').id])
  })

  test('a token whose single sign-on hides repositories is no list of them', async () => {
    const scene = await everyKind()
    seedLive(scene, { ageDays: 5, daysLeft: 25 })
    scene.github.refuse({
      at: '/orgs/hmcts/repos',
      status: 200,
      body: [],
      headers: { 'x-github-sso': 'partial-results; organizations=7' },
    })
    const { warnings } = await scene.run(all)
    expect(warnings.join('\n')).toMatch(/cannot be told.*single sign-on/)
  })

  test('a secret that does not exist yet, for selected repositories: those are all that the token reaches', async () => {
    const scene = await everyKind()
    const { conclusion } = await scene.run({ ...all, 'secret-visibility': 'selected' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    const ids = [...ORIGINAL, 'hmcts/public', 'hmcts/internal'].map((name) => scene.github.repository(name).id)
    expect(scene.github.secret('hmcts', 'actions', SECRET)?.selectedRepositoryIds.toSorted()).toEqual(ids.toSorted())
  })

  test.each<readonly [string, Readonly<Record<string, string>>, 'actions' | 'dependabot', string]>([
    ['store', { 'secret-stores': 'actions,dependabot' }, 'dependabot', SECRET],
    ['name', { 'secret-name-base64': 'IN_BASE64' }, 'actions', 'IN_BASE64'],
  ])('one of another %s is for those that the secret reaches already', async (_, more, store, name) => {
    const scene = await everyKind()
    const selectedRepositories = ['hmcts/app-a', 'hmcts/internal']
    seedSecret(scene, 'hmcts', seedLive(scene), { visibility: 'selected', selectedRepositories })
    const { conclusion } = await scene.run({ ...all, ...more, 'secret-visibility': 'selected' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    const ids = selectedRepositories.map((one) => scene.github.repository(one).id)
    expect(scene.github.secret('hmcts', store, name)?.selectedRepositoryIds.toSorted()).toEqual(ids.toSorted())
  })
})

describe('with target: repositories', () => {
  const slot = 'hmcts/.github'
  const target = { ...all, target: 'repositories' }

  test('and no organization secret, they are those that the App is installed for', async () => {
    const scene = await everyKind()
    const token = scene.github.token({
      kind: 'app',
      permissions: { organization_secrets: 'read', secrets: 'write' },
      repositories: ['app-a', 'archived', 'public'],
    })
    const { conclusion } = await scene.run({ ...target, 'github-token': token }, { repository: slot })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    expect(conclusion.repositoriesWritten.toSorted()).toEqual(['hmcts/app-a', 'hmcts/public'])
  })

  test('and no organization secret, with a PAT they are those that it sees', async () => {
    const scene = await everyKind()
    const token = scene.github.token({ kind: 'classic', scopes: ['repo', 'admin:org'] })
    const { conclusion, requests } = await scene.run({ ...target, 'github-token': token })
    expect(conclusion.repositoriesWritten.toSorted()).toEqual(
      [...ORIGINAL, 'hmcts/public', 'hmcts/internal'].toSorted(),
    )
    expect(requests.join('\n')).not.toContain('/installation/repositories')
  })

  test('and an organization secret, they are those that it reaches, and it is not written', async () => {
    const scene = await everyKind()
    const live = seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
    const { conclusion } = await scene.run(target)
    expect(conclusion.repositoriesWritten).toEqual(['hmcts/app-a'])
    expect(scene.held()).toBe(live)
  })

  test('and an organization secret, that one is none of the places that a check shows', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
    const { conclusion } = await scene.run({ ...target, operation: 'check' })
    expect(conclusion.places?.map(({ place }) => place)).toEqual([
      'AZURE_DEVOPS_ARTIFACT_TOKEN of repository hmcts/app-a',
    ])
  })

  test('those that the token does not reach are left out here, too', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] })
    scene.github.refuse({ home: 'hmcts/app-b', status: 403 })
    const { conclusion } = await scene.run(target)
    expect(conclusion).toMatchObject({
      outcome: 'renewed',
      repositoriesWritten: ['hmcts/app-a'],
      repositoriesFailed: [],
    })
  })

  test('where it reaches none of them, the writes say why', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] })
    for (const home of ['hmcts/app-a', 'hmcts/app-b']) scene.github.refuse({ home, status: 403 })
    const { conclusion } = await scene.run(target)
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(conclusion.repositoriesFailed.toSorted()).toEqual(['hmcts/app-a', 'hmcts/app-b'])
  })

  test('and none that is reached, the run fails before anything is minted', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/archived'] })
    const { conclusion, requests } = await scene.run(target)
    expect(conclusion.failure).toMatch(/Could not find a repository for "repositories: all"/)
    expect(requests.filter((line) => line.startsWith('POST vssps'))).toEqual([])
  })
})
